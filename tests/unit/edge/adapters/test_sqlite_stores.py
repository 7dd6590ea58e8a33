"""The store of a box: what `append` returned from is there for ever, in order, without a gap."""

import contextlib
import os
import signal
import sqlite3
import subprocess
import sys
import textwrap
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import pytest

from contract.command import Command
from contract.events.data import EventData
from contract.events.envelope import decode, digest
from contract.events.types import CommandRefused, DeviceFault
from edge.adapters import sqlite_store
from edge.adapters.case_seal import CaseSeal
from edge.adapters.sqlite_cases import SqliteCases
from edge.adapters.sqlite_events import append_events
from edge.adapters.sqlite_field_store import SqliteFieldStore
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.adapters.sqlite_store import StoreIsNewer
from edge.domain.alarms import Alarm
from edge.domain.moment import Moment
from edge.domain.readings import DeviceState, Latest, Reading
from edge.ports import StoreUnavailable
from tests.unit.edge.stores import FACILITY, assert_whole_chain, field_store, outbox

T = 1_780_000_000_000
ROUNDS = 4


def fault(number: int) -> tuple[EventData, Moment]:
    return DeviceFault(device="d", port="p", what="unknown_code", detail=str(number)), Moment(T + number, 0)


def reading(number: int, device: str = "d") -> Reading:
    return Reading(device, {"Button/Presses": number}, T + number)


def test_events_are_numbered_without_a_gap_and_each_names_the_bytes_before_it(tmp_path: Path) -> None:
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        store.append([], [fault(1), fault(2)])
        store.append([reading(1)], [])
        store.append([], [fault(3)])
        assert_whole_chain(box.events_after(0, 100))
        assert [event.seq for event in box.events_after(1, 1)] == [2]


def test_the_chain_goes_on_after_a_restart(tmp_path: Path) -> None:
    for number in (1, 2, 3):
        with field_store(tmp_path) as store:
            store.append([], [fault(number)])
    with outbox(tmp_path) as box:
        assert_whole_chain(box.events_after(0, 100))


def test_the_chain_goes_on_after_everything_was_forgotten(tmp_path: Path) -> None:
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        store.append([], [fault(1), fault(2)])
        tip = digest(box.events_after(0, 10)[-1].body)
        box.forget(2, 0)
        store.append([], [fault(3)])
        assert_whole_chain(box.events_after(0, 10), before=tip, first=3)


def test_what_one_process_stored_the_other_reads(tmp_path: Path) -> None:
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        store.append([reading(1), reading(2)], [fault(1)])
        assert [(row.offset, row.reading) for row in box.readings_after(0, 10)] == [(1, reading(1)), (2, reading(2))]
        assert [row.offset for row in box.readings_after(0, 10, up_to=1)] == [1]
        assert [row.offset for row in box.readings_after(1, 10)] == [2]
        standing = box.standing()
        assert (standing.last_event, standing.last_reading, standing.acked_event, standing.acked_reading) == (
            1,
            2,
            0,
            0,
        )


def test_the_watermark_forgets_up_to_itself_and_no_more(tmp_path: Path) -> None:
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        store.append([reading(n) for n in range(1, 6)], [fault(n) for n in range(1, 6)])
        box.forget(2, 3)
        assert [event.seq for event in box.events_after(0, 10)] == [3, 4, 5]
        assert [row.offset for row in box.readings_after(0, 10)] == [4, 5]
        assert (box.standing().acked_event, box.standing().acked_reading) == (2, 3)


def test_an_old_acknowledgement_changes_nothing(tmp_path: Path) -> None:
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        store.append([reading(n) for n in range(1, 6)], [fault(n) for n in range(1, 6)])
        box.forget(4, 4)
        before = box.standing()
        box.forget(1, 2)
        assert box.standing() == before


def test_an_offset_is_never_used_again(tmp_path: Path) -> None:
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        store.append([reading(1), reading(2)], [])
        box.forget(0, 2)
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        assert box.standing().last_reading == 2
        store.append([reading(3)], [])
        assert [row.offset for row in box.readings_after(0, 10)] == [3]


