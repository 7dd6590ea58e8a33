"""Draws with the pools that they were made from, who goes where, visits, and what is to be put right."""

import json
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, Integer, String, Table, Text, select

from cloud.adapters import tables as t

inspection_draw = Table(
    "inspection_draw",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("number", String(64), nullable=False),
    Column("area", String(12), nullable=False),
    Column("category", String(32), nullable=False),
    Column("form", Text, nullable=False),  # JSON: the terms as they were announced
    Column("pools", Text, nullable=False),  # JSON, the very text that is published
    Column("pools_sha256", String(64), nullable=False),
    Column("seed", String(256), nullable=False),  # "" before it is drawn
    Column("passed_over", Text, nullable=False),  # JSON: targets that another draw had in the meantime
    Column("state", String(16), nullable=False),  # announced | drawn | cancelled
    Column("announced_at_ms", BigInteger, nullable=False),
    Column("drawn_at_ms", BigInteger),
    Index("inspection_draw_number", "number", unique=True),
    info=t.PROJECTION,
)
inspection_assignment = Table(
    "inspection_assignment",
    t.metadata,
    Column("draw", String(64), primary_key=True),  # its number
    Column("target", String(64), primary_key=True),
    Column("inspector", String(64), primary_key=True),
    Column("n", Integer, nullable=False),  # the target's place
    Column("unit", String(64), nullable=False),
    Column("cross_county", Boolean, nullable=False),
    Column("drawn_at_ms", BigInteger, nullable=False),
    Index("inspection_assignment_target", "target", "drawn_at_ms"),
    info=t.PROJECTION,
)
inspection_visit = Table(  # one for each target of a draw
    "inspection_visit",
    t.metadata,
    Column("draw", String(64), primary_key=True),
    Column("target", String(64), primary_key=True),
    Column("case", String(36), nullable=False),
    Column("finished_at_ms", BigInteger),
    Column("publish_due_ms", BigInteger),
    Column("published_at_ms", BigInteger),
    Index("inspection_visit_case", "case", unique=True),
    info=t.PROJECTION,
)
inspection_finding = Table(  # the list of what is to be put right (整改清单)
    "inspection_finding",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("n", Integer, primary_key=True),
    Column("unit", String(64), nullable=False),
    Column("what", String(256), nullable=False),
    Column("due", String(10), nullable=False),  # YYYY-MM-DD, its last day
    Column("checked", Integer, nullable=False),  # how often it was looked at again
    Column("fixed_on", String(10)),
    info=t.PROJECTION,
)
_d, _a, _v, _f = inspection_draw.c, inspection_assignment.c, inspection_visit.c, inspection_finding.c


def draw_of(db: Connection, number: str) -> dict[str, Any] | None:
    row = db.execute(select(inspection_draw).where(_d.number == number)).mappings().first()
    if row is None:
        return None
    return {**row, **{name: json.loads(row[name]) for name in ("form", "passed_over")}}


def assignments(db: Connection, number: str) -> Sequence[dict[str, Any]]:
    """In the order of the draw."""
    rows = db.execute(select(inspection_assignment).where(_a.draw == number)).mappings()
    return sorted((dict(row) for row in rows), key=lambda row: (row["n"], row["unit"], row["inspector"]))


def is_assigned(db: Connection, number: str, target: str, inspector: str) -> str | None:
    """The department for which this inspector goes there; None for everybody else."""
    one = select(_a.unit).where(_a.draw == number, _a.target == target, _a.inspector == inspector)
    return db.scalar(one)


def visit_of(db: Connection, number: str, target: str) -> str | None:
    return db.scalar(select(_v.case).where(_v.draw == number, _v.target == target))


def findings(db: Connection, case: str) -> Sequence[dict[str, Any]]:
    query = select(inspection_finding).where(_f.case == case).order_by(_f.n)
    return [dict(row) for row in db.execute(query).mappings()]


def pools_of(found: dict[str, Any]) -> dict[str, Any]:
    """As they were published, of a row of `draw_of`."""
    told: dict[str, Any] = json.loads(found["pools"])
    return told
