"""`onetrip rebuild`: the tables that are made from the log, made again from the log alone."""

import hashlib
import json
import logging
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, Engine, RowMapping, Table, delete, select

from cloud.adapters import tables as t
from cloud.adapters.sql_city_log import Apply
from cloud.adapters.sql_database import available, one_writer
from cloud.adapters.sql_records import SqlBooks
from cloud.domain.happened import Happened, IllegalStep
from cloud.ports import RecordsRefused
from contract.events.envelope import MalformedEvent, decode
from contract.events.types import data_of

_AT_ONCE = 1000
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Digest:
    """Of a table's rows, in whatever order they lie."""

    rows: int
    sum: str


@dataclass(frozen=True, slots=True)
class Remade:
    table: str
    before: Digest
    after: Digest


@dataclass(frozen=True, slots=True)
class Rebuilt:
    events: int
    without_effect: int  # they were refused when they came, and are again
    tables: tuple[Remade, ...]


def projections() -> Sequence[Table]:
    return [table for table in t.metadata.sorted_tables if table.info.get("projection")]


def rebuild(engine: Engine, apply: Apply, *, keep: bool) -> Rebuilt:
    """All in one transaction, while nothing else is written. `keep` False: only compared, nothing is changed.

    Raises RecordsUnavailable.
    """
    with available(), engine.connect() as db, db.begin() as transaction:
        one_writer(db)
        before = {table.name: _digest(db, table) for table in projections()}
        for table in reversed(projections()):
            db.execute(delete(table))
        events, refused = _replay(db, apply)
        after = {table.name: _digest(db, table) for table in projections()}
        if not keep:
            transaction.rollback()
    return Rebuilt(events, refused, tuple(Remade(name, before[name], after[name]) for name in after))


def _replay(db: Connection, apply: Apply) -> tuple[int, int]:
    books, events, refused = SqlBooks(db), 0, 0
    for row in _in_order(db):
        events += 1
        envelope = decode(row["body"])
        try:
            happened = Happened(
                row["facility"], row["id"], data_of(envelope), envelope.time_ms, row["ingest_at_ms"], row["late"]
            )
        except MalformedEvent:
            refused += 1
            continue
        refused += not _took(db, books, apply, happened)
    return events, refused


def _took(db: Connection, books: SqlBooks, apply: Apply, happened: Happened) -> bool:
    """What was done before a step turned out to be illegal stays, as then; what the database refuses does not."""
    try:
        with available(), db.begin_nested():
            try:
                apply(books, happened)
            except IllegalStep:
                return False
    except RecordsRefused:
        return False
    return True


def _in_order(db: Connection) -> Iterator[RowMapping]:
    c, last = t.event.c, 0
    of_one = select(c.position, c.facility, c.id, c.body, c.ingest_at_ms, c.late)
    wanted = of_one.where(c.applied).order_by(c.position).limit(_AT_ONCE)
    while rows := db.execute(wanted.where(c.position > last)).mappings().all():
        yield from rows
        last = rows[-1]["position"]


def _digest(db: Connection, table: Table) -> Digest:
    rows, total = 0, 0
    for row in db.execute(select(table)):
        rows += 1
        text = json.dumps(list(row), ensure_ascii=False, default=str)
        total = (total + int.from_bytes(hashlib.sha256(text.encode()).digest())) % (1 << 256)
    return Digest(rows, f"{total:064x}")