def test_the_epoch_names_the_store_and_a_new_store_has_a_new_one(tmp_path: Path) -> None:
    epochs = []
    for directory in ("a", "a", "b"):
        with outbox(tmp_path / directory) as box:
            epochs.append(box.standing().epoch)
    assert epochs[0] == epochs[1] != epochs[2]
    assert len(epochs[0]) == 12


def test_bd_seq_counts_every_connect_also_over_restarts_and_wraps(tmp_path: Path) -> None:
    with outbox(tmp_path) as box:
        assert [box.next_bd_seq() for _ in range(3)] == [0, 1, 2]
    with outbox(tmp_path) as box:
        assert [box.next_bd_seq() for _ in range(254)][-2:] == [255, 0]


def test_the_newest_values_keep_their_type_and_since_when_they_are_so(tmp_path: Path) -> None:
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        store.append([Reading("d", {"Bed/Occupied": True, "Air/Temperature": 4.0}, T)], [])
        store.append([Reading("d", {"Bed/Occupied": True, "Air/Temperature": 4.5}, T + 1)], [])
        assert box.latest() == {
            ("d", "Bed/Occupied"): Latest(True, T + 1, T),
            ("d", "Air/Temperature"): Latest(4.5, T + 1, T + 1),
        }
        assert box.latest()["d", "Bed/Occupied"].value is True
        box.forget(0, 2)
        assert store.latest() == box.latest() != {}


def test_open_alarms_are_stored_with_the_events_that_changed_them(tmp_path: Path) -> None:
    alarm = Alarm("a", "call-1", "call", "raised", T, 2)
    with field_store(tmp_path) as store:
        store.append([], [fault(1)], open_alarms=[alarm])
        store.append([reading(1)], [])
    with field_store(tmp_path) as store:
        assert store.open_alarms() == [alarm]
        store.append([], [fault(2)], open_alarms=[])
        assert store.open_alarms() == []


def test_devices_that_left_the_facility_file_are_off_line_for_that_reason(tmp_path: Path) -> None:
    old = DeviceState("old", "driver", "", True, ("Heart/Rate",), True, "", T)
    new = DeviceState("new", "driver", "101室", False, (), False, "edge", T)
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        store.start_devices([old])
        store.start_devices([new])
        states = {state.id: state for state in box.devices()}
        assert states["new"] == new
        assert (states["old"].online, states["old"].cause, states["old"].metrics) == (False, "removed", ("Heart/Rate",))


def test_a_command_waits_until_it_is_answered_and_a_repeat_changes_nothing(tmp_path: Path) -> None:
    command = Command("c1", "acknowledge", "alarm-1", "nurse-3")
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        box.keep_command(command)
        box.keep_command(command)
        assert store.waiting_commands() == [command]
        store.append([], [(CommandRefused(command="c1", reason="no"), Moment(T, 0))], answered=["c1"])
        box.keep_command(command)
        assert store.waiting_commands() == []


def test_only_the_last_thousand_answered_commands_are_remembered(tmp_path: Path) -> None:
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        box.keep_command(Command("first", "acknowledge", "a", "n"))
        store.append([], [], answered=["first"])
        store._db.executemany(
            "INSERT INTO command(id, body, answered) VALUES(?, '{}', 1)", [(f"c{n}",) for n in range(999)]
        )
        box.keep_command(Command("last", "acknowledge", "a", "n"))
        kept = {row[0] for row in store._db.execute("SELECT id FROM command")}
        assert "first" not in kept
        assert {"c0", "c998", "last"} <= kept


def test_the_heartbeat_is_seen_by_the_other_process(tmp_path: Path) -> None:
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        assert box.standing().heartbeat_ms == 0
        store.beat(T)
        assert box.standing().heartbeat_ms == T


def test_a_comparison_with_the_clouds_clock_says_nothing_after_our_clock_has_jumped(tmp_path: Path) -> None:
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        box.compare_clock(17, T)
        assert [store.beat(T + hours * 3_600_000) for hours in (0, 24, -24)] == [17, None, None]


