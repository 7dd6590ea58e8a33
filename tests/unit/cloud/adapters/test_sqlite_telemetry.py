"""The embedded time-series store: durable, idempotent, readable beside its writer."""

import sqlite3
from dataclasses import replace
from pathlib import Path

import pytest

from cloud.adapters.sqlite_telemetry import SqliteTelemetry
from cloud.domain.rows import Point
from cloud.ports import TelemetryUnavailable
from tests.unit.cloud.facility import NOW_MS


def points(*values: float, device: str = "air-1") -> list[Point]:
    return [Point("care-1", device, "Air/Temperature", NOW_MS + n, value) for n, value in enumerate(values)]


def stored(path: Path) -> list[tuple[object, ...]]:
    reader = sqlite3.connect(path)
    try:
        return reader.execute(
            "SELECT facility, device, metric, at_ms, value FROM point JOIN series ON series = id ORDER BY device, at_ms"
        ).fetchall()
    finally:
        reader.close()


def test_what_is_written_can_be_read_by_another_process_at_once(tmp_path: Path) -> None:
    store = SqliteTelemetry(tmp_path / "new" / "t.db")
    store.write(points(20.5, 21))
    assert stored(tmp_path / "new" / "t.db") == [
        ("care-1", "air-1", "Air/Temperature", NOW_MS, 20.5),
        ("care-1", "air-1", "Air/Temperature", NOW_MS + 1, 21.0),
    ]
    store.close()


def test_repeat_leaves_one_point_with_the_last_value(tmp_path: Path) -> None:
    for value in (20.5, 20.5, 20.75):
        store = SqliteTelemetry(tmp_path / "t.db")  # also over a restart
        store.write(points(value))
        store.write(points(value))
        store.close()
    assert [row[-1] for row in stored(tmp_path / "t.db")] == [20.75]


def test_the_same_moment_of_two_devices_is_two_points(tmp_path: Path) -> None:
    store = SqliteTelemetry(tmp_path / "t.db")
    store.write([*points(1, device="air-1"), *points(2, device="air-2"), *points(3, device="")])
    assert [row[1] for row in stored(tmp_path / "t.db")] == ["", "air-1", "air-2"]
    store.close()


def test_points_of_a_drill_are_where_no_query_for_real_ones_meets_them(tmp_path: Path) -> None:
    store = SqliteTelemetry(tmp_path / "t.db")
    (real,) = points(20.5)
    drilled = [
        replace(real, value=value, drill=drill) for drill, value in (("d-1", 80.0), ("d-2", 90.0), ("d-2", 91.0))
    ]
    store.write([real, *drilled])
    store.close()
    assert [row[-1] for row in stored(tmp_path / "t.db")] == [20.5]
    reader = sqlite3.connect(tmp_path / "t.db")
    assert reader.execute("SELECT * FROM drill_point").fetchall() == [
        ("d-1", "care-1", "air-1", "Air/Temperature", NOW_MS, 80.0),
        ("d-2", "care-1", "air-1", "Air/Temperature", NOW_MS, 91.0),
    ]
    reader.close()


def test_failed_write_leaves_nothing_and_the_next_one_works(tmp_path: Path) -> None:
    store = SqliteTelemetry(tmp_path / "t.db")
    saboteur = sqlite3.connect(tmp_path / "t.db")
    saboteur.execute("CREATE TRIGGER no BEFORE INSERT ON point WHEN NEW.value = 2 BEGIN SELECT RAISE(FAIL, 'no'); END")
    saboteur.commit()
    with pytest.raises(TelemetryUnavailable, match="telemetry: no"):
        store.write(points(1, 2))
    assert stored(tmp_path / "t.db") == []
    store.write(points(1))
    assert len(stored(tmp_path / "t.db")) == 1
    saboteur.close()
    store.close()


def test_path_that_cannot_be_opened_is_said(tmp_path: Path) -> None:
    with pytest.raises(TelemetryUnavailable, match=f"telemetry {tmp_path}: unable to open database file"):
        SqliteTelemetry(tmp_path)
