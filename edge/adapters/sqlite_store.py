"""The store of one box: a SQLite file in WAL mode, shared by the field and the uplink process.

`synchronous=FULL`: a commit returns after fsync, so what is committed survives a power cut. The chain tip lives in
the same transaction as the event, so a crash can neither skip nor repeat a sequence number.
"""

import contextlib
import fcntl
import os
import secrets
import sqlite3
from collections.abc import Iterator
from pathlib import Path

from edge.domain.readings import DeviceState, Latest, Value
from edge.ports import StoreUnavailable

SCHEMA_VERSION = 5
_BUSY_MS = 10_000
_COMPARED_S = 3600  # a comparison with the cloud's clock that is older says nothing

_SCHEMA = """
CREATE TABLE IF NOT EXISTS meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS event(seq INTEGER PRIMARY KEY, type TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE IF NOT EXISTS reading(
    offset INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, taken_at_ms INTEGER NOT NULL, body TEXT NOT NULL,
    device_time_ms INTEGER, drill TEXT NOT NULL DEFAULT '');
CREATE TABLE IF NOT EXISTS latest(
    device TEXT, metric TEXT, value, kind TEXT NOT NULL, taken_at_ms INTEGER NOT NULL, since_ms INTEGER NOT NULL,
    PRIMARY KEY(device, metric)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS device(
    id TEXT PRIMARY KEY, driver TEXT NOT NULL, location TEXT NOT NULL, life_safety INTEGER NOT NULL,
    metrics TEXT NOT NULL, online INTEGER NOT NULL, cause TEXT NOT NULL, since_ms INTEGER NOT NULL,
    fingerprint TEXT NOT NULL DEFAULT '', port TEXT NOT NULL DEFAULT '', proven_at_ms INTEGER,
    prove_every_days INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS alarm(
    id TEXT PRIMARY KEY, device TEXT NOT NULL, rule TEXT NOT NULL, state TEXT NOT NULL,
    raised_at_ms INTEGER NOT NULL, level INTEGER NOT NULL, drill TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS command(id TEXT PRIMARY KEY, body TEXT NOT NULL, answered INTEGER NOT NULL DEFAULT 0);
CREATE TABLE IF NOT EXISTS matter_case(
    id TEXT PRIMARY KEY, code TEXT NOT NULL, matter TEXT NOT NULL, state TEXT NOT NULL, number TEXT NOT NULL,
    act TEXT NOT NULL, token TEXT NOT NULL, opened_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL,
    body BLOB NOT NULL, wants TEXT NOT NULL DEFAULT '', idle_ms INTEGER NOT NULL DEFAULT 0) WITHOUT ROWID;
CREATE UNIQUE INDEX IF NOT EXISTS matter_case_act ON matter_case(act) WHERE act <> '';
CREATE INDEX IF NOT EXISTS matter_case_state ON matter_case(state, opened_ms);
CREATE INDEX IF NOT EXISTS matter_case_code ON matter_case(code);
CREATE INDEX IF NOT EXISTS matter_case_wants ON matter_case(opened_ms) WHERE wants <> '';
CREATE TABLE IF NOT EXISTS slot_taken(
    slot TEXT, case_id TEXT, at_ms INTEGER NOT NULL, PRIMARY KEY(slot, case_id)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS pay_order(
    id TEXT PRIMARY KEY, case_id TEXT NOT NULL, question TEXT NOT NULL, amount_fen INTEGER NOT NULL,
    at_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS family(
    relative TEXT, resident TEXT, at_ms INTEGER NOT NULL, PRIMARY KEY(relative, resident)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS refund_due(case_id TEXT PRIMARY KEY) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS message(
    id TEXT PRIMARY KEY, case_id TEXT NOT NULL, template TEXT NOT NULL, at_ms INTEGER NOT NULL, seq INTEGER NOT NULL,
    leaflet_ms INTEGER) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS staff_call(
    id TEXT PRIMARY KEY, place TEXT NOT NULL, about TEXT NOT NULL, case_id TEXT NOT NULL, at_ms INTEGER NOT NULL,
    came_ms INTEGER, by TEXT NOT NULL DEFAULT '') WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS ticket(
    id TEXT PRIMARY KEY, day TEXT NOT NULL, queue TEXT NOT NULL, number TEXT NOT NULL, place INTEGER NOT NULL,
    rule TEXT NOT NULL, case_id TEXT NOT NULL, state TEXT NOT NULL, window TEXT NOT NULL, calls INTEGER NOT NULL,
    taken_ms INTEGER NOT NULL, called_ms INTEGER NOT NULL, handled_s REAL NOT NULL, passed TEXT NOT NULL,
    call_order INTEGER NOT NULL) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS ticket_day ON ticket(day, place);
CREATE INDEX IF NOT EXISTS ticket_case ON ticket(case_id);
CREATE TABLE IF NOT EXISTS desk_window(
    by TEXT PRIMARY KEY, name TEXT NOT NULL, queues TEXT NOT NULL, day TEXT NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS snapshot(
    dataset TEXT PRIMARY KEY, version INTEGER NOT NULL, as_of_ms INTEGER NOT NULL, received_ms INTEGER NOT NULL,
    body BLOB NOT NULL);
"""

