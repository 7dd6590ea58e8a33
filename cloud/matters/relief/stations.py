"""Relief stations (救助管理站), who is on duty there at each hour (值班表), and community relief points (救助点)."""

import json
from datetime import date
from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.actor import covers
from cloud.domain.forms import Form, Phone, Words, area_code
from cloud.domain.roster import Turn
from cloud.matters.relief.nearest import Opening, Place, minute_of
from cloud.services.ledgers import Entering, Ledger, NotAllowed, Refused, only_in

STATION, DUTY, GAP, POINT = "relief_station", "relief_duty", "relief_duty_gap", "relief_point"
LONGEST_DAYS = 366
_e, _a = c.ledger_entry.c, c.staff_account.c
Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
Clock = Annotated[str, Field(pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")]
EndClock = Annotated[str, Field(pattern=r"^(([01][0-9]|2[0-3]):[0-5][0-9]|24:00)$")]
PublicPhone = Annotated[str, Field(pattern=r"^[0-9-]{3,20}$")]
Lon = Annotated[float, Field(ge=-180, le=180)]
Lat = Annotated[float, Field(ge=-90, le=90)]


class Station(Form):
    """救助管理站: open day and night. `station`: the id of its box. `head_phone`: is told of hours that nobody has."""

    personal = frozenset({"head_phone"})
    station: Id
    name: Words
    area: str
    lon: Lon
    lat: Lat
    phone: PublicPhone
    supervisor: Words
    supervisor_phone: PublicPhone
    head_phone: Phone

    _area = field_validator("area")(area_code)


class Duty(Form):
    """值班. `who`: staff number; each day from `first` to `last`, but for days `off`. Ends next day if not later."""

    station: Id
    turn: Id
    who: Annotated[str, Field(min_length=1, max_length=64)]
    first: date
    last: date
    begins: Clock
    ends: EndClock
    off: Annotated[tuple[date, ...], Field(max_length=LONGEST_DAYS)] = ()

    @model_validator(mode="after")
    def _in_order(self) -> "Duty":
        if not 0 <= (self.last - self.first).days < LONGEST_DAYS:
            raise ValueError("last: from the first day on, a year at most")
        return self


class Gap(Form):
    """值班空缺: hours that nobody had a day before. `roster`: how many versions its roster had then."""

    station: Id
    begins_ms: int
    ends_ms: int
    roster: int
    sms: Annotated[str, Field(max_length=64)]


class Hours(BaseModel):
    """`days`: 1 Monday … 7 Sunday. Closes the next day where `closes` is not later than `opens`."""

    model_config = ConfigDict(frozen=True, extra="forbid")
    days: Annotated[tuple[Annotated[int, Field(ge=1, le=7)], ...], Field(min_length=1, max_length=7)] = (
        1, 2, 3, 4, 5, 6, 7,
    )  # fmt: skip
    opens: Clock
    closes: EndClock


class Point(Form):
    """社区救助站点. `kit`: what is there; `closed`: for the time being, whatever its hours are."""

    point: Id
    name: Words
    area: str
    address: Words
    lon: Lon
    lat: Lat
    hours: Annotated[tuple[Hours, ...], Field(min_length=1, max_length=14)]
    phone: PublicPhone
    kit: Annotated[
        tuple[Literal["water", "food", "clothes", "quilt", "umbrella", "medicine", "phone_call"], ...],
        Field(max_length=10),
    ] = ()
    closed: bool = False

    _area = field_validator("area")(area_code)


def station(db: Connection, name: str) -> dict[str, Any] | None:
    """Its row, without the head's phone."""
    row = db.scalar(select(_e.row).where(_e.ledger == STATION, _e.key == name, _e.current))
    return None if row is None else dict(json.loads(row))


def stations(db: Connection) -> list[dict[str, Any]]:
    rows = db.scalars(select(_e.row).where(_e.ledger == STATION, _e.current).order_by(_e.key))
    return [dict(json.loads(row)) for row in rows]


def turns(db: Connection, name: str) -> list[Turn]:
    within = _e.key.startswith(f"{name}/", autoescape=True)
    rows = db.scalars(select(_e.row).where(_e.ledger == DUTY, _e.current, within).order_by(_e.key))
    return [
        Turn(one.who, one.first, one.last, minute_of(one.begins), minute_of(one.ends), frozenset(one.off))
        for one in map(Duty.model_validate_json, rows)
    ]


def points(db: Connection) -> list[Point]:
    rows = db.scalars(select(_e.row).where(_e.ledger == POINT, _e.current).order_by(_e.key))
    return [Point.model_validate_json(row) for row in rows]


def point(db: Connection, name: str) -> Point | None:
    row = db.scalar(select(_e.row).where(_e.ledger == POINT, _e.key == name, _e.current))
    return None if row is None else Point.model_validate_json(row)


def place_of(one: Point) -> Place:
    """A point that is closed for the time being has no hours."""
    openings = [
        Opening(frozenset(day - 1 for day in hours.days), minute_of(hours.opens), minute_of(hours.closes))
        for hours in one.hours
    ]
    return Place(one.point, one.lon, one.lat, () if one.closed else openings)


def _in_its_area(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Station | Point)
    only_in(entering, row.area)


def _duty_fits(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Duty)
    of = station(entering.db, row.station)
    if of is None:
        raise Refused(f"there is no station {row.station}", f"没有救助站 {row.station}")
    only_in(entering, of["area"])
    area = entering.db.scalar(select(_a.area).where(_a.number == row.who))
    if area is None:
        raise Refused(f"there is nobody with number {row.who}", f"没有工号为 {row.who} 的工作人员")
    if not covers(area, of["area"]):
        raise NotAllowed(f"{row.who} belongs to {area}, and has no duty in {of['area']}")


LEDGERS = (
    Ledger(name=STATION, model=Station, key=lambda row: row.station, enters=frozenset({"manager"}), check=_in_its_area),
    Ledger(
        name=DUTY,
        model=Duty,
        key=lambda row: f"{row.station}/{row.turn}",
        enters=frozenset({"attendant", "manager"}),
        check=_duty_fits,
    ),
    Ledger(
        name=GAP,
        model=Gap,
        key=lambda row: f"{row.station}/{row.begins_ms}/{row.roster}",
        enters=frozenset({"system"}),
    ),
    Ledger(
        name=POINT, model=Point, key=lambda row: row.point, enters=frozenset({"clerk", "manager"}), check=_in_its_area
    ),
)
