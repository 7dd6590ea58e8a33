"""A bed is booked (床位预订), paid for, moved into; and who has moved in says how it is (服务评价).

A booking holds a bed from the moment it is made; one that is not paid for in time gives it back.
"""

from datetime import date, timedelta
from typing import Annotated

from pydantic import Field, field_validator

from cloud.domain.actor import SYSTEM, Role
from cloud.domain.deadline import Limit, day_of
from cloud.domain.forms import Applicant, Application, Form, area_code
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.elder_care import care_records as records
from cloud.matters.elder_care.care_records import BOOKING
from cloud.matters.elder_care.elder import OfElder
from cloud.matters.elder_care.facts import STAY
from cloud.matters.elder_care.homes import CareLevel, HomeId
from cloud.services.casework import Asking, Done, Kind, NotAllowed, Refused

PAY_WITHIN_H = 0.5
"""A proposal: for so long a bed is held for who has not paid."""
MOVE_IN_WITHIN_DAYS = 31
"""A proposal."""
COMPLETED, OVER = "completed", frozenset({"cancelled", "lapsed"})
_HOME: tuple[Role, ...] = ("attendant", "clerk", "manager")
OPENS: frozenset[Role] = frozenset({"applicant", "operator", *_HOME})
_Askers = Annotated[tuple[Applicant, ...], Field(min_length=1, max_length=20)]


class BedBooking(Application, OfElder):
    """床位预订. `area`: the home's. `since`: when they would move in."""

    personal = Application.personal | OfElder.personal
    home: HomeId
    area: str
    care_level: CareLevel
    dementia: bool = False
    since: date
    applicants: _Askers

    _area = field_validator("area")(area_code)


class Paid(Form):
    """支付. `order`, `reference`: as we and the provider call it; "" where nothing had to be paid."""

    amount_fen: Annotated[int, Field(ge=0)]
    order: Annotated[str, Field(max_length=64)] = ""
    reference: Annotated[str, Field(max_length=64)] = ""


class Admission(OfElder):
    """入住. `assessed`: the day of the risk assessment, which comes before (GB 38600-2019)."""

    assessed: date
    since: date
    care_level: CareLevel


def may_ask(asking: Asking) -> None:
    """Somebody who logs in for themselves asks for themselves."""
    if asking.actor.role == "applicant" and asking.actor.number not in asking.persons:
        raise NotAllowed("you are not among the applicants")


def _check(asking: Asking) -> None:
    match asking.form:
        case BedBooking() as booking:
            may_ask(asking)
            _may_book(asking, booking)
        case Admission() as admission:
            _may_move_in(asking, admission)


def _may_book(asking: Asking, booking: BedBooking) -> None:
    found = records.home(asking.db, booking.home)
    if found is None:
        raise Refused(f"no home {booking.home}", f"没有编号为 {booking.home} 的养老机构")
    if found["area"] != booking.area:
        raise Refused(f"area: the home's is {found['area']}", f"区划代码应为养老机构所在地 {found['area']}")
    offers = records.profile(found)
    if booking.care_level not in offers["care_levels"]:
        raise Refused("care_level: the home does not offer it", "该养老机构不提供这一护理等级")
    if booking.dementia and not offers.get("dementia_unit"):
        raise Refused("dementia: the home has no unit for it", "该养老机构没有认知症照护专区")
    today = day_of(asking.now_ms)
    if not today <= booking.since <= today + timedelta(days=MOVE_IN_WITHIN_DAYS):
        raise Refused(
            f"since: from today on, within {MOVE_IN_WITHIN_DAYS} days",
            f"入住日期须在今天起 {MOVE_IN_WITHIN_DAYS} 天之内",
        )
    if records.bed_held_for(asking.db, booking.token) is not None:
        raise Refused("a bed is held for this person already", "此人已有预订中的床位")
    if records.open_stay(asking.db, STAY, booking.token, "") == booking.home:
        raise Refused("this person lives there", "此人已入住该养老机构")
    if records.free(found) <= 0:
        raise Refused("no bed is free: choose another home", "没有空余床位，请选择其他养老机构")


def _may_move_in(asking: Asking, admission: Admission) -> None:
    assert asking.case is not None
    if admission.token != (asking.case.form or {})["token"]:
        raise Refused("the bed was booked for another person", "床位不是为此人预订的")
    if not admission.assessed <= admission.since <= day_of(asking.now_ms):
        raise Refused(
            "assessed, since: the assessment first, then the day of moving in, which has come",
            "须先评估后入住，且入住日期不能晚于今天",
        )


def _follow(done: Done) -> None:
    """A bed without a deposit is as good as paid for; who moves in has a stay."""
    match done.form:
        case BedBooking():
            found = records.bed(done.writing.books.db, done.case.case)
            if found is not None and found["deposit_fen"] == 0:
                done.casework.step_in(done.writing, done.case, "pay", {"amount_fen": 0}, SYSTEM)
        case Admission() as admission:
            done.enter(done.writing, STAY, {
                "stay": done.case.case, "booking": done.case.case, "home": (done.case.form or {})["home"],
                "since": admission.since, "care_level": admission.care_level, "elder_name": admission.elder_name,
                "elder_number": admission.elder_number,
            }, done.actor)  # fmt: skip


BOOKINGS = Kind(
    name=BOOKING,
    prefix="CW",
    workflow=Workflow(
        start="reserved",
        final=frozenset({COMPLETED, *OVER}),
        steps=(
            step("pay", "reserved", "paid", "system"),
            step("lapse", "reserved", "lapsed", "system"),
            step("admit", "paid", COMPLETED, *_HOME),
            step("cancel", "reserved|paid", "cancelled", *OPENS),
        ),
        clocks=(
            clock("payment", "reserved", Limit(hours=PAY_WITHIN_H)),
            clock("admission", "paid", Limit(hours=MOVE_IN_WITHIN_DAYS * 24)),
        ),
    ),
    opening=BedBooking,
    forms={"pay": Paid, "admit": Admission},
    opens=OPENS,
    area=lambda form: form.area,
    owner=lambda _db, form: form.home,
    target=lambda form: f"{form.home}/{form.token}",
    check=_check,
    then=_follow,
    again=OVER,
)
HOLDS = frozenset({"reserved", "paid"})
"""States in which a booking holds its bed."""
