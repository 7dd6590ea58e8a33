"""A port that is lost is opened again, and nothing a device sends, nor a driver does, stops its thread for good."""

import logging
import queue
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from itertools import pairwise
from pathlib import Path

import pytest

from edge.adapters import device_port
from edge.adapters.device_port import DevicePort
from edge.adapters.system_clock import SystemClock
from edge.domain.news import DeviceNews, News, PortNews
from edge.domain.no_journal import NoJournal
from edge.domain.port_session import PortSession
from firmware_bridge.links.pseudo_terminal import PseudoTerminal
from firmware_bridge.registry import find
from firmware_bridge.session import (
    CannotAct,
    Counters,
    DeviceSettings,
    Driver,
    Faulted,
    Line,
    Measured,
    Occurred,
    Output,
    Send,
)

BUTTONS = find("call_button_ev1527")
PRESS = bytes.fromhex("AA A4 2904 015E 041A 1A2B38 55")
CONFIRM = bytes.fromhex("AA A0 55")
CALL = DeviceSettings("call-1", {"code": "1A2B3"})


class Talker:
    """A session for which each byte is an order to itself."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        self._id = devices[0].id
        self.counters = Counters()

    def start(self, _now: float) -> Sequence[Output]:
        return [Send(b"hello")]

    def feed(self, data: bytes, _now: float) -> Sequence[Output]:
        self.counters.frames += len(data)
        return [output for byte in data for output in self._obey(bytes([byte]))]

    def tick(self, _now: float) -> Sequence[Output]:
        return []

    def _obey(self, order: bytes) -> list[Output]:
        match order:
            case b"b":
                raise ZeroDivisionError("a bug in the driver")
            case b"f":
                return [Faulted(self._id, "asked to")]
            case b"w":
                return [Send(b"x" * 100_000), Occurred(self._id, "heard_before_the_write")]
        return [Measured(self._id, {"Button/Presses": order[0]})]


TALKER = Driver("talker", "", "", Line(9600), ("Button/Presses",), None, False, Talker)


@pytest.fixture(autouse=True)
def quick_back_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(device_port, "_BACK_OFF_S", (0.05, 0.1, 0.2))


@pytest.fixture
def terminal(tmp_path: Path) -> Iterator[PseudoTerminal]:
    with PseudoTerminal(tmp_path / "usb-port") as plugged:
        yield plugged


def port_on(
    terminal: PseudoTerminal, driver: Driver, device: DeviceSettings, news: "queue.Queue[list[News]]"
) -> DevicePort:
    session = PortSession(f"serial://{terminal.path}", driver, (device,))
    return DevicePort(1, session.url, session, driver.line, news, SystemClock(), NoJournal())


class Bench:
    """A running port with its news."""

    def __init__(self, terminal: PseudoTerminal, driver: Driver, device: DeviceSettings) -> None:
        self.news: queue.Queue[list[News]] = queue.Queue()
        self._taken: list[News] = []
        self.port = port_on(terminal, driver, device, self.news)
        self.port.start()

    def next(self, seconds: float = 5) -> News:
        while not self._taken:
            self._taken += self.news.get(timeout=seconds)
        return self._taken.pop(0)

    def until(self, found: Callable[[News], bool], seconds: float = 5) -> News:
        end = time.monotonic() + seconds
        while not found(news := self.next(max(0.01, end - time.monotonic()))):
            pass
        return news

    def opened(self) -> None:
        self.until(lambda news: isinstance(news, PortNews) and news.is_open)

    def closed(self) -> PortNews:
        news = self.until(lambda news: isinstance(news, PortNews) and not news.is_open)
        assert isinstance(news, PortNews)
        return news

    def heard(self, kind: str) -> DeviceNews:
        news = self.until(lambda news: isinstance(news, DeviceNews) and news.kind == kind)
        assert isinstance(news, DeviceNews)
        return news


@pytest.fixture
def bench(terminal: PseudoTerminal) -> Iterator[Callable[..., Bench]]:
    made: list[Bench] = []

    def make(driver: Driver = TALKER, device: DeviceSettings = CALL) -> Bench:
        made.append(Bench(terminal, driver, device))
        return made[-1]

    yield make
    for bench in made:
        bench.port.stop()
        began = time.monotonic()
        bench.port.join(5)
        assert time.monotonic() - began < 2, "a port must not hold up the end"
        assert not bench.port._thread.is_alive()


def read_all(terminal: PseudoTerminal, size: int, seconds: float = 3) -> bytes:
    data, end = b"", time.monotonic() + seconds
    while len(data) < size and time.monotonic() < end:
        data += terminal.read(0.05)
    return data


def test_bytes_of_a_drill_on_which_the_driver_fails_leave_the_real_device_served(
    terminal: PseudoTerminal, bench: Callable[..., Bench]
) -> None:
    running = bench()
    running.opened()
    with pytest.raises(CannotAct, match="failed on these bytes"):
        running.port.rehearse("drill-1", b"b").result(5)
    terminal.write(b"\x07")
    assert running.heard("measured").values == {"Button/Presses": 7}
    assert running.port.reopens == 0


def test_a_watcher_that_fails_does_not_make_the_port_deaf(
    terminal: PseudoTerminal, bench: Callable[..., Bench], caplog: pytest.LogCaptureFixture
) -> None:
    running = bench()
    running.opened()

    def fail(*_told: object) -> None:
        raise KeyError("a bug in a page")

    with caplog.at_level(logging.CRITICAL):
        stop = running.port.watch(fail)
        terminal.write(b"\x07")
        assert running.heard("measured").values == {"Button/Presses": 7}
        stop()
    assert running.port.reopens == 0


def test_watchers_come_and_go_from_many_threads_and_none_is_left(terminal: PseudoTerminal) -> None:
    port = port_on(terminal, TALKER, CALL, queue.Queue())

    def come_and_go() -> None:
        for _ in range(500):
            port.watch(lambda *_told: None)()

    before = sys.getswitchinterval()
    sys.setswitchinterval(1e-6)
    try:
        threads = [threading.Thread(target=come_and_go) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
    finally:
        sys.setswitchinterval(before)
    assert port._watchers == ()


def test_a_press_is_news_and_is_confirmed_when_the_field_process_says_so(
    terminal: PseudoTerminal, bench: Callable[..., Bench]
) -> None:
    running = bench(BUTTONS)
    running.opened()
    terminal.write(PRESS)
    press = running.heard("occurred")
    assert (press.device, press.what, press.port) == ("call-1", "call_pressed", running.port.url)
    assert terminal.read(0.1) == b""
    running.port.confirm(press.confirm)
    assert read_all(terminal, len(CONFIRM)) == CONFIRM


def test_unplugged_is_news_at_once_and_plugged_in_again_it_works_again(
    terminal: PseudoTerminal, bench: Callable[..., Bench], caplog: pytest.LogCaptureFixture
) -> None:
    running = bench()
    running.opened()
    for _ in range(2):
        terminal.unplug()
        lost = running.closed()
        assert lost.devices == ("call-1",)
        assert str(terminal.path) in lost.reason
        terminal.plug()
        running.opened()
        terminal.write(b"\x07")
        assert running.heard("measured").values == {"Button/Presses": 7}
    assert running.port.counters["Port/Reopens"] == 2
    assert len([r for r in caplog.records if r.levelno >= logging.WARNING]) == 1  # one outage, however it flaps


def test_a_port_that_is_not_there_is_tried_again_with_growing_pauses(
    terminal: PseudoTerminal, bench: Callable[..., Bench]
) -> None:
    terminal.unplug()
    running = bench()
    times = [running.closed().at.monotonic for _ in range(5)]
    pauses = [later - earlier for earlier, later in pairwise(times)]
    assert all(pause >= least for pause, least in zip(pauses, (0.05, 0.1, 0.2, 0.2), strict=True))
    terminal.plug()
    running.opened()
    assert running.port.counters["Port/Reopens"] == 0


def test_a_port_that_hangs_up_again_and_again_is_not_hammered(
    terminal: PseudoTerminal, bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[float] = []

    def open_and_hang_up(url: str, line: Line) -> object:
        opened.append(time.monotonic())
        raise device_port.LinkLost("closed by the other side")

    monkeypatch.setattr(device_port, "open_link", open_and_hang_up)
    bench()
    time.sleep(0.6)
    assert 3 <= len(opened) <= 6


def test_a_confirmation_for_a_device_that_was_unplugged_meanwhile_is_dropped(
    terminal: PseudoTerminal, bench: Callable[..., Bench]
) -> None:
    running = bench(BUTTONS)
    running.opened()
    terminal.write(PRESS)
    press = running.heard("occurred")
    terminal.unplug()
    running.closed()
    running.port.confirm(press.confirm)
    terminal.plug()
    running.opened()
    assert terminal.read(0.2) == b""


def test_a_flood_of_garbage_does_not_stop_the_loop(terminal: PseudoTerminal, bench: Callable[..., Bench]) -> None:
    running = bench(BUTTONS)
    running.opened()
    end = time.monotonic() + 0.5
    while time.monotonic() < end:
        terminal.write(bytes(range(256)) * 16)
        terminal.write(b"\xaa\xa4" * 500)
    time.sleep(0.3)
    terminal.write(PRESS)
    assert running.heard("occurred").what == "call_pressed"
    assert running.port.counters["Port/Resyncs"] > 0
    assert running.news.qsize() < 100


def test_a_bug_in_a_driver_is_logged_and_the_port_starts_afresh(
    terminal: PseudoTerminal, bench: Callable[..., Bench], caplog: pytest.LogCaptureFixture
) -> None:
    running = bench()
    running.opened()
    terminal.write(b"\x01")
    running.heard("measured")
    terminal.write(b"b")
    assert "a bug in the driver" in running.closed().reason
    running.opened()
    terminal.write(b"\x02")
    assert running.heard("measured").values == {"Button/Presses": 2}
    assert running.port.counters["Port/Reopens"] == 1
    (logged,) = [record for record in caplog.records if record.exc_info]
    assert "the driver talker failed" in logged.message


def test_what_was_heard_is_not_lost_when_the_port_takes_no_bytes(
    terminal: PseudoTerminal, bench: Callable[..., Bench]
) -> None:
    running = bench()
    running.opened()
    terminal.write(b"w")
    assert running.heard("occurred").what == "heard_before_the_write"
    assert "takes no bytes" in running.closed().reason


def test_a_fault_is_news(terminal: PseudoTerminal, bench: Callable[..., Bench]) -> None:
    running = bench()
    running.opened()
    terminal.write(b"f")
    assert running.heard("faulted").what == "asked to"


def test_when_the_field_process_takes_no_more_the_port_waits_and_loses_nothing(
    terminal: PseudoTerminal, bench: Callable[..., Bench], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(device_port, "_NEWS_MAX", 2)
    running = bench()
    running.opened()
    for byte in range(20, 40):
        terminal.write(bytes([byte]))
        time.sleep(0.005)
    values = [running.heard("measured").values["Button/Presses"] for _ in range(20)]
    assert values == list(range(20, 40))


def test_a_port_that_waits_for_room_ends_when_it_is_told_to(
    terminal: PseudoTerminal,
    bench: Callable[..., Bench],
    caplog: pytest.LogCaptureFixture,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(device_port, "_NEWS_MAX", 1)
    running = bench()
    time.sleep(0.2)  # until it is open, which is all the news there is room for
    terminal.write(b"\x14" * 500)
    time.sleep(0.2)
    running.port.stop()
    running.port.join(5)
    assert not running.port._thread.is_alive()
    assert running.news.qsize() == 1
    assert ["takes no more" in record.message for record in caplog.records] == [True]


def test_a_port_that_was_never_started_can_be_stopped(terminal: PseudoTerminal) -> None:
    port = port_on(terminal, TALKER, CALL, queue.Queue())
    port.stop()
    port.join(1)
