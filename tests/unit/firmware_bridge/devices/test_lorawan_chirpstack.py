"""A press that the network server publishes is told once, however it is cut, repeated or counted. Golden bytes: P11."""

import base64
import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.lorawan_chirpstack import (
    CATCH_UP_S,
    DRIVER,
    GAP_S,
    MOST_PAYLOAD,
    REPEAT_S,
    STRANGER_S,
    CallButtons,
    decode,
    explain,
    wrap,
)
from firmware_bridge.session import (
    BadOption,
    Counters,
    DeviceSettings,
    Faulted,
    Heard,
    Measured,
    Occurred,
    Output,
    Value,
)
from tests.unit.firmware_bridge.golden import VECTORS

EUI, OTHER = "0102030405060708", "a84041ffff5d0e7a"
BED_1 = DeviceSettings("bed-1", {"dev_eui": EUI.upper()})
BED_2 = DeviceSettings("bed-2", {"dev_eui": OTHER, "heartbeat_min": 10})
TOPIC = f"application/17c82e96-be03-4f38-aef3-f83d48582d97/device/{EUI}/event/up"
GOLDEN = VECTORS["lorawan_button"]
HOUR_S = 3600.0
TIME_MS = 1_784_597_400_250  # 2026-07-21 09:30:00.250 in China

# the shape of the example in ChirpStack's documentation, with our button's data
EVENT: dict[str, Any] = {
    "deduplicationId": "3ac7e3c4-4401-4b8d-9386-a5c902f9202d",
    "time": "2026-07-21T01:30:00.250123456+00:00",
    "deviceInfo": {
        "tenantId": "52f14cd4-c6f1-4fbd-8f87-4025e1d49242",
        "tenantName": "ChirpStack",
        "applicationId": "17c82e96-be03-4f38-aef3-f83d48582d97",
        "applicationName": "care home",
        "deviceProfileName": "button",
        "deviceName": "101室1床",
        "devEui": EUI,
        "tags": {"key": "value"},
    },
    "devAddr": "00189440",
    "adr": True,
    "dr": 1,
    "fCnt": 4,
    "fPort": 10,
    "confirmed": True,
    "data": GOLDEN["data_b64"],
    "rxInfo": [
        {"gatewayId": "0016c001f153a14c", "uplinkId": 4217106255, "rssi": -36, "snr": 10.5, "context": "E3OWOQ=="},
        {"gatewayId": "0016c001f153a14d", "uplinkId": 4217106256, "rssi": -101},
    ],
    "txInfo": {"frequency": 867100000},
}
PRESS = wrap(TOPIC, json.dumps(EVENT, ensure_ascii=False).encode())


def event(said: str = "01 01 5F 2A", /, topic: str = TOPIC, **changes: Any) -> bytes:
    """`None` leaves a field out, as the JSON mapping does with zeros."""
    told = {**EVENT, "data": base64.b64encode(bytes.fromhex(said)).decode(), **changes}
    return wrap(topic, json.dumps({key: value for key, value in told.items() if value is not None}).encode())


def of(eui: str, **changes: Any) -> bytes:
    return event(topic=TOPIC.replace(EUI, eui), deviceInfo={"devEui": eui}, **changes)


def started(*devices: DeviceSettings) -> CallButtons:
    session = CallButtons(devices or (BED_1, BED_2))
    assert session.start(0.0) == []
    return session


def occurred(what: str, device: str = "bed-1", **detail: Value) -> Output:
    return Occurred(device, what, detail or {"seq": 42, "f_cnt": 4}, device_time_ms=TIME_MS)


def measured(device: str = "bed-1", **changes: Value | None) -> Output:
    names = {"presses": "Button/Presses", "battery": "Button/Battery", "signal": "Button/Signal", "snr": "Button/SNR"}
    values: dict[str, Value | None] = {"signal": -36, "snr": 10.5, "presses": 1, "battery": 95, **changes}
    found = {names[name]: value for name, value in values.items() if value is not None}
    return Measured(device, found, TIME_MS)


