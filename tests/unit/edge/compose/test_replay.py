"""A recording of the real loop replays to the same events, whatever happened to the box while it was made."""

import contextlib
import queue
import threading
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from contract.command import Command
from contract.events.envelope import decode
from edge.adapters import recording_journal
from edge.adapters.recording_journal import RecordingJournal
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.adapters.system_clock import SystemClock
from edge.compose.core import EVENT_IDS, describe_store, find_drivers, make_field, make_sessions, without_secrets
from edge.compose.replay import replay
from edge.domain.drills import Drill
from edge.domain.news import News
from edge.domain.seeded_ids import SeededIds
from edge.ports import Standing
from edge.services.field_loop import FieldLoop
from edge.services.replay import Comparison
from edge.services.requests import StartDrill, StepAlarm
from edge.settings import Profile
from firmware_bridge.recording import Kind
from firmware_bridge.recording_seal import RecordingSeal, key_id
from tests.unit.edge.services.test_field import FickleStore

SEED, KEY = b"s" * 16, b"k" * 32
PRESSES = {
    "call-1": bytes.fromhex("AA A4 2904 015E 041A 1A2B38 55"),
    "call-2": bytes.fromhex("AA A4 2904 015E 041A 1A2C38 55"),
}
PROFILE = Profile.model_validate(
    {
        "facility": {"id": "x", "area": "330803", "kind": "care_home", "name_zh": "示", "name_en": "x"},
        "store": {"directory": "x"},
        "port": [
            {
                "link": "serial:///dev/ttyUSB0",
                "driver": "call_button_ev1527",
                "device": [
                    {"id": "call-1", "options": {"code": "1A2B3"}},
                    {"id": "call-2", "options": {"code": "1A2C3"}},
                ],
            },
            {"link": "serial:///dev/ttyUSB1", "driver": "id_card_reader", "device": [{"id": "reader"}]},
        ],
    }
)


class Box:
    """The real core and loop; only the ports' threads are played by the test."""

    def __init__(self, directory: Path) -> None:
        self.directory, self.file, self.clock = directory, directory / "a.otrec", SystemClock()
        self.news: queue.Queue[list[News]] = queue.Queue()
        self._began, self._stopping = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._live)
        self._thread.start()
        assert self._began.wait(10)
        self.outbox = SqliteOutbox(directory / "store")
        self.port(1, Kind.OPENED)
        self.port(2, Kind.OPENED)

    def _live(self) -> None:
        drivers, ids = find_drivers(PROFILE), SeededIds(SEED)
        self.store = FickleStore(
            self.directory / "store",
            "x",
            SeededIds(SEED + EVENT_IDS),
            lambda seq, body: self.journal.on_event(seq, body, self.clock.now()),
            lambda reading: self.journal.on_reading(reading, self.clock.now()),
        )
        now, self.sessions = self.clock.now(), make_sessions(PROFILE, drivers)
        header = {
            "id": "1",
            "key_id": key_id(KEY),
            "seed": SEED.hex(),
            "began": [now.wall_ms, now.monotonic_us, now.quality],
            "profile": without_secrets(PROFILE),
            "store": describe_store(self.store),
        }
        seal, created = RecordingSeal(KEY, "1").seal, recording_journal.create(self.file)
        self.journal = RecordingJournal(self.file, created, header, [2], seal, 1 << 30)
        field = make_field(PROFILE, drivers, self.store, ids, KEY, now, lambda _url, _data: None)
        self.loop = FieldLoop(field, [], self.news, self.store, self.clock, self.journal)
        self._began.set()
        self.loop.run(self._stopping)
        self.journal.close()
        self.store.close()

    def port(self, number: int, kind: Kind, data: bytes = b"") -> None:
        """What a port's thread does with bytes."""
        now, session = self.clock.now(), self.sessions[number]
        with self.journal.exclusive():
            self.journal.write(kind, number, now, data)
            steps = {Kind.OPENED: session.opened, Kind.TICKED: session.ticked}
            outcome = steps[kind](now) if kind in steps else session.received(data, now)
            if outcome.news:
                self.news.put(outcome.news)
                if session.driver.private:
                    self.journal.write(Kind.TOLD, number, now)

    def press(self, *devices: str) -> None:
        for device in devices:
            self.port(1, Kind.RECEIVED, PRESSES[device])

    def standing(self) -> Standing:
        return self.outbox.standing()

    def until(self, true: Callable[[], object]) -> None:
        end = time.monotonic() + 5
        while not true():
            assert time.monotonic() < end
            time.sleep(0.01)

    def end(self) -> None:
        self._stopping.set()
        self._thread.join()
        self.outbox.close()

    def replayed(self, secret: bytes | None = KEY) -> Comparison:
        return replay(self.file, secret, lambda _seq, _body: None)