_VERSION_1 = """
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
CREATE TABLE event(seq INTEGER PRIMARY KEY, type TEXT NOT NULL, body BLOB NOT NULL);
CREATE TABLE reading(
    offset INTEGER PRIMARY KEY AUTOINCREMENT, device TEXT NOT NULL, taken_at_ms INTEGER NOT NULL, body TEXT NOT NULL);
CREATE TABLE latest(
    device TEXT, metric TEXT, value, kind TEXT NOT NULL, taken_at_ms INTEGER NOT NULL, since_ms INTEGER NOT NULL,
    PRIMARY KEY(device, metric)) WITHOUT ROWID;
CREATE TABLE device(
    id TEXT PRIMARY KEY, driver TEXT NOT NULL, location TEXT NOT NULL, life_safety INTEGER NOT NULL,
    metrics TEXT NOT NULL, online INTEGER NOT NULL, cause TEXT NOT NULL, since_ms INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE alarm(
    id TEXT PRIMARY KEY, device TEXT NOT NULL, rule TEXT NOT NULL, state TEXT NOT NULL,
    raised_at_ms INTEGER NOT NULL, level INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE command(id TEXT PRIMARY KEY, body TEXT NOT NULL, answered INTEGER NOT NULL DEFAULT 0);
INSERT INTO meta VALUES('epoch', 'abcdefabcdef'), ('last_seq', 7), ('acked_event', 7), ('acked_reading', 41);
INSERT INTO reading VALUES(42, 'd', 1780000000000, '{"Button/Presses":3}');
INSERT INTO device VALUES('d', 'call_button_ev1527', '101', 1, 'Button/Presses', 1, '', 1780000000000);
INSERT INTO alarm VALUES('a', 'd', 'call', 'raised', 1780000000000, 1);
PRAGMA user_version = 1;
"""


def test_a_store_of_the_first_version_is_taken_over_with_all_that_is_in_it(tmp_path: Path) -> None:
    with contextlib.closing(sqlite3.connect(tmp_path / "store.db")) as db:
        db.executescript(_VERSION_1)
    with field_store(tmp_path) as store, outbox(tmp_path) as box, outbox(tmp_path / "new") as fresh:
        assert store.open_alarms() == [Alarm("a", "d", "call", "raised", T, 1)]
        assert store.devices() == [
            DeviceState("d", "call_button_ev1527", "101", True, ("Button/Presses",), True, "", T)
        ]
        assert [(row.offset, row.reading) for row in box.readings_after(41, 9)] == [
            (42, Reading("d", {"Button/Presses": 3}, T))
        ]
        assert (box.standing().epoch, box.standing().last_event) == ("abcdefabcdef", 7)
        store.append([reading(1)], [fault(1)], open_alarms=[Alarm("b", "d", "call", "raised", T, drill="x")])
        store.save_devices(store.devices())
        tables = "SELECT m.name, c.name FROM sqlite_master m, pragma_table_info(m.name) c WHERE m.type = 'table'"
        assert set(box._db.execute(tables)) == set(fresh._db.execute(tables))


_CASE_4 = """
CREATE TABLE matter_case(
    id TEXT PRIMARY KEY, code TEXT NOT NULL, matter TEXT NOT NULL, state TEXT NOT NULL, number TEXT NOT NULL,
    act TEXT NOT NULL, token TEXT NOT NULL, opened_ms INTEGER NOT NULL, changed_ms INTEGER NOT NULL,
    body BLOB NOT NULL) WITHOUT ROWID;
CREATE TABLE slot_taken(
    slot TEXT, case_id TEXT, at_ms INTEGER NOT NULL, PRIMARY KEY(slot, case_id)) WITHOUT ROWID;
CREATE TABLE meta(key TEXT PRIMARY KEY, value) WITHOUT ROWID;
PRAGMA user_version = 4;
"""


