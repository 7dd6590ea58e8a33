"""The simulated terminal pushes the sample's JSON, sends again what was not confirmed, and replays its history."""

import json
from collections.abc import Callable
from random import Random
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.face_terminal_isapi import FaceTerminal as Driver
from firmware_bridge.session import DeviceSettings, Heard, Identified, Measured, Occurred, Send
from simulators.devices import Report
from simulators.devices.face_terminal_isapi import HEARTBEAT_S, FaceTerminal
from simulators.http_pusher import RETRY_S, TIMEOUT_S
from simulators.people import make_person

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
BUSY = b"HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n"
SAMPLE_KEYS = {"ipAddress", "macAddress", "dateTime", "eventType", "eventState", "AccessControllerEvent"}


def body(wire: bytes) -> dict[str, Any]:
    told: dict[str, Any] = json.loads(wire.partition(b"\r\n\r\n")[2])
    return told


def ready(terminal: FaceTerminal, now: float = 0.0, *, pictures: bool = False) -> FaceTerminal:
    """Past its first heartbeat."""
    wire = terminal.step(now)
    assert b"heartBeat" in wire if pictures else body(wire)["eventType"] == "heartBeat"
    terminal.receive(OK, now)
    return terminal


def test_a_pass_is_told_in_the_form_of_the_sample() -> None:
    terminal = ready(FaceTerminal(Random(1)))
    terminal.face_passes("S0001")
    wire = terminal.step(60.0)
    assert wire.startswith(b"POST /event HTTP/1.1\r\n")
    told = body(wire)
    assert set(told) == SAMPLE_KEYS
    assert told["dateTime"] == "2026-07-21T09:31:00+08:00"
    about = told["AccessControllerEvent"]
    assert (about["majorEventType"], about["subEventType"], about["employeeNoString"]) == (5, 75, "S0001")
    assert about["currentEvent"] is True
    assert terminal.take_reports() == [Report("", "door_passed")]


def test_a_comparison_with_an_id_card_is_what_the_driver_takes_for_one() -> None:
    terminal, person = ready(FaceTerminal(Random(1), pictures=True), pictures=True), make_person(Random(3))
    terminal.compares(person)
    terminal.compares(person, is_theirs=False)
    driver, results = Driver([DeviceSettings("kiosk-terminal")]), []
    driver.start(0.0)
    for now in (1.0, 2.0):
        outputs = driver.feed(terminal.step(now), now)
        terminal.receive(OK, now)
        results += [one.detail for one in outputs if isinstance(one, Occurred) and one.what == "person_compared"]
    assert [(one["result"], one["id_number"]) for one in results] == [
        ("match", person.id_number), ("mismatch", person.id_number)
    ]  # fmt: skip
    assert [one.what for one in terminal.take_reports()] == ["person_compared"] * 2


def test_what_is_not_confirmed_with_200_is_sent_again() -> None:
    terminal = ready(FaceTerminal(Random(1)))
    terminal.face_fails()
    first = terminal.step(1.0)
    assert terminal.step(1.0 + TIMEOUT_S - 0.1) == b""
    assert terminal.step(1.0 + TIMEOUT_S) == first
    terminal.receive(BUSY, 10.0)
    assert terminal.step(10.0) == b""
    assert terminal.step(10.0 + RETRY_S) == first
    terminal.receive(OK[:10], 13.0)
    terminal.receive(OK[10:], 13.0)
    assert terminal.step(13.1) == b""
    assert terminal.take_reports() == [Report("", "door_refused")]


def test_a_heartbeat_comes_when_there_is_nothing_else() -> None:
    terminal = ready(FaceTerminal(Random(1)))
    assert terminal.step(HEARTBEAT_S - 0.1) == b""
    assert body(terminal.step(HEARTBEAT_S))["eventType"] == "heartBeat"


def test_after_a_reconnection_history_is_replayed_as_history() -> None:
    terminal = ready(FaceTerminal(Random(1)))
    terminal.card_passes("S0002")
    first = body(terminal.step(1.0))
    terminal.receive(OK, 1.0)
    terminal.reconnect()
    again = body(terminal.step(2.0))
    assert again["AccessControllerEvent"].pop("currentEvent") is False
    assert first["AccessControllerEvent"].pop("currentEvent") is True
    assert again == first
    terminal.take_reports()
    assert terminal.take_reports() == []


def test_a_picture_is_a_part_of_its_own() -> None:
    terminal = FaceTerminal(Random(1), pictures=True)
    terminal.step(0.0)
    terminal.receive(OK, 0.0)
    terminal.face_passes("S0001")
    wire = terminal.step(1.0)
    assert b"multipart/form-data; boundary=MIME_boundary" in wire
    assert b'name="event_log"' in wire
    assert b"image/jpeg\r\n\r\n\xff\xd8SIM1" in wire


@given(st.lists(st.binary(max_size=60)))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    terminal = FaceTerminal(Random(1))
    for turn, chunk in enumerate(chunks):
        terminal.step(turn * 1.0)
        terminal.receive(chunk, turn * 1.0)
    assert terminal.step(1000.0)


def test_driver_and_simulator_agree_on_what_happened() -> None:
    """Ground truth equals what the driver tells, though the host confirms late and the terminal replays it all."""
    rng = Random(7)
    terminal, driver = FaceTerminal(Random(1), pictures=True), Driver([DeviceSettings("door-1")])
    driver.start(0.0)
    told: list[str] = []
    reported: list[str] = []
    confirms: list[bytes] = []
    for turn in range(2000):
        now = turn * 0.05
        if rng.random() < 0.05:
            verbs: list[Callable[[], None]] = [
                terminal.face_fails,
                terminal.door_opens,
                lambda: terminal.face_passes("S0001"),
            ]
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
                    confirms.append(confirm)
                case Heard(confirm=confirm) if confirm:
                    confirms.append(confirm)
                case Identified(fingerprint=fingerprint):
                    assert fingerprint == terminal.mac
                case Measured():
                    counts = output.values
        for answer in answers:
            terminal.receive(answer, now)
        reported += [report.what for report in terminal.take_reports()]
    assert len(told) > 50
    assert told == reported
    assert counts == {"Door/Passed": told.count("door_passed"), "Door/Refused": told.count("door_refused")}


def test_a_clock_that_is_a_day_fast_says_so_until_it_is_set() -> None:
    terminal = ready(FaceTerminal(Random(1)))
    for days, expected in (({"days": 1.0}, "2026-07-22T09:30:01+08:00"), (None, "2026-07-21T09:30:01+08:00")):
        terminal.set_fault("clock", days)
        terminal.face_fails()
        assert body(terminal.step(1.0))["dateTime"] == expected
        terminal.receive(OK, 1.0)