@pytest.fixture
def box(tmp_path: Path) -> Iterator[Box]:
    made = Box(tmp_path)
    yield made
    made.end()


def test_while_the_store_refused_the_same_ids_were_made(box: Box) -> None:
    box.store.refuses = True
    box.press("call-1")
    time.sleep(0.2)  # a step of its own
    box.press("call-2")
    box.until(lambda: box.loop.is_refused)
    box.store.refuses = False
    box.until(lambda: box.standing().last_event >= 2)
    box.end()
    told = box.replayed()
    assert (told.is_exact, len(told.recorded)) == (True, 4)  # two alarms, and two buttons proven


def test_a_command_that_waited_while_the_store_refused_is_obeyed_once(box: Box) -> None:
    box.press("call-1")
    box.until(lambda: box.standing().last_event >= 1)
    alarm = next(event for event in box.outbox.events_after(0, 1))
    box.store.refuses = True
    box.outbox.keep_command(Command("c-1", "acknowledge", decode(alarm.body).data["alarm"], "t-17"))
    time.sleep(1.5)
    box.store.refuses = False
    box.until(lambda: box.standing().last_event >= 2)
    box.end()
    assert box.replayed().is_exact


def test_a_request_that_was_refused_is_refused_again(box: Box) -> None:
    until = box.clock.now().monotonic + 60
    for name in ("d-1", "d-2"):
        asked = StartDrill(Drill(name, "test", "call-1", ("call-1",), "proof of life", "t-17", 60, until))
        refused = box.loop.ask(asked).exception(5)
    assert "a drill is on already" in str(refused)
    box.until(lambda: box.standing().last_event >= 1)
    box.end()
    told = box.replayed()
    assert (told.is_exact, len(told.recorded)) == (True, 2)  # its end by the restart is told too


def test_steps_of_an_alarm_that_staff_took_are_taken_again(box: Box) -> None:
    box.press("call-1")
    box.until(lambda: box.standing().last_event >= 2)
    alarm = decode(box.outbox.events_after(0, 1)[0].body).data["alarm"]
    steps = (("close", "done"), ("acknowledge", ""), ("acknowledge", ""), ("attend", ""), ("close", "recovered"))
    refused = [box.loop.ask(StepAlarm(alarm, verb, "n-1023", reason)).exception(5) for verb, reason in steps]
    assert [error is not None for error in refused] == [True, False, True, False, False]
    box.until(lambda: box.standing().last_event >= 5)
    told = [decode(event.body).type.split(".")[2] for event in box.outbox.events_after(2, 9)]
    assert told == ["acknowledged", "attended", "closed"]
    box.end()
    replayed = box.replayed()
    assert (replayed.is_exact, len(replayed.recorded)) == (True, 5)


def test_what_was_decided_when_the_recording_ended_is_no_difference(box: Box) -> None:
    box.press("call-1")
    box.until(lambda: box.standing().last_event >= 2)  # the alarm, and that the button is proven
    box.store.refuses = True  # the recording ends before the second press is on the disk
    box.press("call-2")
    box.until(lambda: box.loop.is_refused)
    box.journal.close()
    box.store.refuses = False
    box.until(lambda: box.standing().last_event >= 4)
    told = box.replayed()
    assert (told.is_exact, len(told.recorded)) == (True, 2)


def test_ticks_of_a_closed_port_shift_nothing_at_the_ports_that_are_open(box: Box) -> None:
    answer = bytes.fromhex("AA AA AA 96 69 00 04 00 00 80 84")
    box.port(2, Kind.RECEIVED, answer[:3])
    end = time.monotonic() + 3
    while time.monotonic() < end:  # the reader does not answer: its session tells of it
        box.port(2, Kind.TICKED)
        time.sleep(0.05)
    box.press("call-1")
    box.until(lambda: box.standing().last_event >= 1)
    box.end()
    assert box.replayed().is_exact
    elsewhere = box.replayed(None)
    assert elsewhere.open_ports_are_same
    assert elsewhere.sealed_ports == {2}


def test_a_recording_never_touches_a_file_that_is_there(tmp_path: Path) -> None:
    link = tmp_path / "link.otrec"
    link.symlink_to(tmp_path / "precious")
    with pytest.raises(FileExistsError):
        recording_journal.create(link)
    with pytest.raises(ValueError, match="null"):
        recording_journal.create(Path("/tmp/a\0b"))
    assert not (tmp_path / "precious").exists()


def test_a_recording_that_cannot_even_begin_leaves_no_file_open(tmp_path: Path) -> None:
    with contextlib.suppress(OSError), Path("/dev/full").open("wb") as full:
        with pytest.raises(OSError, match="No space left"):
            RecordingJournal(tmp_path / "a", full, {"store": "x" * 100_000}, [], None, 1 << 20)
        assert full.closed