def test_cases_of_the_fourth_version_are_looked_at_again_and_what_was_refused_is_free(tmp_path: Path) -> None:
    seal, states = CaseSeal(b"k" * 32), ("draft", "submitted", "in_review", "approved", "refused")
    told = {"place": "k", "rev": 0, "answers": {}, "result": None, "checks": {}}
    with contextlib.closing(sqlite3.connect(tmp_path / "store.db")) as db:
        db.executescript(_CASE_4)
        for state in states:
            body = seal.close(state, {**told, "desk": {"wants": "online_check" if state == "in_review" else ""}})
            row = (state, "c", "marriage", state, "", f"act-{state}", "", 1, 1, body)
            db.execute(f"INSERT INTO matter_case VALUES({','.join('?' * len(row))})", row)
            db.execute("INSERT INTO slot_taken VALUES('nine', ?, 1)", (state,))
        db.commit()
    with contextlib.closing(SqliteCases(tmp_path, "f", seal, lambda ms: UUID(int=ms))) as cases:
        assert set(cases.wanting()) == {"submitted", "in_review"}, "what each wants is sealed"
        assert cases.booked("nine") == len(states) - 1
        with cases.transaction() as writing:
            assert [writing.id_of_act(f"act-{state}") for state in states] == [*states[:-1], ""]
            for case in cases.some(states):
                writing.keep(case)
        assert cases.wanting() == ["in_review"]


def test_every_commit_is_on_the_disk(tmp_path: Path) -> None:
    with field_store(tmp_path) as store:
        assert store._db.execute("PRAGMA synchronous").fetchone() == (2,)  # FULL
        assert store._db.execute("PRAGMA journal_mode").fetchone() == ("wal",)


# What makes a store refuse: SQLite's own switches give the same errors as a full and a read-only disk.
FULL = "PRAGMA max_page_count = {pages}"
READ_ONLY = "PRAGMA query_only = 1"


def make_refuse(store: SqliteFieldStore, how: str) -> None:
    (pages,) = store._db.execute("PRAGMA page_count").fetchone()
    store._db.execute(how.format(pages=pages)).fetchall()


def make_take(store: SqliteFieldStore) -> None:
    store._db.execute("PRAGMA max_page_count = 1000000").fetchall()
    store._db.execute("PRAGMA query_only = 0")


@pytest.mark.parametrize(("how", "says"), [(FULL, "full"), (READ_ONLY, "readonly")])
def test_a_store_that_cannot_write_says_so_and_has_nothing_half_written(tmp_path: Path, how: str, says: str) -> None:
    big = [reading(n) for n in range(2, 400)]
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        store.append([reading(1)], [fault(1)])
        make_refuse(store, how)
        before = box.standing()
        for _ in range(3):
            with pytest.raises(StoreUnavailable, match=says):
                store.append(big, [fault(2)], open_alarms=[Alarm("a", "d", "call", "raised", T)])
        assert box.standing() == before
        assert store.open_alarms() == []
        make_take(store)
        store.append(big, [fault(2)])
        assert_whole_chain(box.events_after(0, 10))
        assert [row.offset for row in box.readings_after(0, 1000)] == list(range(1, 400))


class RefusesCommit:
    """A connection whose next COMMIT fails, as it does when the disk fills up at the last moment."""

    def __init__(self, db: sqlite3.Connection) -> None:
        self._db, self.refuses = db, True

    def execute(self, statement: str) -> object:
        if statement == "COMMIT" and self.refuses:
            raise sqlite3.OperationalError("disk I/O error")
        return self._db.execute(statement)

    @property
    def in_transaction(self) -> bool:
        return self._db.in_transaction


def test_a_commit_that_fails_is_undone_so_that_the_next_one_can_begin(tmp_path: Path) -> None:
    with field_store(tmp_path) as store:
        db = RefusesCommit(store._db)
        with pytest.raises(sqlite3.OperationalError), sqlite_store.transaction(db):  # type: ignore[arg-type]
            store._db.execute("DELETE FROM meta")
        assert not db.in_transaction
        db.refuses = False
        with sqlite_store.transaction(db):  # type: ignore[arg-type]
            pass
        store.append([], [fault(1)])


def test_a_writer_waits_for_the_other_process_and_gives_up_with_a_clear_text(tmp_path: Path) -> None:
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        store._db.execute("PRAGMA busy_timeout = 50").fetchall()
        box._db.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="append: database is locked"):
            store.append([reading(1)], [])
        box._db.execute("ROLLBACK")
        store.append([reading(1)], [])


def test_who_opens_a_store_that_is_there_waits_for_no_writer_and_needs_no_room(tmp_path: Path) -> None:
    with outbox(tmp_path) as writing:
        writing._db.execute("BEGIN IMMEDIATE")
        began = time.monotonic()
        with outbox(tmp_path) as looking:
            assert looking.standing().last_event == 0
        assert time.monotonic() - began < 5
        writing._db.execute("ROLLBACK")