CALL = [occurred("call_pressed"), measured()]
HEARD = [Heard("bed-1")]


def whats(outputs: Sequence[Output]) -> list[str]:
    return [output.what for output in outputs if isinstance(output, Occurred)]


def test_golden_payload() -> None:
    assert bytes.fromhex("01 01 5F 2A") == base64.b64decode(GOLDEN["data_b64"])
    uplink = decode(PRESS.partition(b"\n")[2])
    assert uplink is not None
    assert (uplink.dev_eui, uplink.f_cnt, uplink.data, uplink.rssi, uplink.snr) == (
        EUI,
        4,
        bytes([1, 1, GOLDEN["battery"], GOLDEN["seq"]]),
        -36,
        10.5,
    )


def test_a_press_is_read_whole_byte_by_byte_with_noise_before_and_two_in_one_read() -> None:
    assert started().feed(PRESS, 0) == CALL
    slow = started()
    assert [output for at in range(len(PRESS)) for output in slow.feed(PRESS[at : at + 1], 0)] == CALL
    assert started().feed(b"\x00{ 17\n" + PRESS + PRESS, 0) == [*CALL, *HEARD]
    session = started()
    broken = PRESS.replace(b'"fCnt": 4', b'"fCnt": :')
    assert session.feed(broken + PRESS, 0) == CALL
    assert session.counters.frames == 1
    assert session.counters.crc_errors >= 1


@pytest.mark.parametrize(
    ("data", "what", "presses"),
    [
        ("01 01 5F 2A", "call_pressed", 1),
        ("01 02 5F 2A", "call_cancelled", 1),
        ("01 04 5F 2A", "button_tampered", None),
    ],
)
def test_each_event_has_its_meaning(data: str, what: str, presses: int | None) -> None:
    assert started().feed(event(data), 0) == [occurred(what), measured(presses=presses)]


def test_a_heartbeat_tells_of_battery_and_signal_only() -> None:
    assert started().feed(event("01 03 5F 2A"), 0) == [measured(presses=None)]


def test_what_the_json_mapping_leaves_out_is_0() -> None:
    rx_info = [{"gatewayId": "0016c001f153a14c", "rssi": -120}]
    outputs = started().feed(event(fCnt=None, rxInfo=rx_info, devAddr=None, confirmed=None), 0)
    assert outputs == [occurred("call_pressed", seq=42, f_cnt=0), measured(signal=-120, snr=0.0)]


def test_an_uplink_that_no_gateway_describes_has_no_signal() -> None:
    for rx_info in (None, [], "x", [1], [{"rssi": "loud"}], [{"rssi": -50, "snr": True}], [{"rssi": 10**6}]):
        assert started().feed(event(rxInfo=rx_info), 0) == [CALL[0], measured(signal=None, snr=None)]


def test_buttons_of_one_subscription_are_told_apart() -> None:
    session = started()
    assert session.feed(of(OTHER), 0) == [occurred("call_pressed", "bed-2"), measured("bed-2")]
    assert session.feed(PRESS, 0) == CALL


# the same message again, and another one with the same number


def test_the_same_frame_counter_is_the_same_press() -> None:
    session = started()
    assert session.feed(PRESS, 0) == CALL
    assert session.feed(event(time="2026-07-21T01:30:07+00:00"), 7) == HEARD
    assert session.feed(event(fCnt=5), 8) == [occurred("call_pressed", seq=42, f_cnt=5), measured(presses=2)]


def test_a_message_that_the_broker_sends_again_hours_later_is_the_same_press() -> None:
    session = started()
    session.feed(PRESS, 0)
    session.start(5 * HOUR_S)
    assert session.feed(PRESS, 5 * HOUR_S) == HEARD


