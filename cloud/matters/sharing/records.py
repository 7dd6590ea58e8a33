"""The catalogue as it is now, what was approved for whom, and what was delivered."""

import json
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, String, Table, Text, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t

share_delivery = Table(
    "share_delivery",
    t.metadata,
    Column("event", String(36), primary_key=True),
    Column("dataset", String(64), nullable=False),
    Column("request", String(36), nullable=False),  # the case; "" for what is shared with everybody
    Column("unit", String(64), nullable=False),
    Column("by", String(64), nullable=False),
    Column("purpose", String(256), nullable=False),
    Column("basis", String(256), nullable=False),
    Column("fields", Text, nullable=False),  # JSON
    Column("about", String(64), nullable=False),  # the token that was asked for; "" for none
    Column("rows", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Index("share_delivery_about", "about"),
    Index("share_delivery_unit", "unit", "at_ms"),
    info=t.PROJECTION,
)
share_party = Table(  # which department a request is of
    "share_party",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("unit", String(64), nullable=False),
    info=t.PROJECTION,
)


def entry(db: Connection, dataset: str) -> Any:
    """The catalogue's row, as JSON; None where there is none."""
    e = c.ledger_entry.c
    row = db.scalar(select(e.row).where(e.ledger == "share_catalog", e.key == dataset, e.current))
    return json.loads(row) if row else None


def request(db: Connection, case: str, unit: str) -> Any:
    """An approved request of a department, as JSON; None where there is none."""
    f, p = t.case_file.c, share_party.c
    query = select(f.form).join_from(t.case_file, share_party, f.case == p.case)
    form = db.scalar(query.where(f.case == case, p.unit == unit, f.matter == "share_request", f.state == "approved"))
    return json.loads(form) if form else None


def deliveries(db: Connection, *, about: str = "", unit: str = "", limit: int = 100) -> list[dict[str, Any]]:
    """The newest first."""
    query = select(share_delivery)
    if about:
        query = query.where(share_delivery.c.about == about)
    if unit:
        query = query.where(share_delivery.c.unit == unit)
    newest = query.order_by(share_delivery.c.at_ms.desc(), share_delivery.c.event).limit(limit)
    return [{**row, "fields": json.loads(row["fields"])} for row in db.execute(newest).mappings()]
