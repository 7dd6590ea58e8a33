"""The guidance centre (养老服务指导中心) of the city and of each county: its slots, and who has each (值班表)."""

import json
from datetime import date
from typing import Annotated

from pydantic import Field, field_validator, model_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import CITY, Role, covers
from cloud.domain.forms import Form, Phone, Words
from cloud.matters.elder_care.roster import Slot, slot_at
from cloud.ports import Books
from cloud.services.ledgers import Entering, Ledger, NotAllowed, Refused, only_in
from contract.identifiers.area import AREAS

CENTRE, DUTY, GAP, ESCALATION = "care_centre", "care_duty", "care_duty_gap", "care_escalation"
_e, _a = c.ledger_entry.c, c.staff_account.c


def _county(code: str) -> str:
    if code not in AREAS:
        raise ValueError("330800 for the city's, or one of its counties")
    return code


class Centre(Form):
    """养老服务指导中心. `hours`: at which slots begin; each ends where the next begins. `head_phone`: told of gaps."""

    personal = frozenset({"head_phone"})
    area: str
    name: Words
    hours: Annotated[tuple[Annotated[int, Field(ge=0, le=23)], ...], Field(min_length=1, max_length=24)]
    head_phone: Phone

    _area = field_validator("area")(_county)

    @field_validator("hours")
    @classmethod
    def _ascending(cls, hours: tuple[int, ...]) -> tuple[int, ...]:
        if list(hours) != sorted(set(hours)):
            raise ValueError("ascending, each once")
        return hours


class Duty(Form):
    """值班. `area`: the centre's; `number`: of who has the slot, "" for nobody; `phone`: where to reach them then."""

    personal = frozenset({"phone"})
    area: str
    day: date
    hour: Annotated[int, Field(ge=0, le=23)]
    number: Annotated[str, Field(max_length=64)] = ""
    phone: Phone | None = None

    _area = field_validator("area")(_county)

    @model_validator(mode="after")
    def _reached(self) -> "Duty":
        if bool(self.number) != bool(self.phone):
            raise ValueError("number and phone: both, or neither for a slot that nobody has")
        return self


class Gap(Form):
    """值班空缺: a slot that nobody had a day before. `sms`: by which the head of the centre was told; `duty_version`:
    of the slot's row as it was then, 0 for none. Whoever is found and gives it back again makes it a new one.
    """

    area: str
    day: date
    hour: Annotated[int, Field(ge=0, le=23)]
    sms: Annotated[str, Field(max_length=64)]
    duty_version: Annotated[int, Field(ge=0)] = 0


class Escalation(Form):
    """报警升级: an alarm that nobody acknowledged, and who was told. `area`: the centre's; `day`, `hour`: the slot."""

    alarm: Annotated[str, Field(max_length=64)]
    facility: Annotated[str, Field(max_length=64)]
    area: str
    day: date
    hour: Annotated[int, Field(ge=0, le=23)]
    number: Annotated[str, Field(max_length=64)]
    sms: Annotated[str, Field(max_length=64)]


def duty_key(area: str, slot: Slot) -> str:
    return f"{area}/{slot.day.isoformat()}/{slot.hour:02}"


def centres(db: Connection) -> dict[str, tuple[int, ...]]:
    """area -> hours at which slots begin."""
    rows = db.scalars(select(_e.row).where(_e.ledger == CENTRE, _e.current).order_by(_e.key))
    return {told["area"]: tuple(told["hours"]) for told in map(json.loads, rows)}


def on_duty(books: Books, county: str, at_ms: int) -> tuple[str, Slot, str, str | None] | None:
    """(area, slot, number, sealed phone) of the county's centre; where nobody is there, of the city's."""
    for area in dict.fromkeys((county, CITY)):
        found = books.ledger_row(CENTRE, area)
        if found is None:
            continue
        slot = slot_at(tuple(found.row["hours"]), at_ms)
        row = books.ledger_row(DUTY, duty_key(area, slot))
        if row is not None and row.row.get("number"):
            return area, slot, str(row.row["number"]), row.sealed
    return None


def _centre_fits(entering: Entering) -> None:
    assert isinstance(entering.row, Centre)
    only_in(entering, entering.row.area)


def _duty_fits(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Duty)
    only_in(entering, row.area)
    hours = centres(entering.db).get(row.area)
    if hours is None:
        raise Refused(f"{row.area} has no centre yet", f"{row.area} 尚未设置养老服务指导中心")
    if row.hour not in hours:
        raise Refused(
            f"hour: slots begin at {', '.join(map(str, hours))}", f"班次开始时间为 {'、'.join(map(str, hours))} 时"
        )
    if not row.number:
        return
    area = entering.db.scalar(select(_a.area).where(_a.number == row.number))
    if area is None:
        raise Refused(f"there is nobody with number {row.number}", f"没有工号为 {row.number} 的工作人员")
    if not covers(area, row.area):
        raise NotAllowed(f"{row.number} belongs to {area}, and has no duty in {row.area}")


_ROSTER: frozenset[Role] = frozenset({"operator", "manager"})


CENTRES = Ledger(name=CENTRE, model=Centre, key=lambda row: row.area, enters=frozenset({"manager"}), check=_centre_fits)
DUTIES = Ledger(
    name=DUTY,
    model=Duty,
    key=lambda row: duty_key(row.area, Slot(row.day, row.hour)),
    enters=_ROSTER,
    check=_duty_fits,
)
GAPS = Ledger(
    name=GAP,
    model=Gap,
    key=lambda row: duty_key(row.area, Slot(row.day, row.hour)),
    enters=frozenset({"system"}),
)
ESCALATIONS = Ledger(name=ESCALATION, model=Escalation, key=lambda row: row.alarm, enters=frozenset({"system"}))
LEDGERS = (CENTRES, DUTIES, GAPS, ESCALATIONS)
