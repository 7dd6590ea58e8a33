"""The embedded time-series store: one SQLite file, durable when `write` returns, readable by another process.

Points of drills have a table of their own: whoever counts points need not know that there are drills.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from cloud.domain.rows import Point
from cloud.ports import TelemetryUnavailable

_SCHEMA = """
CREATE TABLE IF NOT EXISTS series(
    id INTEGER PRIMARY KEY, facility TEXT NOT NULL, device TEXT NOT NULL, metric TEXT NOT NULL,
    UNIQUE(facility, device, metric));
CREATE TABLE IF NOT EXISTS point(series INTEGER, at_ms INTEGER, value REAL, PRIMARY KEY(series, at_ms)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS drill_point(
    drill TEXT, facility TEXT, device TEXT, metric TEXT, at_ms INTEGER, value REAL,
    PRIMARY KEY(drill, facility, device, metric, at_ms)) WITHOUT ROWID;
"""


class SqliteTelemetry:
    durable_after_s = 0.0

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        try:
            self._db = sqlite3.connect(path, isolation_level=None, timeout=30, check_same_thread=False)
            self._db.execute("PRAGMA journal_mode=WAL")
            self._db.execute("PRAGMA synchronous=FULL")
            for statement in _SCHEMA.split(";"):
                self._db.execute(statement)
        except sqlite3.Error as error:
            raise TelemetryUnavailable(f"telemetry {path}: {error}") from error
        self._series: dict[tuple[str, str, str], int] = {}

    def write(self, points: Sequence[Point]) -> None:
        try:
            self._db.execute("BEGIN IMMEDIATE")
            rows = [(self._series_of(p), p.at_ms, p.value) for p in points if not p.drill]
            self._db.executemany(
                "INSERT INTO point VALUES(?,?,?) ON CONFLICT DO UPDATE SET value = excluded.value", rows
            )
            drills = [(p.drill, p.facility, p.device, p.metric, p.at_ms, p.value) for p in points if p.drill]
            self._db.executemany("INSERT OR REPLACE INTO drill_point VALUES(?,?,?,?,?,?)", drills)
            self._db.execute("COMMIT")
        except sqlite3.Error as error:
            if self._db.in_transaction:
                self._db.execute("ROLLBACK")
            self._series.clear()
            raise TelemetryUnavailable(f"telemetry: {error}") from error

    def close(self) -> None:
        self._db.close()

    def _series_of(self, point: Point) -> int:
        key = (point.facility, point.device, point.metric)
        if key not in self._series:
            self._db.execute("INSERT OR IGNORE INTO series(facility, device, metric) VALUES(?,?,?)", key)
            (self._series[key],) = self._db.execute(
                "SELECT id FROM series WHERE facility = ? AND device = ? AND metric = ?", key
            ).fetchone()
        return self._series[key]
