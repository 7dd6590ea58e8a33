"""The simulated terminal greets, pushes its log until it is told that it was stored, and asks for commands."""

from collections.abc import Callable
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.face_terminal_zkteco import PushTerminal as Driver
from firmware_bridge.session import DeviceSettings, Heard, Identified, Occurred, Send
from simulators.devices import Report
from simulators.devices.face_terminal_zkteco import CARD, LINES_MAX, PushTerminal
from simulators.http_pusher import TIMEOUT_S


def answer(text: str) -> bytes:
    return f"HTTP/1.1 200 OK\r\nContent-Length: {len(text)}\r\n\r\n{text}".encode()


OPTIONS = answer("GET OPTION FROM: x\r\nStamp=9999\r\nDelay=20\r\n")
OK = answer("OK")


def greeted() -> PushTerminal:
    terminal = PushTerminal(Random(1))
    assert terminal.step(0.0).startswith(f"GET /iclock/cdata?SN={terminal.serial}&options=all".encode())
    terminal.receive(OPTIONS, 0.0)
    assert terminal.step(0.1).startswith(b"GET /iclock/getrequest?SN=")
    terminal.receive(OK, 0.1)
    return terminal


def test_it_asks_for_commands_as_often_as_it_is_told() -> None:
    terminal = greeted()
    assert terminal.step(20.0) == b""
    assert terminal.step(20.2).startswith(b"GET /iclock/getrequest?SN=")


def test_a_passage_is_a_line_of_the_log() -> None:
    terminal = greeted()
    terminal.passes("7")
    terminal.passes("8", CARD)
    wire = terminal.step(60.0)
    assert wire.startswith(f"POST /iclock/cdata?SN={terminal.serial}&table=ATTLOG".encode())
    lines = wire.partition(b"\r\n\r\n")[2].decode().splitlines()
    assert [line.split("\t")[:4] for line in lines] == [
        ["7", "2026-07-21 09:31:00", "0", "15"],
        ["8", "2026-07-21 09:31:00", "0", "4"],
    ]
    assert terminal.take_reports() == [Report("", "door_passed")] * 2


def test_the_log_is_kept_until_ok_with_the_number_of_lines() -> None:
    terminal = greeted()
    terminal.passes("7")
    first = terminal.step(1.0)
    assert terminal.step(1.0 + TIMEOUT_S) == first
    terminal.receive(answer("OK: 0"), 6.1)
    assert terminal.step(6.2) == first
    terminal.receive(answer("OK: 1"), 6.3)
    assert terminal.step(6.4) == b""
    assert terminal.take_reports() == [Report("", "door_passed")]


def test_a_long_log_goes_in_pieces() -> None:
    terminal = greeted()
    for number in range(LINES_MAX + 3):
        terminal.passes(str(number))
    assert terminal.step(1.0).count(b"\t15\t") == LINES_MAX
    terminal.receive(answer(f"OK: {LINES_MAX}"), 1.0)
    assert terminal.step(1.1).count(b"\t15\t") == 3


def test_after_a_reconnection_it_greets_and_tells_its_history_once_more() -> None:
    terminal = greeted()
    terminal.passes("7")
    first = terminal.step(1.0)
    terminal.receive(answer("OK: 1"), 1.0)
    terminal.take_reports()
    terminal.reconnect()
    assert b"options=all" in terminal.step(2.0)
    terminal.receive(OPTIONS, 2.0)
    assert terminal.step(2.1) == first
    assert terminal.take_reports() == []


@given(st.lists(st.binary(max_size=60)))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    terminal = greeted()
    for turn, chunk in enumerate(chunks):
        terminal.passes("7")
        terminal.step(turn * 1.0)
        terminal.receive(chunk, turn * 1.0)


def test_driver_and_simulator_agree_on_what_happened() -> None:
    rng = Random(7)
    terminal, driver = PushTerminal(Random(1)), Driver([DeviceSettings("door-2")])
    driver.start(0.0)
    told: list[str] = []
    reported: list[str] = []
    confirms: list[bytes] = []
    for turn in range(2000):
        now = turn * 0.05
        if rng.random() < 0.05 and turn < 1900:
            verbs: list[Callable[[], None]] = [terminal.take_photo, terminal.open_menu, lambda: terminal.passes("7")]
            rng.choice(verbs)()
        if turn % 500 == 499:
            terminal.reconnect()
        answers = [confirms.pop(0)] if confirms and rng.random() < 0.5 else []
        sent = terminal.step(now)
        cut = rng.randint(0, len(sent))
        for output in [*driver.feed(sent[:cut], now), *driver.feed(sent[cut:], now), *driver.tick(now)]:
            match output:
                case Send(data):
                    answers.append(data)
                case Occurred(what=what, confirm=confirm):
                    told.append(what)
                    confirms += [confirm] if confirm else []
                case Heard(confirm=confirm) if confirm:
                    confirms.append(confirm)
                case Identified(fingerprint=fingerprint):
                    assert fingerprint == terminal.serial
        for one in answers:
            terminal.receive(one, now)
        reported += [report.what for report in terminal.take_reports()]
    assert len(told) > 20
    assert told == reported


def test_a_clock_that_is_a_day_fast_says_so_until_it_is_set() -> None:
    terminal = greeted()
    for days, expected in (({"days": 1.0}, b"2026-07-22 09:30:01"), (None, b"2026-07-21 09:30:01")):
        terminal.set_fault("clock", days)
        terminal.passes("7")
        assert expected in terminal.step(1.0)
        terminal.receive(answer("OK: 1"), 1.0)
