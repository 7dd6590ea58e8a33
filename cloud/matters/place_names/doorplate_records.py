"""Tables of doorplates: what collectors brought, the base of standard addresses, and samples that measure it."""

from collections.abc import Sequence
from math import cos, hypot, radians
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Float, Index, Integer, String, Table, select
from sqlalchemy.dialects.postgresql import VARCHAR

from cloud.adapters import tables as t

_METRES = 111_320.0  # a degree of latitude

doorplate_survey = Table(
    "doorplate_survey",
    t.metadata,
    Column("case", String(36), primary_key=True),  # the point's id, made by the collector's device
    Column("collector", String(64), nullable=False),
    Column("state", String(64), nullable=False),
    Column("area", String(12), nullable=False),  # the village that it is said to be in
    Column("revision", Integer, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("written", String(128), nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("flags", String(128), nullable=False),
    Column("reason", String(256), nullable=False),  # why it was sent back
    Column("address", String(128), nullable=False),  # as it was completed, then as it is standard
    Column("replaces", String(128), nullable=False),
    Column("approved_at_ms", BigInteger, nullable=False),
    Index("doorplate_survey_of", "collector", "state"),
    Index("doorplate_survey_area", "area", "state"),
    info=t.PROJECTION,
)

address_std = Table(
    "address_std",
    t.metadata,
    # in the order of its characters wherever it is, so that an export is the same file everywhere
    Column("address", String(128).with_variant(VARCHAR(128, collation="C"), "postgresql"), primary_key=True),
    Column("area", String(12), nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("status", String(16), nullable=False),  # current | former
    Column("survey", String(36), nullable=False),
    Column("approved_at_ms", BigInteger, nullable=False),
    Index("address_std_near", "lat", "lon"),
    Index("address_std_area", "area", "address"),
    info=t.PROJECTION,
)

address_sample = Table(
    "address_sample",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("area", String(12), nullable=False),
    Column("seed", String(64), nullable=False),
    Column("size", Integer, nullable=False),
    Column("population", Integer, nullable=False),
    Column("population_sha256", String(64), nullable=False),
    Column("state", String(64), nullable=False),
    Column("drawn_at_ms", BigInteger, nullable=False),
    info=t.PROJECTION,
)

address_sample_item = Table(
    "address_sample_item",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("address", String(128), primary_key=True),
    Column("n", Integer, nullable=False),
    Column("area", String(12), nullable=False),  # where it stood when it was drawn, and below
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("outcome", String(16), nullable=False),  # "" until somebody was there
    Column("by", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    info=t.PROJECTION,
)

placename_finding = Table(
    "placename_finding",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("state", String(64), nullable=False),
    Column("area", String(12), nullable=False),
    Column("owner", String(64), nullable=False),
    Column("violation", String(32), nullable=False),
    Column("sign", String(64), nullable=False),
    Column("photo", String(64), nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("deadline", String(10), nullable=False),
    Column("corrected_photo", String(64), nullable=False),
    Column("rechecks", Integer, nullable=False),
    Column("rechecked_photo", String(64), nullable=False),
    Column("was_late", Boolean, nullable=False),
    Index("placename_finding_due", "state", "deadline"),
    info=t.PROJECTION,
)

_s, _a = doorplate_survey.c, address_std.c
Row = dict[str, Any]


def metres(lon: float, lat: float, other_lon: float, other_lat: float) -> float:
    """Between two points that are near each other."""
    east = (lon - other_lon) * cos(radians((lat + other_lat) / 2))
    return hypot(east, lat - other_lat) * _METRES


def survey(db: Connection, point: str) -> Row | None:
    row = db.execute(select(doorplate_survey).where(_s.case == point)).mappings().first()
    return dict(row) if row else None


def surveys(db: Connection, points: Sequence[str]) -> dict[str, Row]:
    """Those that are there, by id."""
    rows = db.execute(select(doorplate_survey).where(_s.case.in_(points))).mappings()
    return {row["case"]: dict(row) for row in rows}


def returned(db: Connection, collector: str, limit: int) -> Sequence[Row]:
    """What waits for this collector's correction, the oldest ids first."""
    theirs = select(_s.case, _s.revision, _s.reason).where(_s.collector == collector, _s.state == "returned")
    return [dict(row) for row in db.execute(theirs.order_by(_s.case).limit(limit)).mappings()]


def address(db: Connection, text: str) -> Row | None:
    row = db.execute(select(address_std).where(_a.address == text)).mappings().first()
    return dict(row) if row else None


def near(db: Connection, lon: float, lat: float, within_m: float) -> Sequence[Row]:
    """Addresses in use within so many metres, the nearest first, each with its `metres`."""
    up = within_m / _METRES
    side = up / max(cos(radians(lat)), 0.01)
    box = _a.lat.between(lat - up, lat + up), _a.lon.between(lon - side, lon + side)
    rows = [dict(row) for row in db.execute(select(address_std).where(*box, _a.status == "current")).mappings()]
    told = [{**row, "metres": round(metres(lon, lat, row["lon"], row["lat"]), 1)} for row in rows]
    return sorted((row for row in told if row["metres"] <= within_m), key=lambda row: (row["metres"], row["address"]))