_UPGRADES = {  # from version: what changes in which table, where it is there; the rest is made by _SCHEMA
    1: (
        ("reading", "ALTER TABLE reading ADD COLUMN device_time_ms INTEGER"),
        ("reading", "ALTER TABLE reading ADD COLUMN drill TEXT NOT NULL DEFAULT ''"),
        ("device", "ALTER TABLE device ADD COLUMN fingerprint TEXT NOT NULL DEFAULT ''"),
        ("device", "ALTER TABLE device ADD COLUMN port TEXT NOT NULL DEFAULT ''"),
        ("device", "ALTER TABLE device ADD COLUMN proven_at_ms INTEGER"),
        ("device", "ALTER TABLE device ADD COLUMN prove_every_days INTEGER"),
        ("alarm", "ALTER TABLE alarm ADD COLUMN drill TEXT NOT NULL DEFAULT ''"),
    ),
    4: (
        ("matter_case", "ALTER TABLE matter_case ADD COLUMN wants TEXT NOT NULL DEFAULT ''"),
        ("matter_case", "ALTER TABLE matter_case ADD COLUMN idle_ms INTEGER NOT NULL DEFAULT 0"),
        (  # what they want is sealed: each is looked at once
            "matter_case",
            "UPDATE matter_case SET wants = 'unknown' WHERE state NOT IN ('draft', 'approved', 'refused', 'closed')",
        ),
        ("matter_case", "UPDATE matter_case SET act = '' WHERE state = 'refused'"),
        (
            "slot_taken",
            "DELETE FROM slot_taken WHERE case_id IN (SELECT id FROM matter_case WHERE state = 'refused')",
        ),
    ),
}

_KINDS: dict[str, type] = {"bool": bool, "int": int, "float": float, "str": str}


class StoreIsNewer(RuntimeError):
    """The file was written by a newer version of the agent."""


def connect(directory: Path, *, any_thread: bool = False) -> sqlite3.Connection:
    """Open, or make, the store in this directory. Raises StoreUnavailable, StoreIsNewer.

    `any_thread`: the caller lets only one thread at a time use it.
    """
    try:
        directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        db = sqlite3.connect(
            directory / "store.db", isolation_level=None, timeout=_BUSY_MS / 1000, check_same_thread=not any_thread
        )
    except (OSError, sqlite3.OperationalError) as error:
        raise StoreUnavailable(f"cannot open the store in {directory}: {error}") from error
    try:
        with _alone_in(directory):
            _prepare(db, directory)
    except BaseException:
        db.close()
        raise
    return db


@contextlib.contextmanager
def _alone_in(directory: Path) -> Iterator[None]:
    """Both processes start at once, and SQLite's switch to WAL fails instead of waiting for the other."""
    folder = os.open(directory, os.O_RDONLY)
    try:
        fcntl.flock(folder, fcntl.LOCK_EX)
        yield
    finally:
        os.close(folder)