def test_a_button_that_joined_anew_counts_from_0_and_its_press_is_another_one() -> None:
    session = started()
    session.feed(event(fCnt=0), 0)
    assert whats(session.feed(event(fCnt=0, devAddr="01ab23cd", time="2026-07-21T01:31:00Z"), 60)) == ["call_pressed"]


def test_a_counter_that_begins_again_under_the_same_address_is_another_press_after_a_while() -> None:
    session = started()
    session.feed(event(fCnt=0), 0)
    session.feed(event(fCnt=900, time="2026-07-21T02:30:00Z"), HOUR_S)
    again = session.feed(event(fCnt=0, time="2026-07-21T02:40:00Z"), REPEAT_S + HOUR_S)
    assert whats(again) == ["call_pressed"]


def test_a_lower_counter_is_never_dropped() -> None:
    session = started()
    session.feed(event(fCnt=900), 0)
    assert whats(session.feed(event(fCnt=1), 1)) == ["call_pressed"]


def test_a_join_is_a_sign_of_life_and_forgets_the_counters() -> None:
    session = started()
    session.feed(PRESS, 0)
    assert session.feed(event(topic=TOPIC.replace("/up", "/join")), 1) == HEARD
    assert whats(session.feed(event(time="2026-07-21T01:30:02Z"), 2)) == ["call_pressed"]


# batteries


def test_a_low_battery_is_told_once_until_it_was_good_again() -> None:
    session, told = started(), []
    for f_cnt, battery in enumerate([21, 20, 19, 21, 18, 24, 25, 19]):
        outputs = session.feed(event(f"01 03 {battery:02X} 00", fCnt=f_cnt), f_cnt)
        told += [(battery, output.detail) for output in outputs if isinstance(output, Occurred)]
    assert told == [(19, {"battery": 19}), (19, {"battery": 19})]


def test_a_press_with_a_low_battery_tells_both() -> None:
    assert started().feed(event("01 01 05 2A"), 0) == [
        occurred("call_pressed"),
        occurred("battery_low", battery=5),
        measured(battery=5),
    ]


def test_an_unknown_battery_is_no_value() -> None:
    assert started().feed(event("01 01 FF 2A"), 0) == [occurred("call_pressed"), measured(battery=None)]


# silence


def test_three_missed_heartbeats_are_silence_and_a_message_ends_it() -> None:
    session = started()
    assert session.tick(29 * 60.0) == []
    assert session.tick(30 * 60.0) == [Faulted("bed-2", "3 heartbeats missed")]
    assert session.tick(31 * 60.0) == []
    session.feed(of(OTHER), 32 * 60.0)
    assert session.tick(61 * 60.0) == []
    assert session.tick(62 * 60.0) == [Faulted("bed-2", "3 heartbeats missed")]
    assert session.tick(3 * HOUR_S) == [Faulted("bed-1", "3 heartbeats missed")]


def test_what_waited_at_the_broker_has_a_minute_to_arrive_after_an_outage() -> None:
    session = started()
    session.start(9 * HOUR_S)
    assert session.tick(9 * HOUR_S + CATCH_UP_S - 1) == []
    session.feed(PRESS, 9 * HOUR_S + CATCH_UP_S - 1)
    assert session.tick(9 * HOUR_S + CATCH_UP_S) == [Faulted("bed-2", "3 heartbeats missed")]


def test_a_silent_button_is_told_again_after_the_port_was_reopened() -> None:
    session = started()
    session.tick(4 * HOUR_S)
    session.start(5 * HOUR_S)
    assert len(session.tick(5 * HOUR_S + CATCH_UP_S)) == 2


# strangers and other events


def test_an_unknown_button_is_told_each_time_it_is_pressed() -> None:
    stranger = Occurred("", "unknown_button", {"dev_eui": "ffffffffffffffff"})
    session = started()
    assert [session.feed(of("ffffffffffffffff", fCnt=n), n) for n in (1, 2)] == [[stranger], [stranger]]


