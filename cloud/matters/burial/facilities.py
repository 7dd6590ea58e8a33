"""The registry of five kinds (公墓、乡村公益性公墓、骨灰堂、草坪葬、树葬), what was used before, and upkeep."""

from datetime import date
from typing import Annotated, Literal

from pydantic import Field, field_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.deadline import day_of
from cloud.domain.forms import Form, Remark, Words, area_code
from cloud.matters.burial import records
from cloud.services.ledgers import Entering, Ledger, Refused, only_in

FACILITY, USE, UPKEEP = "burial_facility", "burial_use", "upkeep_inspection"
ECO = frozenset({"ash_hall", "lawn", "tree"})
"""节地生态安葬: of the five, those without a grave of its own (民发〔2016〕21号 names them among others)."""
Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
BurialKind = Literal["public_cemetery", "village_cemetery", "ash_hall", "lawn", "tree"]
_e = c.ledger_entry.c


class Facility(Form):
    """安葬设施. `used_before`: places that were taken when it was first entered; `lon`, `lat` in CGCS2000."""

    facility: Id
    kind: BurialKind
    name: Words
    area: str
    lon: Annotated[float, Field(ge=-180, le=180)]
    lat: Annotated[float, Field(ge=-90, le=90)]
    capacity: Annotated[int, Field(ge=1, le=1_000_000)]
    used_before: Annotated[int, Field(ge=0, le=1_000_000)] = 0

    _area = field_validator("area")(area_code)


class YearOfUse(Form):
    """历年安葬数: of a year before the city kept these records."""

    facility: Id
    year: Annotated[int, Field(ge=1949, le=2200)]
    used: Annotated[int, Field(ge=0, le=1_000_000)]


class Upkeep(Form):
    """管护巡查. `photos`: SHA-256 of each."""

    facility: Id
    day: date
    photos: Annotated[tuple[Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")], ...], Field(min_length=1, max_length=50)]
    found: Remark = ""


def twelve_months_after(day: date) -> date:
    """29 February is followed by the 28th."""
    last = 28 if (day.month, day.day) == (2, 29) else day.day
    return day.replace(year=day.year + 1, day=last)


def is_kept_up(last: date | None, today: date) -> bool:
    """Whether there was an inspection in the last twelve months."""
    return last is not None and today <= twelve_months_after(last)


def _facility_fits(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Facility)
    only_in(entering, row.area)
    now = records.facility(entering.db, row.facility)
    recorded = now["used"] - (entering.before.row.get("used_before", 0) if entering.before else 0) if now else 0
    taken = row.used_before + recorded + (now["reserved"] if now else 0)
    if taken > row.capacity:
        raise Refused(f"capacity: {taken} places are taken or reserved", f"容量不能少于已用和已留的 {taken} 个")
    if now and now["kind"] != row.kind:
        raise Refused("kind: enter another kind as a facility of its own", "类别不能改，请作为另一处设施录入")


def _year_is_past(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, YearOfUse)
    _is_theirs(entering, row.facility)
    if row.year >= day_of(entering.now_ms).year:
        raise Refused("year: only years that are over", "只录已经过完的年度")


def _upkeep_was(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Upkeep)
    _is_theirs(entering, row.facility)
    if row.day > day_of(entering.now_ms):
        raise Refused("day: not before it was", "日期不能晚于今天")


def _is_theirs(entering: Entering, facility: str) -> None:
    found = records.facility(entering.db, facility)
    if found is None:
        raise Refused(f"no facility {facility}", f"没有设施 {facility}")
    only_in(entering, found["area"])


def version_before(db: Connection, facility: str, version: int) -> Facility:
    """The row as it stood before this version of it."""
    row = select(_e.row).where(_e.ledger == FACILITY, _e.key == facility, _e.version == version - 1)
    return Facility.model_validate_json(db.scalars(row).one())


def last_upkeep(db: Connection) -> dict[str, date]:
    """By facility."""
    last: dict[str, date] = {}
    for row in db.scalars(select(_e.row).where(_e.ledger == UPKEEP, _e.current)):
        upkeep = Upkeep.model_validate_json(row)
        last[upkeep.facility] = max(upkeep.day, last.get(upkeep.facility, upkeep.day))
    return last


LEDGERS = (
    Ledger(
        name=FACILITY,
        model=Facility,
        key=lambda row: row.facility,
        enters=frozenset({"clerk", "reviewer", "manager"}),
        check=_facility_fits,
    ),
    Ledger(
        name=USE,
        model=YearOfUse,
        key=lambda row: f"{row.facility}/{row.year}",
        enters=frozenset({"clerk", "reviewer", "manager"}),
        check=_year_is_past,
    ),
    Ledger(
        name=UPKEEP,
        model=Upkeep,
        key=lambda row: f"{row.facility}/{row.day}",
        enters=frozenset({"inspector", "clerk", "grid_worker", "manager"}),
        check=_upkeep_was,
    ),
)