def _prepare(db: sqlite3.Connection, directory: Path) -> None:
    with reporting(f"store in {directory}"):
        db.execute("PRAGMA journal_mode=WAL")
        db.execute("PRAGMA synchronous=FULL")
        (version,) = db.execute("PRAGMA user_version").fetchone()
        if version > SCHEMA_VERSION:
            raise StoreIsNewer(f"the store in {directory} has version {version}; this agent knows {SCHEMA_VERSION}")
        if version == SCHEMA_VERSION:
            return  # who only looks writes nothing, and needs no room on the disk
        with transaction(db):
            (version,) = db.execute("PRAGMA user_version").fetchone()  # again, now that nobody else can change it
            there = {name for (name,) in db.execute("SELECT name FROM sqlite_master WHERE type = 'table'")}
            for older in range(version, SCHEMA_VERSION) if version else ():
                for table, statement in _UPGRADES.get(older, ()):
                    if table in there:
                        db.execute(statement)
            for statement in _SCHEMA.split(";"):
                db.execute(statement)
            db.execute(f"PRAGMA user_version={SCHEMA_VERSION}")
            for key, value in (
                ("epoch", secrets.token_hex(6)),
                ("last_seq", 0),
                ("last_hash", ""),
                ("acked_event", 0),
                ("acked_reading", 0),
                ("bd_seq", -1),
                ("heartbeat_ms", 0),
                ("clock_offset_ms", 0),
                ("clock_compared_ms", -(2**53)),  # never
                ("reached_ms", 0),
                ("drafts_trusted_ms", 0),  # how old drafts are: edge.domain.visits.draft_age
                ("drafts_counted_ms", 0),
                ("values_written", 0),  # over the life of this store: what the cloud must end up with
            ):
                db.execute("INSERT OR IGNORE INTO meta VALUES(?, ?)", (key, value))


@contextlib.contextmanager
def transaction(db: sqlite3.Connection) -> Iterator[None]:
    """Immediate: a writer waits at the start, so it never fails half-way for the other process's sake."""
    db.execute("BEGIN IMMEDIATE")
    try:
        yield
        db.execute("COMMIT")
    except BaseException:
        if db.in_transaction:
            db.execute("ROLLBACK")
        raise


@contextlib.contextmanager
def reporting(what: str) -> Iterator[None]:
    """Turns SQLite's errors into the one that callers understand."""
    try:
        yield
    except sqlite3.Error as error:
        raise StoreUnavailable(f"{what}: {error}") from error


def meta(db: sqlite3.Connection) -> dict[str, int | str]:
    return dict(db.execute("SELECT key, value FROM meta"))


def set_meta(db: sqlite3.Connection, **values: int | str) -> None:
    db.executemany("UPDATE meta SET value = ? WHERE key = ?", [(value, key) for key, value in values.items()])


def clock_offset(db: sqlite3.Connection, wall_ms: int) -> int | None:
    """Our clock minus the cloud's, ms; None where they were not compared lately."""
    kept = meta(db)
    fresh = abs(wall_ms - int(kept["clock_compared_ms"])) < _COMPARED_S * 1000  # our clock may have gone back since
    return int(kept["clock_offset_ms"]) if fresh else None


def latest(db: sqlite3.Connection) -> dict[tuple[str, str], Latest]:
    rows = db.execute("SELECT device, metric, value, kind, taken_at_ms, since_ms FROM latest")
    return {(device, metric): Latest(_KINDS[kind](value), at, since) for device, metric, value, kind, at, since in rows}


def remember_latest(db: sqlite3.Connection, device: str, metric: str, value: Value, at_ms: int) -> None:
    db.execute(
        "INSERT INTO latest VALUES(:device, :metric, :value, :kind, :at, :at) ON CONFLICT(device, metric) DO UPDATE SET"
        " since_ms = CASE WHEN value IS :value THEN since_ms ELSE :at END,"
        " value = :value, kind = :kind, taken_at_ms = :at",
        {"device": device, "metric": metric, "value": value, "kind": type(value).__name__, "at": at_ms},
    )


def devices(db: sqlite3.Connection) -> list[DeviceState]:
    rows = db.execute("SELECT * FROM device")
    return [
        DeviceState(
            i, driver, location, bool(safety), tuple(filter(None, metrics.split(","))), bool(online), cause, at, *more
        )
        for i, driver, location, safety, metrics, online, cause, at, *more in rows
    ]