def test_any_other_device_of_the_application_is_told_once_a_day() -> None:
    session = started()
    told = [session.feed(of("f" * 16, fCnt=n, data="AQMyAA=="), n * HOUR_S) != [] for n in range(25)]
    assert [n for n, one in enumerate(told) if one] == [0, STRANGER_S / HOUR_S]


def test_a_flood_of_strangers_does_not_fill_the_memory() -> None:
    session = started()
    for number in range(1000):
        session.feed(of(f"{number:016x}"), 0)
    assert len(session._strangers) <= 256


@pytest.mark.parametrize("name", ["txack", "log"])
def test_what_the_network_says_about_a_button_is_no_sign_of_its_life(name: str) -> None:
    """A gateway sends downlinks to a dead button too."""
    session = started()
    assert session.feed(event(topic=TOPIC.replace("/up", f"/{name}")), 2.9 * HOUR_S) == []
    assert Faulted("bed-1", "3 heartbeats missed") in session.tick(3 * HOUR_S)


def test_a_button_that_counts_from_the_beginning_again_is_heard() -> None:
    """New batteries: the same counter under the same address, but another message."""
    session = started()
    assert session.feed(event("01 03 5F 00"), 0) == [measured(presses=None)]
    assert whats(session.feed(event("01 01 64 00", time="2026-07-21T01:35:00+00:00"), 300)) == ["call_pressed"]


@pytest.mark.parametrize("name", ["status", "location", "integration"])
def test_what_the_broker_may_have_kept_for_long_proves_nothing(name: str) -> None:
    assert started().feed(event(topic=TOPIC.replace("/up", f"/{name}")), 0) == []


def test_a_downlink_that_was_acknowledged_is_a_sign_of_life_and_no_press() -> None:
    assert started().feed(event(topic=TOPIC.replace("/up", "/ack")), 0) == HEARD


@pytest.mark.parametrize("data", ["01", "02 01 5F 2A", "01 09 5F 2A", "01 01 5F 2A 00"])
def test_a_payload_that_is_not_understood_is_told(data: str) -> None:
    unknown = occurred("unknown_payload", data=bytes.fromhex(data).hex())
    assert started().feed(event(data), 0) == [unknown, measured(presses=None, battery=None)]


def test_an_uplink_without_data_only_proves_life() -> None:
    assert started().feed(event("", data=None, rxInfo=None), 0) == HEARD


@pytest.mark.parametrize(
    "changes",
    [
        {"deviceInfo": None},
        {"deviceInfo": {}},
        {"deviceInfo": "x"},
        {"deviceInfo": {"devEui": EUI[:-1]}},
        {"fCnt": "4"},
        {"fCnt": True},
        {"fCnt": -1},
        {"fCnt": 1 << 32},
        {"data": "%%"},
    ],
)
def test_json_that_is_no_uplink_is_nothing(changes: Mapping[str, Any]) -> None:
    session = started()
    assert session.feed(event(**changes), 0) == []
    assert session.counters == Counters(frames=1)


@pytest.mark.parametrize(
    "payload", [b"", b"[]", b"{}", b"null", b"{", b"\xff" * 9, b"[" * 20000, b'{"fCnt": ' + b"9" * 5000 + b"}"]
)
def test_a_message_that_is_no_json_object_is_counted_and_the_next_one_found(payload: bytes) -> None:
    session = started()
    assert session.feed(wrap(TOPIC, payload) + PRESS, 0) == CALL
    assert session.counters.crc_errors >= 1


def test_a_header_that_promises_too_much_is_skipped_at_once() -> None:
    assert started().feed(b"x %d\n" % (MOST_PAYLOAD + 1) + PRESS, 0) == CALL
    assert started().feed(b"x" * 3000 + b"\n" + PRESS, 0) == CALL


def test_a_press_behind_a_false_header_comes_out_after_a_while() -> None:
    session = started()
    assert session.feed(b"x 9000\n" + PRESS, 0) == []
    assert session.tick(GAP_S) == CALL


