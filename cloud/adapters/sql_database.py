"""One engine for SQLite and PostgreSQL, and the one place that knows their difference."""

import contextlib
import sqlite3
import time
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

from alembic import command
from alembic.config import Config
from alembic.util import CommandError
from sqlalchemy import Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    CompileError,
    DataError,
    DBAPIError,
    IntegrityError,
    NotSupportedError,
    ProgrammingError,
    SQLAlchemyError,
)

from cloud.ports import RecordsRefused, RecordsUnavailable

_MIGRATIONS = Path(__file__).parents[1] / "migrations"
_BUSY_S = 30
_LOCKED_S = 0.05
_POSTGRESQL = {  # a server that is gone without a word must hold up neither the ingest nor its end
    "connect_timeout": 5,
    "tcp_user_timeout": 15_000,
    "keepalives_idle": 5,
    "keepalives_interval": 5,
    "keepalives_count": 2,
}
_ONE_AT_A_TIME = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(20180330)"}
_ONE_WRITER = {"sqlite": "BEGIN IMMEDIATE", "postgresql": "SELECT pg_advisory_xact_lock(20181225)"}


def open_database(url: str) -> Engine:
    """Connect and bring the tables up to date. Raises RecordsUnavailable."""
    try:
        parsed = make_url(url)
    except ArgumentError:
        parsed = None
    if parsed is None or parsed.drivername not in ("sqlite", "postgresql+psycopg"):
        raise RecordsUnavailable(
            f"records: {url!r} is no database URL; write sqlite:///file.db or postgresql+psycopg://user@host/name"
        )
    if parsed.drivername == "sqlite":
        engine = create_engine(parsed, connect_args={"timeout": _BUSY_S})
        event.listen(engine, "connect", _prepare_sqlite)
    else:
        engine = create_engine(parsed, pool_pre_ping=True, connect_args=_POSTGRESQL)
    try:
        with available(), engine.begin() as connection:
            _migrate(connection)
    except BaseException as error:
        engine.dispose()
        if isinstance(error, RecordsRefused | CommandError):  # no right to make tables; tables of a newer version
            raise RecordsUnavailable(f"records: {error}") from error
        raise
    return engine


@contextlib.contextmanager
def available() -> Iterator[None]:
    """Turns the driver's failures into the one that callers understand."""
    try:
        yield
    except (DataError, IntegrityError, NotSupportedError, ProgrammingError) as error:
        raise RecordsRefused(str(error.orig).strip()) from error
    except (CompileError, OverflowError, UnicodeError) as error:  # what the driver cannot even send
        raise RecordsRefused(str(error)) from error
    except DBAPIError as error:
        raise RecordsUnavailable(f"records: {str(error.orig).strip()}") from error
    except SQLAlchemyError as error:
        raise RecordsUnavailable(f"records: {error}") from error


def one_writer(connection: Connection) -> None:
    """To be the first in a transaction that adds to the log: its order is then the order of the commits."""
    connection.exec_driver_sql(_ONE_WRITER[connection.dialect.name])


def upsert(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]], newest: str | None = None) -> None:
    """Insert, or replace the row with the same primary key; with `newest`, only by a row with a later value there."""
    if not rows:
        return
    keys = [column.name for column in table.primary_key]
    insert: Any = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    changed = {name: insert.excluded[name] for name in rows[0] if name not in keys}
    where = None if newest is None else insert.excluded[newest] >= table.c[newest]
    connection.execute(insert.on_conflict_do_update(index_elements=keys, set_=changed, where=where), list(rows))


def add_up(connection: Connection, table: Table, row: Mapping[str, Any], counter: str) -> None:
    """Insert the row, or add its counter to that of the row with the same primary key."""
    keys = [column.name for column in table.primary_key]
    insert: Any = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    more = {counter: table.c[counter] + insert.excluded[counter]}
    connection.execute(insert.values(**row).on_conflict_do_update(index_elements=keys, set_=more))


def insert_once(connection: Connection, table: Table, row: Mapping[str, Any]) -> bool:
    """False when a unique key is taken already."""
    insert: Any = (sqlite if connection.dialect.name == "sqlite" else postgresql).insert(table)
    written = insert.values(**row).on_conflict_do_nothing().returning(*table.primary_key)
    return connection.execute(written).first() is not None  # psycopg's rowcount is -1 here, whether it wrote or not


def _prepare_sqlite(connection: Any, _record: object) -> None:
    cursor = connection.cursor()
    _into_wal(cursor)
    cursor.execute("PRAGMA synchronous=FULL")
    cursor.close()


def _into_wal(cursor: Any) -> None:
    """Where two processes make the same file, SQLite tells the second that it is locked, however long it may wait."""
    until = time.monotonic() + _BUSY_S
    while True:
        try:
            cursor.execute("PRAGMA journal_mode=WAL")
        except sqlite3.OperationalError:
            if time.monotonic() > until:
                raise
            time.sleep(_LOCKED_S)
        else:
            return


def _migrate(connection: Connection) -> None:
    config = Config()
    config.set_main_option("script_location", str(_MIGRATIONS))
    config.attributes["connection"] = connection
    connection.exec_driver_sql(_ONE_AT_A_TIME[connection.dialect.name])  # all of it or nothing, and one process
    command.upgrade(config, "head")
