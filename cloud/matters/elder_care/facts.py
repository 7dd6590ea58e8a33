"""The five kinds of care data (居家养老、社区养老、机构养老、养老服务人员、长期护理保险), a ledger each.

Each row is about one person, by token. `void`: it was entered by mistake; it stays to be read, and counts nowhere.
"""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator, model_validator

from cloud.domain.actor import Role, covers
from cloud.domain.deadline import day_of
from cloud.domain.forms import Words, area_code
from cloud.matters.elder_care import care_records as records
from cloud.matters.elder_care.elder import Id, LastDay, OfElder
from cloud.matters.elder_care.homes import CareLevel, HomeId
from cloud.services.ledgers import Entering, Ledger, NotAllowed, Refused, only_in
from contract.lookups import MOST_FEN

HOME_CARE, COMMUNITY, STAY = "home_care_service", "community_care_visit", "care_home_stay"
WORKER, CLAIM = "care_worker", "ltc_insurance_claim"
FIVE = (HOME_CARE, COMMUNITY, STAY, WORKER, CLAIM)


class Fact(OfElder):
    void: bool = False


class _InArea(Fact):
    area: str

    _area = field_validator("area")(area_code)


class HomeCareService(_InArea):
    """居家养老服务. `worker`: who came, as the ledger of workers names them."""

    service: Id
    day: date
    what: Literal["meal", "bath", "cleaning", "nursing", "company", "other"]
    minutes: Annotated[int, Field(ge=1, le=1440)]
    provider: Words
    worker: Id


class CommunityCareVisit(_InArea):
    """社区养老服务. `site`: 照料中心 or another place."""

    visit: Id
    day: date
    site: Words
    what: Literal["day_care", "meal", "rehabilitation", "activity", "other"]
    worker: Id | None = None


class CareHomeStay(Fact):
    """机构养老. `until`: the day they left; none or 长期: they live there and have a bed. `booking`: its case."""

    stay: Id
    home: HomeId
    since: date
    until: LastDay = None
    care_level: CareLevel
    worker: Id | None = None
    booking: Annotated[str, Field(max_length=36)] = ""


class CareWorker(_InArea):
    """养老服务人员; whom it is about is the worker. `certificate`: of their training; `until`: the last day at work."""

    worker: Id
    employer: Words
    skill: Literal["carer", "nurse", "social_worker", "therapist", "manager", "other"]
    certificate: Annotated[str, Field(max_length=64)] = ""
    since: date
    until: LastDay = None


class LtcClaim(_InArea):
    """长期护理保险待遇. For the days from `since` to `until`; none or 长期: it goes on."""

    claim: Id
    since: date
    until: LastDay = None
    setting: Literal["home", "community", "institution"]
    state: Literal["submitted", "approved", "paid", "refused"]
    amount_fen: Annotated[int, Field(ge=0, le=MOST_FEN)]

    @model_validator(mode="after")
    def _in_order(self) -> "LtcClaim":
        if self.until is not None and self.until < self.since:
            raise ValueError("until is before since")
        return self


def _was(entering: Entering) -> None:
    """A fact of its area that has happened."""
    row = entering.row
    assert isinstance(row, _InArea)
    only_in(entering, row.area)
    _same_person(entering)
    first = getattr(row, "day", None) or row.since  # type: ignore[attr-defined]
    if first > day_of(entering.now_ms):
        raise Refused("not before it was", "日期不能晚于今天")


def _same_person(entering: Entering) -> None:
    """What was said of somebody is not moved to somebody else: it is made void, and entered anew."""
    before = entering.before
    if before is not None and before.row["token"] != entering.row.token:  # type: ignore[attr-defined]
        raise Refused(
            "it is about another person: make it void, and enter a new one", "与原记录不是同一人：请作废后重新登记"
        )


def _may_stay(entering: Entering) -> None:
    row, before = entering.row, entering.before
    assert isinstance(row, CareHomeStay)
    _same_person(entering)
    homes = {row.home, *((before.row["home"],) if before else ())}
    for name in sorted(homes):
        found = records.home(entering.db, name)
        if found is None:
            raise Refused(f"no home {name}", f"没有编号为 {name} 的养老机构")
        if not covers(entering.actor.area, found["area"]):
            raise NotAllowed(f"{name} belongs to {found['area']}, which is not in {entering.actor.area}")
    today = day_of(entering.now_ms)
    if row.since > today or (row.until is not None and not row.since <= row.until <= today):
        raise Refused("since and until: days that were, in their order", "入住、离开日期须依次且不晚于今天")
    lived = before is not None and _has_a_bed(before.row) and before.row["home"] == row.home
    if row.void or row.until is not None or lived:
        return
    if (elsewhere := records.open_stay(entering.db, STAY, row.token, row.stay)) is not None:
        raise Refused(
            f"this person lives in {elsewhere}: enter first that they left", f"此人仍登记在 {elsewhere}，请先登记离开"
        )
    found = records.home(entering.db, row.home)
    assert found is not None
    if records.free(found) + records.held_at_a_kiosk(entering.db, row.booking, row.home) <= 0:
        raise Refused("no bed is free", "没有空余床位")


def _has_a_bed(row: object) -> bool:
    assert isinstance(row, dict)
    return not row.get("void") and not row.get("until")


_ENTER: tuple[Role, ...] = ("clerk", "operator", "manager")


def _ledger(name: str, model: type[Fact], key: str, *more: Role) -> Ledger:
    return Ledger(
        name=name,
        model=model,
        key=lambda row: str(getattr(row, key)),
        enters=frozenset({*_ENTER, *more}),
        check=_may_stay if name == STAY else _was,
        private=True,
    )


LEDGERS = (
    _ledger(HOME_CARE, HomeCareService, "service"),
    _ledger(COMMUNITY, CommunityCareVisit, "visit"),
    _ledger(STAY, CareHomeStay, "stay", "attendant", "nurse"),
    _ledger(WORKER, CareWorker, "worker"),
    _ledger(CLAIM, LtcClaim, "claim", "department"),
)
