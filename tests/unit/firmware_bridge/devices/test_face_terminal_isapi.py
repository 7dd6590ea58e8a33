"""Who passed a face terminal becomes known once, whatever is sent again, and pictures never. Sample event: P2."""

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.face_terminal_isapi import OK, REMEMBERED, FaceTerminal
from firmware_bridge.http_push import response
from firmware_bridge.session import (
    BadOption,
    DeviceSettings,
    Faulted,
    Heard,
    Identified,
    Measured,
    Occurred,
    Output,
    Send,
)

EVENT: dict[str, Any] = {  # as in the sample
    "ipAddress": "192.0.2.55",
    "macAddress": "44:47:CC:00:00:01",
    "dateTime": "2026-07-21T09:30:00+08:00",
    "eventType": "AccessControllerEvent",
    "eventState": "active",
    "AccessControllerEvent": {
        "majorEventType": 5,
        "subEventType": 75,
        "employeeNoString": "S0001",
        "serialNo": 1199,
        "frontSerialNo": 1198,
        "currentVerifyMode": "cardOrFace",
        "currentEvent": True,
        "mask": "no",
        "picturesNumber": 1,
        "FaceRect": {"height": 0.3, "width": 0.2, "x": 0.4, "y": 0.7},
    },
}
HEARTBEAT = {"macAddress": "44:47:CC:00:00:01", "eventType": "heartBeat", "eventState": "inactive"}
AT_MS = 1_784_597_400_000
IDENTIFIED = Identified("door-1", "44:47:cc:00:00:01")


def event(*, at: str = EVENT["dateTime"], mac: str = EVENT["macAddress"], **about: object) -> dict[str, Any]:
    return {**EVENT, "dateTime": at, "macAddress": mac, ACCESS: {**EVENT[ACCESS], **about}}


ACCESS = "AccessControllerEvent"


def post(body: bytes, content_type: str = "application/json") -> bytes:
    head = f"POST /event HTTP/1.1\r\nHost: a\r\nContent-Type: {content_type}\r\nContent-Length: {len(body)}\r\n\r\n"
    return head.encode() + body


def push(told: object) -> bytes:
    return post(json.dumps(told).encode())


def with_picture(told: object) -> bytes:
    body = b'--B\r\nContent-Disposition: form-data; name="event_log"\r\nContent-Type: application/json\r\n\r\n'
    body += json.dumps(told).encode() + b"\r\n"
    body += (
        b'--B\r\nContent-Disposition: form-data; name="Picture"\r\nContent-Type: image/jpeg\r\n\r\nPIXELS\r\n--B--\r\n'
    )
    return post(body, "multipart/form-data; boundary=B")


def started() -> FaceTerminal:
    session = FaceTerminal([DeviceSettings("door-1")])
    assert session.start(0.0) == []
    return session


def counts(passed: int, refused: int) -> Measured:
    return Measured("door-1", {"Door/Passed": passed, "Door/Refused": refused})


def occurred(what: str, at_ms: int | None = AT_MS, **detail: Any) -> Occurred:
    return Occurred("door-1", what, detail, OK, at_ms)


PASSED = occurred("door_passed", device_event="5/75", serial=1199, person="S0001", method="face")


@pytest.mark.parametrize("wire", [push(EVENT), with_picture(EVENT), push({"EventNotificationAlert": EVENT})])
def test_a_face_that_passes_is_told_and_confirmed_only_when_it_is_durable(wire: bytes) -> None:
    expected = [IDENTIFIED, PASSED, counts(1, 0)]
    assert started().feed(wire, 0.0) == expected
    session = started()
    assert [output for byte in wire for output in session.feed(bytes([byte]), 0.0)] == expected


def test_noise_before_and_two_requests_in_one_read() -> None:
    session = started()
    outputs = session.feed(b"\x00noise\r\n" + push(EVENT) + push(event(serialNo=1200)), 0.0)
    assert [output.detail["serial"] for output in outputs if isinstance(output, Occurred)] == [1199, 1200]


@pytest.mark.parametrize(
    ("minor", "what", "method"),
    [
        (75, "door_passed", "face"),
        (38, "door_passed", "fingerprint"),
        (1, "door_passed", "card"),
        (76, "door_refused", "face"),
        (39, "door_refused", "fingerprint"),
        (9, "door_refused", "card"),
    ],
)
def test_the_minor_event_says_the_method_and_not_the_configured_mode(minor: int, what: str, method: str) -> None:
    outputs = started().feed(push(event(subEventType=minor)), 0.0)
    assert outputs[1] == occurred(what, device_event=f"5/{minor}", serial=1199, person="S0001", method=method)
    assert outputs[2] == (counts(1, 0) if what == "door_passed" else counts(0, 1))


@pytest.mark.parametrize(("major", "minor"), [(5, 21), (2, 1024), (3, 112), (1, 75)])
def test_any_other_event_is_told_by_its_code_and_without_the_person(major: int, minor: int) -> None:
    outputs = started().feed(push(event(majorEventType=major, subEventType=minor)), 0.0)
    assert outputs[1:] == [occurred("door_event", device_event=f"{major}/{minor}", serial=1199), counts(0, 0)]


