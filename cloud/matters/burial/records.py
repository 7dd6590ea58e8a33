"""Facilities with their places, the use of each year, and whom burials and rewards are about (tokens)."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import CheckConstraint, Column, Connection, Float, Index, Integer, String, Table, and_, select

from cloud.adapters import tables as t

burial_facility = Table(
    "burial_facility",
    t.metadata,
    Column("id", String(64), primary_key=True),
    Column("kind", String(32), nullable=False),
    Column("name", String(256), nullable=False),
    Column("county", String(6), nullable=False),
    Column("area", String(12), nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("capacity", Integer, nullable=False),
    Column("used", Integer, nullable=False),
    Column("reserved", Integer, nullable=False),
    # the rules see to it; should they ever fail, the database does
    CheckConstraint("used >= 0 AND reserved >= 0 AND used + reserved <= capacity", name="burial_facility_has_room"),
    Index("burial_facility_county", "county", "kind"),
    info=t.PROJECTION,
)
burial_use = Table(
    "burial_use",
    t.metadata,
    Column("facility", String(64), primary_key=True),
    Column("year", Integer, primary_key=True),
    Column("before", Integer, nullable=False),  # as its own books say, from before the city kept these
    Column("recorded", Integer, nullable=False),
    info=t.PROJECTION,
)
burial_deceased = Table(
    "burial_deceased",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("matter", String(64), nullable=False),  # burial | eco_burial_reward
    Column("token", String(64), nullable=False),
    Column("facility", String(64), nullable=False),  # "" for a reward
    Index("burial_deceased_token", "token"),
    info=t.PROJECTION,
)
_b, _d, _f = burial_facility.c, burial_deceased.c, t.case_file.c


def facility(db: Connection, facility_id: str) -> dict[str, Any] | None:
    row = db.execute(select(burial_facility).where(_b.id == facility_id)).mappings().first()
    return dict(row) if row else None


def cases_about(db: Connection, matter: str, token: str) -> Sequence[tuple[str, str, str]]:
    """(case, state, facility) of burials or rewards, the oldest first."""
    of_token = and_(_d.token == token, _d.matter == matter)
    query = select(_d.case, _f.state, _d.facility).join(t.case_file, _f.case == _d.case).where(of_token)
    return [(row.case, row.state, row.facility) for row in db.execute(query.order_by(_f.opened_at_ms, _d.case))]
