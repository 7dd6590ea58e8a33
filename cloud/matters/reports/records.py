"""What villages reported. Totals are never kept: each is the sum of what lies below it, at the moment of asking."""

import json
from collections.abc import Mapping
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, String, Table, func, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import CITY

report_figure = Table(
    "report_figure",
    t.metadata,
    Column("report", String(64), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("area", String(12), primary_key=True),  # of a village
    Column("name", String(64), primary_key=True),
    Column("value", BigInteger, nullable=False),
    info=t.PROJECTION,
)
report_batch = Table(  # which cases they are
    "report_batch",
    t.metadata,
    Column("report", String(64), primary_key=True),
    Column("period", String(16), primary_key=True),
    Column("area", String(12), primary_key=True),
    Column("case", String(36), nullable=False),
    info=t.PROJECTION,
)
_g, _b, _f = report_figure.c, report_batch.c, t.case_file.c


def totals(db: Connection, report: str, period: str, area: str) -> Mapping[str, int]:
    """Of an area, by name of the figure."""
    below = "" if area == CITY else area
    query = select(_g.name, func.sum(_g.value)).where(
        _g.report == report, _g.period == period, _g.area.startswith(below, autoescape=True)
    )
    return {name: int(total) for name, total in db.execute(query.group_by(_g.name).order_by(_g.name))}


def batch(db: Connection, report: str, period: str, area: str) -> Any:
    """(case, state) of an area's report; None before it was opened."""
    query = select(_b.case, _f.state).join_from(report_batch, t.case_file, _b.case == _f.case)
    return db.execute(query.where(_b.report == report, _b.period == period, _b.area == area)).first()


def states(db: Connection, report: str, period: str) -> Mapping[str, str]:
    """area -> state, of all areas that have begun."""
    query = select(_b.area, _f.state).join_from(report_batch, t.case_file, _b.case == _f.case)
    rows = db.execute(query.where(_b.report == report, _b.period == period).order_by(_b.area))
    return {area: state for area, state in rows}  # noqa: C416 - rows are tuples of a library's own kind


def plan(db: Connection, key: str) -> Any:
    """The ledger's row, as JSON; None where there is none."""
    e = c.ledger_entry.c
    row = db.scalar(select(e.row).where(e.ledger == "report_plan", e.key == key, e.current))
    return json.loads(row) if row else None