def test_a_stranger_is_refused_without_a_person() -> None:
    about = {key: value for key, value in EVENT[ACCESS].items() if key != "employeeNoString"}
    outputs = started().feed(push({**EVENT, ACCESS: {**about, "subEventType": 76}}), 0.0)
    assert outputs[1] == occurred("door_refused", device_event="5/76", serial=1199, method="face")


NUMBER = "330899199003070016"


def compared(minor: int = 105, major: int = 5, **about: object) -> dict[str, Any]:
    told = {
        "majorEventType": major,
        "subEventType": minor,
        "name": "测试甲",
        "IDCardInfo": {"IDCardNo": NUMBER},
        **about,
    }
    return {**EVENT, "eventType": "IDCardInfoEvent", "IDCardInfoEvent": told}


@pytest.mark.parametrize(("minor", "result"), [(105, "match"), (112, "mismatch"), (104, "not_live")])
def test_a_comparison_with_an_id_card_is_told_with_the_number_alone(minor: int, result: str) -> None:
    outputs = started().feed(with_picture(compared(minor)), 0.0)
    about = {"result": result, "id_number": NUMBER, "terminal": IDENTIFIED.fingerprint, "device_event": f"5/{minor}"}
    assert outputs == [IDENTIFIED, occurred("person_compared", **about), counts(0, 0)]


def test_some_terminals_tell_the_id_number_as_that_of_the_card_that_was_used() -> None:
    outputs = started().feed(push(event(subEventType=105, cardNo=NUMBER, currentEvent=False)), 0.0)
    assert outputs[1] == occurred(
        "person_compared", device_event="5/105", serial=1199, history=True, result="match", id_number=NUMBER,
        terminal=IDENTIFIED.fingerprint,
    )  # fmt: skip


@pytest.mark.parametrize("told", [compared(IDCardInfo={}), compared(IDCardInfo=None), compared(major=3), compared(113)])
def test_a_comparison_of_nobody_is_none(told: dict[str, Any]) -> None:
    occurrences = [one.what for one in started().feed(push(told), 0.0) if isinstance(one, Occurred)]
    assert occurrences == ["door_event"]


def test_a_terminal_whose_heartbeats_stop_is_said_to_be_gone_once_and_comes_back() -> None:
    session = FaceTerminal([DeviceSettings("door-1", {"heartbeat_s": 2})])
    session.start(0.0)
    session.feed(push(HEARTBEAT), 1.0)
    assert session.tick(5.0) == []
    assert session.tick(5.1) == [Faulted("door-1", "no heartbeat")]
    assert session.tick(60.0) == []
    assert session.feed(push(HEARTBEAT), 61.0) == [Send(OK), counts(0, 0)]
    assert session.tick(66.0) == [Faulted("door-1", "no heartbeat")]


def test_without_that_option_nobody_counts_heartbeats() -> None:
    session = started()
    session.feed(push(HEARTBEAT), 1.0)
    assert session.tick(1000.0) == []


def test_a_heartbeat_is_answered_at_once() -> None:
    session = started()
    assert session.feed(push(HEARTBEAT), 0.0) == [Send(OK), counts(0, 0)]
    assert session.feed(push(HEARTBEAT), 30.0) == [Send(OK), Heard("door-1")]
    assert session.feed(push({"eventType": "videoloss"}), 31.0) == [Send(OK), Heard("door-1")]


def test_an_event_sent_again_is_confirmed_and_not_told_again() -> None:
    session = started()
    session.feed(push(EVENT), 0.0)
    assert session.feed(push(EVENT), 5.0) == [Heard("door-1", OK)]
    assert session.feed(push(event(currentEvent=False)), 6.0) == [Heard("door-1", OK)]


def test_history_that_was_never_told_is_told_as_history() -> None:
    session = started()
    session.feed(push(EVENT), 0.0)
    outputs = session.feed(push(event(currentEvent=False, serialNo=1150, at="2026-07-21T03:00:00+08:00")), 1.0)
    told = occurred(
        "door_passed",
        AT_MS - int(6.5 * 3600 * 1000),
        device_event="5/75",
        serial=1150,
        history=True,
        person="S0001",
        method="face",
    )
    assert outputs == [told, counts(2, 0)]


def test_history_from_far_back_was_told_before_and_is_only_confirmed() -> None:
    session = started()
    session.feed(push(event(serialNo=50_000)), 0.0)
    assert session.feed(push(event(serialNo=50_000 - REMEMBERED, currentEvent=False)), 1.0) == [Heard("door-1", OK)]
    assert isinstance(session.feed(push(event(serialNo=50_001 - REMEMBERED, currentEvent=False)), 1.0)[0], Occurred)


