"""The demo's auditor finds what is missing, doubled, refused or broken in books that were tampered with."""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from simulators.bench import Incident
from simulators.demo.ledger import Written, compare, is_good, percentiles

A, B = "330803-care-01", "330802-relief-01"
SENT = {A: Written("a" * 12, events=2, readings=2, values=2, waiting=0), B: Written("b" * 12, 1, 1, 1, 0)}
INCIDENTS = (Incident(1000, A, "fall-101", "fall"), Incident(2000, B, "intake-reader", "card_read"))
TABLES = """
CREATE TABLE event(facility, epoch, seq, id, type);
CREATE TABLE alarm(id, facility, device, rule, raised_at_ms);
CREATE TABLE visit(id, facility, source_device_id, at_ms);
CREATE TABLE device(id); CREATE TABLE dead_letter(id); CREATE TABLE chain_break(id);
INSERT INTO event VALUES
  ('330803-care-01', 'aaaaaaaaaaaa', 1, 'e-1', 'onetrip.alarm.raised.v1'),
  ('330803-care-01', 'aaaaaaaaaaaa', 2, 'e-2', 'onetrip.device.fault.v1'),
  ('330802-relief-01', 'bbbbbbbbbbbb', 1, 'e-3', 'onetrip.visit.checkin.v1');
INSERT INTO alarm VALUES('alarm-1', '330803-care-01', 'fall-101', 'fall', 1010);
INSERT INTO visit VALUES('visit-1', '330802-relief-01', 'intake-reader', 2020);
"""
POINTS = """
CREATE TABLE series(id INTEGER PRIMARY KEY, facility, device, metric);
CREATE TABLE point(series, at_ms, value);
CREATE TABLE drill_point(drill, facility, device, metric, at_ms, value);
INSERT INTO series VALUES
  (1, '330803-care-01', 'fall-101', 'Fall/Detected'),
  (2, '330802-relief-01', 'bed-1', 'Bed/Occupied'),
  (3, '330803-care-01', '', 'Outbox/Events Waiting');
INSERT INTO point VALUES(1, 1000, 1), (1, 1500, 0), (2, 1000, 1), (3, 1000, 5);
"""


class Books:
    def __init__(self, folder: Path) -> None:
        self.records, self.telemetry = folder / "records.db", folder / "telemetry.db"
        self.change(self.records, TABLES)
        self.change(self.telemetry, POINTS)

    def change(self, file: Path, statements: str) -> None:
        with closing(sqlite3.connect(file)) as db:
            db.executescript(statements)

    def audit(self, **restarts: int) -> dict[str, Any]:
        seen, visits = {"alarm-1": 1080}, {"visit-1": 2100}
        report = compare(self.records, self.telemetry, SENT, seen, visits, INCIDENTS)
        return {**report, "restarts": {f"field {A}": 0, **restarts}}


@pytest.fixture
def books(tmp_path: Path) -> Books:
    return Books(tmp_path)


def test_books_that_agree(books: Books) -> None:
    report = books.audit()
    assert is_good(report)
    assert (report["lost"], report["duplicated"], report["incidents"]["missed"]) == (0, 0, [])
    assert report["readings"] == {"sent": 3, "stored": 3}
    assert report["alarms"] == {"raised": 1, "seen": 1}
    assert report["latency_ms"] == {"samples": 2, "p50": 80, "p95": 100, "p99": 100, "max": 100}


@pytest.mark.parametrize(
    ("tampered", "lost", "duplicated"),
    [
        ("DELETE FROM event WHERE id = 'e-2'", 1, 0),
        ("INSERT INTO event VALUES('330803-care-01', 'aaaaaaaaaaaa', 3, 'e-9', 'onetrip.device.fault.v1')", 0, 1),
        ("UPDATE event SET facility = '330802-relief-01', epoch = 'bbbbbbbbbbbb' WHERE id = 'e-2'", 1, 1),
        ("INSERT INTO alarm VALUES('alarm-2', '330803-care-01', 'fall-101', 'fall', 1020)", 0, 2),
        ("DELETE FROM visit", 1, 0),
    ],
    ids=["event lost", "event doubled", "one lost here, one too many there", "alarm doubled", "effect lost"],
)
def test_records_that_were_tampered_with(books: Books, tampered: str, lost: int, duplicated: int) -> None:
    books.change(books.records, tampered)
    report = books.audit()
    assert not is_good(report)
    assert (report["lost"], report["duplicated"]) == (lost, duplicated)


@pytest.mark.parametrize(
    ("tampered", "lost", "duplicated"),
    [
        ("DELETE FROM point WHERE at_ms = 1500", 1, 0),
        ("INSERT INTO point VALUES(1, 1501, 0)", 0, 1),
        ("UPDATE point SET series = 2 WHERE at_ms = 1500", 1, 1),
    ],
)
def test_points_that_were_tampered_with(books: Books, tampered: str, lost: int, duplicated: int) -> None:
    books.change(books.telemetry, tampered)
    report = books.audit()
    assert not is_good(report)
    assert (report["lost"], report["duplicated"]) == (lost, duplicated)


@pytest.mark.parametrize("table", ["dead_letter", "chain_break"])
def test_what_was_refused_or_broken_is_not_good(books: Books, table: str) -> None:
    books.change(books.records, f"INSERT INTO {table} VALUES(1)")
    assert not is_good(books.audit())


def test_a_missed_incident_is_excused_only_where_nobody_listened(books: Books) -> None:
    books.change(books.records, "DELETE FROM alarm; DELETE FROM event WHERE id IN ('e-1')")
    books.change(books.records, "INSERT INTO event VALUES('330803-care-01', 'aaaaaaaaaaaa', 1, 'e-8', 'other')")
    assert books.audit()["incidents"]["missed"] == [A]
    assert not is_good(books.audit())
    assert not is_good(books.audit(**{f"field {B}": 1}))
    assert is_good(books.audit(**{f"field {A}": 1}))


def test_percentiles_are_by_nearest_rank() -> None:
    assert percentiles(range(1, 101)) == {"samples": 100, "p50": 50, "p95": 95, "p99": 99, "max": 100}
    assert percentiles([]) == {"samples": 0}