def test_half_a_message_is_forgotten_when_the_port_is_reopened() -> None:
    session = started()
    session.feed(PRESS[:100], 0)
    session.start(1)
    assert session.feed(PRESS[100:], 1) == []
    assert session.feed(PRESS, 1) == CALL


PIECES = st.binary(max_size=40) | st.sampled_from([PRESS, PRESS[:80], b"a/up 3\n{}\n", event("01 04 00 00"), of(OTHER)])


@given(st.lists(PIECES, max_size=12))
def test_no_bytes_make_it_raise_or_grow_and_a_press_after_them_is_found(pieces: list[bytes]) -> None:
    session = started()
    for piece in pieces:
        session.feed(piece, 0)
        assert session._decoder.waiting < MOST_PAYLOAD + 512
    session.tick(GAP_S)
    outputs = session.feed(event(fCnt=77, devAddr="77777777"), GAP_S)
    assert "call_pressed" in whats(outputs)


KEYS = st.sampled_from([*EVENT, "devEui", "rssi", "snr"])
LEAF = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=9) | st.just(EUI)
BRANCH = LEAF | st.lists(LEAF, max_size=3) | st.dictionaries(KEYS, LEAF, max_size=5)
JSON = BRANCH | st.lists(BRANCH, max_size=3) | st.dictionaries(KEYS, BRANCH, max_size=5)


@given(st.dictionaries(st.sampled_from([*EVENT]), JSON))
def test_any_json_is_read_without_a_fault(changes: dict[str, Any]) -> None:
    for output in started().feed(wrap(TOPIC, json.dumps({**EVENT, **changes}).encode()), 0):
        assert not isinstance(output, Measured) or set(output.values) <= set(DRIVER.metrics)


@given(st.lists(st.tuples(st.integers(0, 400), st.sampled_from(["a", "b"])), max_size=60))
def test_the_memory_of_a_button_stays_small(uplinks: list[tuple[int, str]]) -> None:
    session = started()
    for f_cnt, addr in uplinks:
        session.feed(event(fCnt=f_cnt, devAddr=addr), 0)
    assert len(session._buttons[EUI].known) <= 16


# for technicians


def test_the_parts_of_a_message_are_named() -> None:
    parts = {part.name: (PRESS[part.start : part.end].decode(), part.text) for part in explain(PRESS, False)}
    assert parts["主题 topic"] == (TOPIC, TOPIC)
    assert parts["设备 devEui"] == (EUI, EUI)
    assert parts["帧计数 fCnt"] == ("4", "4")
    assert parts["信号强度 rssi"] == ("-36", "-36")
    assert parts["载荷 data"] == ("AQFfKg==", "按下 press, 95 %, seq 42")


@given(st.binary(max_size=200) | st.binary(max_size=50).map(lambda b: b'a/up 9\n{"data":"' + b))
def test_any_bytes_can_be_explained(frame: bytes) -> None:
    parts = explain(frame, False)
    assert list(parts) == sorted(parts)
    assert all(0 <= part.start <= part.end <= len(frame) for part in parts)


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({}, "bed-1: option 'dev_eui' is None; write the button's 16 hexadecimal digits"),
        ({"dev_eui": 102030405060708}, "in quotes"),
        ({"dev_eui": EUI[1:]}, "16 hexadecimal digits"),
        ({"dev_eui": EUI, "heartbeat_min": 0}, "'heartbeat_min' is 0; write a whole number from 1 to 1440"),
        ({"dev_eui": EUI, "code": "1"}, "no option 'code'"),
    ],
)
def test_a_wrong_option_is_answered_with_what_to_write(options: dict[str, Value], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        CallButtons([DeviceSettings("bed-1", options)])


def test_two_devices_cannot_share_a_button() -> None:
    with pytest.raises(BadOption, match=f"bed-9: dev_eui {EUI} already belongs to bed-1"):
        CallButtons([BED_1, DeviceSettings("bed-9", {"dev_eui": EUI})])