def test_a_terminal_that_counts_from_the_beginning_again_loses_nothing() -> None:
    session = started()
    for serial in (1, 2, 3):
        session.feed(push(event(serialNo=serial)), 0.0)
    later = "2026-07-22T08:00:00+08:00"
    for serial in (1, 2, 3):
        assert isinstance(session.feed(push(event(serialNo=serial, at=later)), 1.0)[0], Occurred)
        assert session.feed(push(event(serialNo=serial, at=later)), 1.0) == [Heard("door-1", OK)]


def test_two_terminals_with_the_same_serial_numbers_are_two() -> None:
    session = started()
    session.feed(push(EVENT), 0.0)
    outputs = session.feed(push(event(mac="44:47:CC:00:00:02")), 1.0)
    assert outputs[:2] == [Identified("door-1", "44:47:cc:00:00:02"), PASSED]
    assert session.feed(push(EVENT), 2.0) == [IDENTIFIED, Heard("door-1", OK)]


def test_the_memory_is_bounded() -> None:
    session = started()
    for serial in range(REMEMBERED + 200):
        session._known.add(_bare(serial))
    assert len(session._known._times) == REMEMBERED
    for number in range(50):
        session.feed(push(event(mac=f"44:47:CC:00:01:{number:02}")), 0.0)
    assert len(session._known._highest) <= 8


def _bare(serial: int) -> Any:
    from firmware_bridge.devices.face_terminal_isapi import Event

    return Event("m", 5, 75, serial=serial)


def test_nothing_of_a_picture_or_a_person_is_kept() -> None:
    session = started()
    session.feed(with_picture(EVENT), 0.0)
    kept = repr([vars(session), vars(session._http), vars(session._known)])
    assert "PIXELS" not in kept
    assert "S0001" not in kept


@pytest.mark.parametrize("body", [b"", b"{", b"[1]", b"{}", b'{"eventType": 5}', b"[" * 100_000, b"\xff\xfe"])
def test_a_body_that_is_no_event_is_refused_and_counted(body: bytes) -> None:
    session = started()
    assert session.feed(post(body), 0.0) == [Send(response(400))]
    assert (session.counters.frames, session.counters.crc_errors) == (0, 1)


def test_xml_is_refused_with_its_own_status_for_the_technician() -> None:
    assert started().feed(post(b"<EventNotificationAlert/>", "application/xml"), 0.0) == [Send(response(415))]


@pytest.mark.parametrize("broken", [{"serialNo": "x"}, {"serialNo": True}, {"employeeNoString": 7}, {"serialNo": -1}])
def test_a_field_of_the_wrong_type_is_left_out(broken: dict[str, Any]) -> None:
    outputs = started().feed(push(event(**broken)), 0.0)
    assert isinstance(outputs[1], Occurred)
    assert not set(broken) & {"serialNo"} or "serial" not in outputs[1].detail


def test_a_time_without_a_zone_is_chinas_and_a_senseless_one_is_left_out() -> None:
    for at, expected in (("2026-07-21T09:30:00", AT_MS), ("yesterday", None), ("1970-01-01T00:00:00+00:00", None)):
        outputs = started().feed(push(event(at=at)), 0.0)
        assert isinstance(outputs[1], Occurred)
        assert outputs[1].device_time_ms == expected


def test_another_method_is_not_allowed() -> None:
    session = started()
    assert session.feed(b"GET / HTTP/1.1\r\nHost: a\r\n\r\n", 0.0) == [Send(response(405))]


def test_reopening_the_port_forgets_half_a_request_and_tells_the_counts_again() -> None:
    session = started()
    session.feed(push(EVENT) + push(HEARTBEAT)[:40], 0.0)
    session.start(1.0)
    assert session.feed(push(HEARTBEAT), 1.0) == [Send(OK), counts(1, 0)]


JSON_ = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner, max_size=3)
)
KEYS = ("majorEventType", "subEventType", "serialNo", "employeeNoString", "currentEvent")


@given(st.dictionaries(st.sampled_from(KEYS), JSON_), JSON_, JSON_)
def test_no_values_make_it_raise(about: dict[str, object], at: object, mac: object) -> None:
    outputs: list[Output] = list(
        started().feed(push({**EVENT, "dateTime": at, "macAddress": mac, ACCESS: {**EVENT[ACCESS], **about}}), 0.0)
    )
    assert outputs


@given(st.lists(st.binary(max_size=60) | st.sampled_from([push(EVENT), with_picture(EVENT), push(EVENT)[:90]])))
def test_no_bytes_make_it_raise_or_grow(chunks: list[bytes]) -> None:
    session = started()
    for second, chunk in enumerate(chunks):
        session.feed(chunk, second / 10)
        session.tick(second / 10)
        assert session._http.waiting < 100_000


def test_a_port_carries_one_terminal_without_options() -> None:
    with pytest.raises(BadOption, match="a, b"):
        FaceTerminal([DeviceSettings("a"), DeviceSettings("b")])
    with pytest.raises(BadOption, match="door-1: there is no option 'mac'"):
        FaceTerminal([DeviceSettings("door-1", {"mac": "x"})])
