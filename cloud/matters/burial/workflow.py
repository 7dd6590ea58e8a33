"""A burial (安葬): a place reserved, taken, given back. A reward for an ecological one (节地生态安葬奖励)."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator

from cloud.domain.actor import Role
from cloud.domain.deadline import Limit, day_of
from cloud.domain.forms import Application, Form, Words, area_code
from cloud.domain.workflow import Workflow, clock, step
from cloud.matters.burial import cremations, facilities, projects, records
from cloud.matters.burial.cremations import OfDeceased
from cloud.matters.burial.facilities import ECO, Id
from cloud.services.casework import Asking, Kind, Refused

BURIAL, REWARD = "burial", "eco_burial_reward"
_STAFF: tuple[Role, ...] = ("clerk", "attendant", "manager")
_OVER = ("refused", "withdrawn")


class Burial(Application, OfDeceased):
    """安葬登记. `area`: the facility's. `proof`: against what a place is given: 殡葬管理条例 wants proof of death or of
    cremation, and leaves out the very old and the critically ill.
    """

    personal = Application.personal | OfDeceased.personal
    facility: Id
    area: str
    proof: Literal["cremation", "death", "very_old", "critically_ill"]

    _area = field_validator("area")(area_code)


class Buried(Form):
    """安葬. `place`: which one."""

    place: Words
    day: date


class Reward(Application, OfDeceased):
    """奖励申请. `area`: where the deceased was registered."""

    personal = Application.personal | OfDeceased.personal
    area: str

    _area = field_validator("area")(area_code)


class Approval(Form):
    """核定."""

    amount_fen: Annotated[int, Field(ge=1, le=10**9)]


class Payment(Form):
    """发放. `reference`: the bank's."""

    day: date
    reference: Words


def _check_burial(asking: Asking) -> None:
    match asking.form:
        case Burial() as burial:
            _may_reserve(asking, burial)
        case Buried(day=day) if day > day_of(asking.now_ms):
            raise Refused("day: not before it was", "日期不能晚于今天")
        case Buried():
            assert asking.case is not None
            token = str((asking.case.form or {})["token"])
            if not cremations.is_recorded(asking.db, token):
                raise Refused("no cremation is recorded: a place is taken after it", "没有火化记录，火化后才能安葬")


def _may_reserve(asking: Asking, burial: Burial) -> None:
    found = records.facility(asking.db, burial.facility)
    if found is None:
        raise Refused(f"no facility {burial.facility}", f"没有设施 {burial.facility}")
    if found["area"] != burial.area:
        raise Refused("area: not the facility's", "区划与设施所在地不符")
    if burial.proof == "cremation" and not cremations.is_recorded(asking.db, burial.token):
        raise Refused("no cremation is recorded", "没有火化记录")
    if any(state in ("reserved", "buried") for _, state, _ in records.cases_about(asking.db, BURIAL, burial.token)):
        raise Refused("there is a place for this person already", "逝者已有安葬位置")
    if found["used"] + found["reserved"] >= found["capacity"]:
        raise Refused("it is full: choose another facility", "已经没有空位，请选别处")


def _check_reward(asking: Asking) -> None:
    match asking.form:
        case Reward() as reward:
            _may_be_rewarded(asking, reward)
        case Payment(day=day) if day > day_of(asking.now_ms):
            raise Refused("day: not before it was", "日期不能晚于今天")


def _may_be_rewarded(asking: Asking, reward: Reward) -> None:
    """In whichever county it is asked for: the records are one."""
    if not cremations.is_recorded(asking.db, reward.token):
        raise Refused("no cremation of this person is recorded", "没有这位逝者的火化记录")
    buried = [at for _, state, at in records.cases_about(asking.db, BURIAL, reward.token) if state == "buried"]
    kinds = [found["kind"] for at in buried if (found := records.facility(asking.db, at))]
    if not ECO.intersection(kinds):
        raise Refused(
            "no burial of this person in an ecological facility is recorded", "没有这位逝者的节地生态安葬记录"
        )
    if any(state not in _OVER for _, state, _ in records.cases_about(asking.db, REWARD, reward.token)):
        raise Refused("a reward for this person has been asked for already", "这位逝者的奖补已经申请过")


BURIALS = Kind(
    name=BURIAL,
    prefix="AZ",
    workflow=Workflow(
        start="reserved",
        final=frozenset({"released", "moved_out"}),
        steps=(
            step("bury", "reserved", "buried", *_STAFF),
            step("release", "reserved", "released", *_STAFF, reason=True),
            step("move_out", "buried", "moved_out", *_STAFF, reason=True),
        ),
    ),
    opening=Burial,
    forms={"bury": Buried},
    opens=frozenset({"applicant", *_STAFF}),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:6],
    target=lambda form: f"{form.facility}/{form.token}",
    check=_check_burial,
)
REWARDS = Kind(
    name=REWARD,
    prefix="JL",
    workflow=Workflow(
        start="submitted",
        final=frozenset({"paid", *_OVER}),
        steps=(
            step("review", "submitted", "reviewed", "clerk", "reviewer"),
            step("approve", "reviewed", "approved", "reviewer", level="county"),
            step("pay", "approved", "paid", "clerk", "reviewer", "manager"),
            step("refuse", "submitted|reviewed", "refused", "reviewer", level="county", reason=True),
            step("withdraw", "submitted|reviewed", "withdrawn", "applicant", "clerk"),
        ),
        clocks=(
            clock("decision", "submitted|reviewed", Limit(working_days=20)),
            clock("payment", "approved", Limit(hours=30 * 24)),
        ),
    ),
    opening=Reward,
    forms={"approve": Approval, "pay": Payment},
    opens=frozenset({"applicant", "clerk", "grid_worker", "reviewer"}),
    area=lambda form: form.area,
    owner=lambda _db, form: form.area[:6],
    target=lambda form: form.token,
    check=_check_reward,
)
LEDGERS = (*facilities.LEDGERS, cremations.LEDGER, projects.LEDGER)
