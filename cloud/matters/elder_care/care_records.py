"""Homes with their beds, bookings of beds, and the five kinds of care data: one row each, by token."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Boolean, CheckConstraint, Column, Connection, Index, Integer, String, Table, Text, select

from cloud.adapters import tables as t
from cloud.domain.actor import CITY

BOOKING = "care_bed_booking"
OPEN = "9999-12-31"
"""The last day of what has none yet."""

care_home = Table(
    "care_home",
    t.metadata,
    Column("home", String(64), primary_key=True),
    Column("area", String(12), nullable=False),
    Column("name", String(256), nullable=False),
    Column("row", Text, nullable=False),  # JSON: the profile
    Column("price_from_fen", Integer, nullable=False),
    Column("deposit_fen", Integer, nullable=False),
    Column("beds", Integer, nullable=False),
    Column("out_of_service", Integer, nullable=False),
    Column("occupied", Integer, nullable=False),  # stays without a last day
    Column("reserved", Integer, nullable=False),  # bookings that hold a bed
    # the rules see to it; should they ever fail, the database does
    CheckConstraint("occupied + reserved + out_of_service <= beds", name="care_home_has_room"),
    Index("care_home_area", "area"),
    info=t.PROJECTION,
)
care_bed = Table(  # a booking of a bed, by the city's own doors or at a kiosk
    "care_bed",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("home", String(64), nullable=False),
    Column("token", String(64), nullable=False),  # who moves in; "" for a kiosk's, whose tokens are of another key
    Column("deposit_fen", Integer, nullable=False),  # as it was when it was booked; a kiosk's is the box's affair
    Column("holds", Boolean, nullable=False),
    Index("care_bed_home", "home", "holds"),
    Index("care_bed_token", "token"),
    info=t.PROJECTION,
)
care_fact = Table(
    "care_fact",
    t.metadata,
    Column("ledger", String(64), primary_key=True),
    Column("key", String(128), primary_key=True),
    Column("token", String(64), nullable=False),
    Column("area", String(12), nullable=False),
    Column("place", String(64), nullable=False),  # the home of a stay; the id of a worker; who visited
    Column("since", String(10), nullable=False),
    Column("until", String(10), nullable=False),
    Column("void", Boolean, nullable=False),
    Column("row", Text, nullable=False),  # JSON: the ledger's row
    Index("care_fact_token", "token", "ledger", "since"),
    Index("care_fact_place", "ledger", "place", "until"),
    Index("care_fact_since", "ledger", "since"),
    info=t.PROJECTION,
)
_h, _b, _f = care_home.c, care_bed.c, care_fact.c


def home(db: Connection, home_id: str) -> dict[str, Any] | None:
    row = db.execute(select(care_home).where(_h.home == home_id)).mappings().first()
    return dict(row) if row else None


def free(found: Mapping[Any, Any]) -> int:
    """Beds that nobody has: beds − occupied − reserved − out of service."""
    return int(found["beds"] - found["occupied"] - found["reserved"] - found["out_of_service"])


def profile(found: Mapping[Any, Any]) -> dict[str, Any]:
    """What the home says of itself."""
    told: dict[str, Any] = json.loads(found["row"])
    return told


def bed(db: Connection, case: str) -> dict[str, Any] | None:
    row = db.execute(select(care_bed).where(_b.case == case)).mappings().first()
    return dict(row) if row else None


def held_at_a_kiosk(db: Connection, case: str, home_id: str) -> bool:
    """Whether this booking holds a bed of the home that nobody has moved into."""
    found = bed(db, case) if case else None
    return found is not None and found["holds"] and not found["token"] and found["home"] == home_id


def bed_held_for(db: Connection, token: str) -> str | None:
    """The booking that holds a bed for this person."""
    return db.scalar(select(_b.case).where(_b.token == token, _b.holds).limit(1))


def open_stay(db: Connection, ledger: str, token: str, but: str) -> str | None:
    """The home where this person lives, as another row than `but` says."""
    theirs = _f.ledger == ledger, _f.token == token, _f.until == OPEN, _f.key != but, _f.void.is_(False)
    return db.scalar(select(_f.place).where(*theirs).limit(1))


def facts_of(db: Connection, token: str) -> Sequence[Any]:
    """Rows of care_fact, the newest first, without what is void."""
    query = select(care_fact).where(_f.token == token, _f.void.is_(False))
    return db.execute(query.order_by(_f.since.desc(), _f.ledger, _f.key)).all()


def within(area: str) -> str:
    """What area codes below this one begin with."""
    return "3308" if area == CITY else area