def test_an_event_that_was_refused_keeps_its_id(tmp_path: Path) -> None:
    with field_store(tmp_path) as store, outbox(tmp_path) as box:
        make_refuse(store, READ_ONLY)
        for _ in range(3):
            with pytest.raises(StoreUnavailable):
                store.append([], [fault(1)])
        with sqlite_store.transaction(box._db):  # another process takes the number that it would have had
            append_events(box._db, FACILITY, [fault(7)], lambda *_: UUID(int=77))
        make_take(store)
        store.append([], [fault(1), fault(2)])
        assert [UUID(str(decode(event.body).id)).int for event in box.events_after(0, 10)] == [77, 1, 2]


@pytest.mark.parametrize("opened", [lambda path: SqliteFieldStore(path, "f", lambda _: None), SqliteOutbox])
def test_a_store_of_a_newer_agent_is_left_alone(tmp_path: Path, opened: Callable[[Path], object]) -> None:
    with outbox(tmp_path) as box:
        box._db.execute("PRAGMA user_version = 99")
    with pytest.raises(StoreIsNewer, match=f"has version 99; this agent knows {sqlite_store.SCHEMA_VERSION}"):
        opened(tmp_path)


def test_a_file_that_is_no_store_and_a_folder_that_is_a_file_are_told_apart_from_bugs(tmp_path: Path) -> None:
    (tmp_path / "store.db").write_bytes(b"this is no database, but long enough to be looked at" * 100)
    with pytest.raises(StoreUnavailable, match="file is not a database"):
        SqliteOutbox(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(StoreUnavailable, match="cannot open the store in"):
        SqliteOutbox(tmp_path / "file")


_OPENS = """
    import sys
    from pathlib import Path
    from edge.adapters import sqlite_store
    sys.stdout.write("ready\\n"); sys.stdout.flush(); sys.stdin.readline()
    sqlite_store.connect(Path(sys.argv[1])).close()
"""
_APPENDS = """
    import os, sys
    from pathlib import Path
    from uuid import uuid4
    from contract.events.types import DeviceFault
    from edge.adapters.sqlite_field_store import SqliteFieldStore
    from edge.domain.moment import Moment
    from edge.domain.readings import Reading
    store = SqliteFieldStore(Path(sys.argv[1]), "330803-care-01", lambda _: uuid4())
    for number in range(int(sys.argv[2]), 1 << 30):
        store.append([Reading("d", {"Button/Presses": number}, number)],
                     [(DeviceFault(device="d", port="p", what="test", detail=str(number)), Moment(number, 0))])
        os.write(1, f"{number}\\n".encode())
"""


def child(program: str, *arguments: object) -> "subprocess.Popen[str]":
    command = [sys.executable, "-c", textwrap.dedent(program), *map(str, arguments)]
    return subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)


def test_two_processes_can_make_the_same_store_at_the_same_moment(tmp_path: Path) -> None:
    both = [child(_OPENS, path) for path in [tmp_path / f"s{n // 2}" for n in range(4)]]
    for process in both:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in both:
        assert process.stdin is not None
        process.stdin.write("go\n")
        process.stdin.flush()
    for process in both:
        process.communicate()
        assert process.returncode == 0


def test_kill_9_in_the_middle_of_appends_loses_nothing_that_was_reported_as_done(tmp_path: Path) -> None:
    done = 0
    for length in range(1, ROUNDS + 1):
        process = child(_APPENDS, tmp_path, done + 1)
        assert process.stdout is not None
        reported = [process.stdout.readline() for _ in range(7 * length)]
        os.kill(process.pid, signal.SIGKILL)
        rest, _ = process.communicate()
        done = max(int(line) for line in [*reported, *rest.split()])
        with outbox(tmp_path) as box:
            events, readings = box.events_after(0, 100_000), box.readings_after(0, 100_000)
            assert_whole_chain(events)
            assert len(events) >= done
            assert [row.offset for row in readings] == list(range(1, len(events) + 1))  # both, or neither
            assert [row.reading.values["Button/Presses"] for row in readings] == list(range(1, len(events) + 1))
            assert box.standing().last_event == len(events)
            done = len(events)
