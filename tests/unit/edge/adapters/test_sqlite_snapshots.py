"""Reference data in the box's store: the newest stays, whatever happens, and is cheap to look at."""

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contract.reference import decode, encode
from edge.adapters.sqlite_snapshots import SqliteSnapshots
from edge.ports import StoreUnavailable
from tests.unit.edge.snapshots import AS_OF_MS, price_list, slots

RECEIVED_MS = AS_OF_MS + 5000


@pytest.fixture
def uplink(tmp_path: Path) -> Iterator[SqliteSnapshots]:
    with closing(SqliteSnapshots(tmp_path)) as opened:
        yield opened


@pytest.fixture
def counter(tmp_path: Path) -> Iterator[SqliteSnapshots]:
    """As another process opens the same store."""
    with closing(SqliteSnapshots(tmp_path)) as opened:
        yield opened


def keep(shelf: SqliteSnapshots, *snapshots: object) -> list[int | None]:
    return [shelf.keep(one, encode(one), RECEIVED_MS) for one in snapshots]  # type: ignore[arg-type]


def test_what_one_process_keeps_the_other_answers_from(uplink: SqliteSnapshots, counter: SqliteSnapshots) -> None:
    assert counter.snapshot("slots") is None
    keep(uplink, slots(1))
    assert counter.snapshot("slots") == decode(encode(slots(1)))
    keep(uplink, slots(2, places=1))
    found = counter.snapshot("slots")
    assert found is not None
    assert (found.version, found.rows[0].places) == (2, 1)
    assert counter.snapshot("price_list") is None


def test_it_is_there_after_a_restart(tmp_path: Path, uplink: SqliteSnapshots) -> None:
    keep(uplink, slots(4))
    uplink.close()
    with closing(SqliteSnapshots(tmp_path)) as again:
        found = again.snapshot("slots")
    assert found is not None
    assert found.version == 4


def test_an_older_or_the_same_version_is_not_written(uplink: SqliteSnapshots) -> None:
    assert keep(uplink, slots(5), slots(4, places=9), slots(5, places=9), slots(6)) == [None, 5, 5, None]
    found = uplink.snapshot("slots")
    assert found is not None
    assert (found.version, found.rows[0].places) == (6, 3)


def test_the_same_bytes_are_known_again(uplink: SqliteSnapshots) -> None:
    keep(uplink, slots(5))
    assert uplink.holds("slots", encode(slots(5)))
    assert not uplink.holds("slots", encode(slots(5, places=9)))
    assert not uplink.holds("price_list", encode(slots(5)))


def test_it_is_decoded_once_for_each_version(uplink: SqliteSnapshots, counter: SqliteSnapshots) -> None:
    keep(uplink, slots(1))
    first = counter.snapshot("slots")
    assert counter.snapshot("slots") is first
    keep(uplink, slots(2))
    assert counter.snapshot("slots") is not first


def test_what_is_damaged_on_the_disk_leaves_what_was_read_before(
    tmp_path: Path, uplink: SqliteSnapshots, counter: SqliteSnapshots, caplog: pytest.LogCaptureFixture
) -> None:
    keep(uplink, slots(1))
    before = counter.snapshot("slots")
    with closing(sqlite3.connect(tmp_path / "store.db", isolation_level=None)) as db:
        db.execute("UPDATE snapshot SET version = 2, body = ?", (b"\x1f\x8b torn",))
    for _ in range(3):
        assert counter.snapshot("slots") is before
    assert [record.message for record in caplog.records] == [
        "reference: slots was damaged in the store: gzip: Error -3 while decompressing data: unknown compression method"
    ]
    assert uplink.snapshot("slots") is None  # had read none before
    keep(uplink, slots(3))
    assert uplink.snapshot("slots") == counter.snapshot("slots") == decode(encode(slots(3)))


def test_while_the_store_fails_what_was_read_before_stays(
    uplink: SqliteSnapshots, counter: SqliteSnapshots, caplog: pytest.LogCaptureFixture
) -> None:
    keep(uplink, slots(1))
    before = counter.snapshot("slots")
    uplink._db.execute("ALTER TABLE snapshot RENAME TO gone")
    assert counter.snapshot("slots") is before
    assert counter.snapshot("price_list") is None
    assert "reference: read a snapshot: no such table" in caplog.text


def test_a_store_that_takes_nothing_says_so(uplink: SqliteSnapshots) -> None:
    keep(uplink, slots(1))
    uplink._db.execute("PRAGMA query_only = 1")
    with pytest.raises(StoreUnavailable, match="keep a snapshot"):
        keep(uplink, slots(2))
    assert uplink.snapshot("slots") == decode(encode(slots(1)))


def test_what_the_box_holds_is_listed_with_its_ages(uplink: SqliteSnapshots) -> None:
    keep(uplink, slots(1), price_list(7))
    listed = [(one.dataset, one.version, one.as_of_ms, one.received_ms, one.size) for one in uplink.held()]
    assert listed == [
        ("price_list", 7, AS_OF_MS, RECEIVED_MS, len(encode(price_list(7)))),
        ("slots", 1, AS_OF_MS, RECEIVED_MS, len(encode(slots(1)))),
    ]


def test_what_came_before_the_box_knew_the_citys_key_is_not_trusted_after_it(
    tmp_path: Path, uplink: SqliteSnapshots, caplog: pytest.LogCaptureFixture
) -> None:
    keep(uplink, price_list(1))
    with closing(SqliteSnapshots(tmp_path, lambda snapshot: bool(snapshot.signature))) as strict:
        assert strict.snapshot("price_list") is None
        assert [one.snapshot for one in strict.held()] == [None]
    assert "price_list@1 in the store has no good signature" in caplog.text


def test_many_threads_may_ask_while_one_writes(uplink: SqliteSnapshots) -> None:
    keep(uplink, slots(1))
    seen: list[int] = []

    def ask() -> None:
        for _ in range(200):
            found = uplink.snapshot("slots")
            assert found is not None
            seen.append(found.version)

    threads = [threading.Thread(target=ask) for _ in range(4)]
    for thread in threads:
        thread.start()
    for version in range(2, 20):
        keep(uplink, slots(version))
    for thread in threads:
        thread.join()
    assert len(seen) == 800
    assert uplink.snapshot("slots") == decode(encode(slots(19)))
