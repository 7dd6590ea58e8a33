"""The one loop of the field process: it never takes more than it can keep, and leaves nothing behind when it ends."""

import queue
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

import pytest

from edge.adapters.system_clock import SystemClock
from edge.domain.drills import Drill
from edge.domain.moment import Moment
from edge.domain.news import DeviceNews, News, PortNews
from edge.domain.no_journal import NoJournal
from edge.services import field_loop
from edge.services.field_loop import FieldLoop
from tests.unit.edge.services.test_field import PORT, Home


class Port:
    """A port that says what is left to say while it is being stopped, as a thread does that was in the middle of it."""

    number, devices = 1, ("fridge-1",)

    def __init__(self, news: "queue.Queue[list[News]]", last_words: Sequence[News] = ()) -> None:
        self.news, self.last_words, self.stopped, self.joined = news, last_words, False, False

    @property
    def counters(self) -> dict[str, int]:
        return {"Port/Frames": 1}

    def stop(self) -> None:
        self.stopped = True

    def join(self, timeout_s: float) -> None:
        assert timeout_s <= 5
        for item in self.last_words:
            self.news.put_nowait([item])
        self.joined = True


def pressed(number: int, confirm: bytes = b"") -> DeviceNews:
    return DeviceNews(SystemClock().now(), PORT, "fridge-1", "occurred", "unknown_code", {"n": number}, confirm)


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    made.field.take([PortNews(SystemClock().now(), PORT, ("radar-1", "call-1", "fridge-1"), is_open=True)])
    yield made
    made.close()


def run_for(loop: FieldLoop, seconds: float, during: Callable[[], None] = lambda: None) -> None:
    stopping = threading.Event()

    def end() -> None:
        time.sleep(seconds)
        during()
        stopping.set()

    ender = threading.Thread(target=end)
    ender.start()
    loop.run(stopping)
    ender.join()


def test_a_drill_that_is_on_when_the_field_process_ends_is_told_to_have_ended(home: Home) -> None:
    now = SystemClock().now()
    until = now.monotonic + 60
    home.field.start_drill(Drill("d-1", "fault", "call-1", ("call-1",), "silence", "t-17", 60, until), now)
    loop = FieldLoop(home.field, [], queue.Queue(), home.store, SystemClock(), NoJournal())
    stopping = threading.Event()
    stopping.set()
    loop.run(stopping)
    assert [(type(event).__name__, event.drill) for event in home.events][-2:] == [
        ("DrillStarted", "d-1"),
        ("DrillEnded", "d-1"),
    ]
    assert getattr(home.events[-1], "reason", "") == "restart"


def test_everything_said_until_the_ports_are_closed_is_stored(home: Home) -> None:
    news: queue.Queue[list[News]] = queue.Queue()
    for number in range(1200):  # more than one batch
        news.put([pressed(number)])
    port = Port(news, [pressed(1200), pressed(1201)])
    loop = FieldLoop(home.field, [port], news, home.store, SystemClock(), NoJournal())
    stopping = threading.Event()
    stopping.set()  # SIGTERM came before the first step
    loop.run(stopping)
    assert port.stopped
    assert port.joined
    assert news.empty()
    assert home.outbox.standing().last_event == 1202


def test_a_bug_that_ends_the_loop_does_not_take_what_was_heard_along(
    home: Home, monkeypatch: pytest.MonkeyPatch
) -> None:
    news: queue.Queue[list[News]] = queue.Queue()
    home.occurred(1, "fridge-1", "unknown_code")

    def fail(*_: object) -> None:
        raise RuntimeError("a bug")

    monkeypatch.setattr(home.field, "tick", fail)
    port = Port(news, [pressed(2)])
    with pytest.raises(RuntimeError, match="a bug"):
        FieldLoop(home.field, [port], news, home.store, SystemClock(), NoJournal()).run(threading.Event())
    assert home.told == ["device.fault"] * 2


def test_the_heart_beats_and_the_counters_are_read(home: Home) -> None:
    news: queue.Queue[list[News]] = queue.Queue()
    run_for(FieldLoop(home.field, [Port(news)], news, home.store, SystemClock(), NoJournal()), 0.1)
    assert home.outbox.standing().heartbeat_ms > 0
    assert {"Port/Frames": 1} in home.readings


def test_while_the_store_refuses_the_loop_keeps_a_bounded_amount_and_the_ports_wait(
    home: Home, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(field_loop, "_WAITING_MAX", 10)
    monkeypatch.setattr(field_loop, "_BATCH", 5)
    news: queue.Queue[list[News]] = queue.Queue(100)
    for number in range(100):
        news.put([pressed(number, b"%d" % number)])
    home.store.refuses = True
    left: list[int] = []

    def store_takes_again() -> None:
        left.append(news.qsize())
        assert home.confirmed == []
        home.store.refuses = False

    class Quick(threading.Event):
        def wait(self, timeout: float | None = None) -> bool:
            return super().wait(min(timeout or 0, 0.01))

    stopping = Quick()
    ender = threading.Timer(0.3, lambda: (store_takes_again(), time.sleep(0.3), stopping.set()))
    ender.start()
    FieldLoop(home.field, [], news, home.store, SystemClock(), NoJournal()).run(stopping)
    ender.join()
    assert left[0] >= 85
    assert home.confirmed == [str(number) for number in range(100)]
    assert home.outbox.standing().last_event == 100
    assert [r.message.split(";")[0] for r in caplog.records] == [
        "field: the store refuses to write",
        "field: the store takes writes again",
    ]


def test_silence_is_measured_only_up_to_what_was_taken(home: Home, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(field_loop, "_BATCH", 2)
    seen: list[Moment] = []
    monkeypatch.setattr(home.field, "tick", lambda _now, heard_until: seen.append(heard_until))
    news: queue.Queue[list[News]] = queue.Queue()
    old = Moment(1, -1000.0)
    for _ in range(2):
        news.put([DeviceNews(old, PORT, "fridge-1", "heard")])
    run_for(FieldLoop(home.field, [], news, home.store, SystemClock(), NoJournal()), 0.2)
    assert seen[0] == old  # a full batch: more may wait behind it
    assert seen[-1].monotonic > 0
