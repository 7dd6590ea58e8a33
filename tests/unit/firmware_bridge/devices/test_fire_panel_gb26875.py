"""A fire is told once, with where it is, and confirmed once it is stored; clocks may lie. Golden bytes: P12."""

from collections.abc import Sequence
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.fire_panel_gb26875 import DRIVER, GAP_S, PATROL_MORE_S, REPEAT_S, FirePanel, explain
from firmware_bridge.gb26875 import (
    BITS,
    COMPONENT_STATE,
    CONTROL,
    DENY,
    DEVICE_OPERATION,
    DEVICE_STATE,
    DEVICE_TIME,
    OPERATION,
    SIZES,
    START,
    SYSTEM_STATE,
    Packet,
    confirmation,
    decode,
    describe,
    encode,
    objects,
    time_ms,
)
from firmware_bridge.session import (
    BadOption,
    CannotAct,
    Counters,
    DeviceSettings,
    Faulted,
    Heard,
    Measured,
    Occurred,
    Output,
    Send,
    Value,
)
from tests.unit.firmware_bridge.golden import VECTORS

FIRE = bytes.fromhex(VECTORS["gb26875"]["fire"])
CONFIRMED = bytes.fromhex(VECTORS["gb26875"]["confirm"])
CAPTURED = bytes.fromhex(  # from a real device; the object's time is day 3 of month 1, 17:37, year 2006, second 37
    "40 40 14 00 10 00 05 09 09 1B 07 15 2C 31 2C 32 00 00 78 4D 07 91 8E 23 30 00 02 02 01 01 01 2A 01 00 01 00 02 00"
    "31 BA C5 BD D3 BF DA B0 E5 31 BB D8 C2 B7 31 BA C5 00 BA C5 D6 F7 BB FA F8 98 CF A0 00 00 00 25 11 03 01 06 0C"
    "47 23 23"
)
HANDSHAKE = bytes.fromhex(
    "40 40 69 00 10 00 0A 11 0E 03 06 15 00 00 00 00 00 00 AC 10 3C D5 6D 1D 01 00 02 16 30 23 23"
)

CORRIDOR: dict[str, Value] = {
    "system": 1,
    "system_address": 1,
    "component": 42,
    "address": "21000300",
    "state": "0002",
    "description": "三楼东侧走廊",
}
LOOP_1: dict[str, Value] = {**CORRIDOR, "address": "01000100", "description": "1号接口板1回路1号"}


PANEL = DeviceSettings("panel-1")
SMOKE_3F = DeviceSettings("smoke-3f", {"component": "42-21000300"})
FIRE_MS, CAPTURED_MS = 1_784_597_405_000, 1_627_348_145_000  # 2026-07-21 09:30:05 and 2021-07-27 09:09:05 in China


def started(*devices: DeviceSettings) -> FirePanel:
    session = FirePanel(devices or (PANEL,))
    assert session.start(0.0) == []
    return session


def known(*devices: DeviceSettings) -> FirePanel:
    """Its counts have been reported already."""
    session = started(*devices)
    session.feed(HANDSHAKE, 0.0)
    return session


def counts(alarms: int, faults: int = 0, device: str = "panel-1", ms: int | None = None) -> Output:
    return Measured(device, {"Fire/Alarms": alarms, "Fire/Faults": faults}, ms)


def fire(detail: dict[str, Value], wire: bytes, device: str = "panel-1") -> list[Output]:
    ms = time_ms(decode(wire).time)
    told = Occurred(device, "fire", detail, confirmation(decode(wire)), ms)
    return [told, counts(1, ms=ms), *([counts(1, device=device, ms=ms)] if device != "panel-1" else [])]


def whats(outputs: Sequence[Output]) -> list[str]:
    return [output.what for output in outputs if isinstance(output, Occurred)]


def packet(data: bytes, *, sequence: int = 7, command: int = 2) -> bytes:
    plain = Packet(sequence.to_bytes(2, "little"), b"\x01\x00", bytes(6), b"\1" * 6, b"\2" * 6, command, data)
    return encode(plain)


def component(bits: int, description: bytes = b"", time: bytes = bytes(6), address: str = "21000300") -> bytes:
    place = b"\x01\x01\x2a" + bytes.fromhex(address)
    return place + bits.to_bytes(2, "little") + description.ljust(31, b"\0") + time


@pytest.mark.parametrize(("wire", "detail"), [(FIRE, CORRIDOR), (CAPTURED, LOOP_1)], ids=["synthetic", "captured"])
def test_golden_bytes(wire: bytes, detail: dict[str, Value]) -> None:
    expected = fire(detail, wire)
    assert encode(decode(wire)) == wire
    assert started().feed(wire, 0) == expected  # whole
    slow = started()
    assert [output for byte in wire for output in slow.feed(bytes([byte]), 0)] == expected  # byte by byte
    again = Heard("panel-1", confirmation(decode(wire)))
    assert started().feed(b"@\x00#" + wire + wire, 0) == [*expected, again]  # noise before, two in one read
    session = started()
    bad = wire[:-3] + bytes([wire[-3] ^ 1]) + wire[-2:]
    assert session.feed(bad + wire, 0) == expected
    assert session.counters == Counters(frames=1, crc_errors=1, resyncs=1)


def test_the_golden_confirmation_and_its_way_back() -> None:
    assert confirmation(decode(FIRE), bytes.fromhex("06 1E 09 15 07 1A")) == CONFIRMED
    (occurred, _) = started().feed(FIRE, 0)
    assert isinstance(occurred, Occurred)
    answer = decode(occurred.confirm)
    assert (answer.sender, answer.receiver) == (decode(FIRE).receiver, decode(FIRE).sender)
    assert (answer.sequence, answer.time, answer.command) == (decode(FIRE).sequence, decode(FIRE).time, 3)


def test_a_handshake_is_heard_and_confirmed() -> None:
    assert known().feed(packet(b"\x16"), 0) == [Heard("panel-1", confirmation(decode(packet(b"\x16"))))]
    answer = "40 40 69 00 10 00 0A 11 0E 03 06 15 AC 10 3C D5 6D 1D 00 00 00 00 00 00 00 00 03 1A 23 23"
    assert confirmation(decode(HANDSHAKE)) == bytes.fromhex(answer)


@pytest.mark.parametrize(
    "data",
    [b"\x15\x01\x01" + bytes(6), b"\x5b\x01\x0a", b"\x5a\x01" + bytes(6), b"\x03\x01" + bytes(16), b"", b"\x02"],
    ids=["device state normal", "patrol", "clock", "analogue value", "empty", "type only"],
)
@pytest.mark.parametrize("command", [1, 2, 3, 4, 5, 6, 200])
def test_all_else_is_heard_and_only_sent_data_is_confirmed(data: bytes, command: int) -> None:
    wire = packet(data, command=command)
    confirm = confirmation(decode(wire)) if command == 2 else b""
    assert known().feed(wire, 0) == [Heard("panel-1", confirm)]


@pytest.mark.parametrize("command", [1, 3, 4, 5, 6])
def test_only_sent_data_is_believed(command: int) -> None:
    wire = encode(replace(decode(FIRE), command=command))
    assert known().feed(wire, 0) == [Heard("panel-1")]


@pytest.mark.parametrize(
    ("bits", "told"),
    [
        (0x0000, ["normal"]),
        (0x0001, ["normal"]),
        (0x0002, ["fire"]),
        (0x0003, ["fire"]),
        (0x0004, ["fault"]),
        (0x0008, ["shielded"]),
        (0x0100, ["power_fault"]),
        (0x0206, ["fire", "fault"]),
        (0x01FE, list(BITS[COMPONENT_STATE].values())),
    ],
)
def test_each_condition_is_told_and_the_last_one_confirms(bits: int, told: list[str]) -> None:
    wire = packet(bytes([COMPONENT_STATE, 1]) + component(bits))
    outputs = [output for output in known().feed(wire, 0) if isinstance(output, Occurred)]
    assert [output.what for output in outputs] == told
    assert [output.confirm for output in outputs] == [*[b""] * (len(told) - 1), confirmation(decode(wire))]
    assert {output.detail["state"] for output in outputs} == {f"{bits:04X}"}


def test_two_components_in_one_frame_are_confirmed_together() -> None:
    wire = packet(bytes([COMPONENT_STATE, 2]) + component(2, "甲".encode("gb18030")) + component(4))
    first, second, counted = known().feed(wire, 0)
    assert isinstance(first, Occurred)
    assert isinstance(second, Occurred)
    assert (first.what, first.detail["description"], first.confirm) == ("fire", "甲", b"")
    assert (second.what, second.confirm) == ("fault", confirmation(decode(wire)))
    assert counted == counts(1, 1)


def test_the_header_says_when_it_was_told() -> None:
    assert (time_ms(decode(FIRE).time), time_ms(decode(CAPTURED).time)) == (FIRE_MS, CAPTURED_MS)
    assert fire(CORRIDOR, FIRE)[0] == Occurred("panel-1", "fire", CORRIDOR, confirmation(decode(FIRE)), FIRE_MS)


def test_a_system_on_fire_is_told_without_a_component() -> None:
    wire = packet(bytes([SYSTEM_STATE, 1, 1, 2]) + b"\x02\x00" + bytes(6))
    detail: dict[str, Value] = {"system": 1, "system_address": 2, "state": "0002"}
    assert known().feed(wire, 0) == fire(detail, wire)


def test_the_time_of_an_object_or_of_a_frame_may_be_anything() -> None:
    for time in (b"\xff" * 6, bytes(6), bytes.fromhex("25 11 03 01 06 0C")):
        wire = packet(bytes([COMPONENT_STATE, 1]) + component(2, time=time))
        wire = encode(replace(decode(wire), time=time))
        assert whats(known().feed(wire, 0)) == ["fire"]


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (
            bytes([COMPONENT_STATE, 2]) + component(2) + component(4)[:-1],
            ["fire", "fault"],
        ),  # its description is cut off, its state is not
        (bytes([COMPONENT_STATE, 2]) + component(2) + component(4)[:8], ["fire", "unreadable_state"]),  # its state is
        (bytes([COMPONENT_STATE, 1]) + component(2) + bytes(46), ["fire"]),  # padding
        (bytes([COMPONENT_STATE, 1]) + component(2)[:-1], ["fire"]),
        (bytes([COMPONENT_STATE, 1]) + component(2)[:9], ["fire"]),
        (bytes([COMPONENT_STATE, 1]) + component(2)[:8], ["unreadable_state"]),
        (bytes([COMPONENT_STATE, 0]) + component(2), ["unreadable_state"]),
        (bytes([SYSTEM_STATE, 1]), ["unreadable_state"]),
    ],
)
def test_what_is_not_whole_is_told_as_such_and_never_dropped(data: bytes, told: list[str]) -> None:
    outputs = known().feed(packet(data), 0)
    assert [output.what for output in outputs if isinstance(output, Occurred)] == told


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        (b"", ""),
        ("三楼".encode("gb18030"), "三楼"),
        ("三楼".encode("gb18030") + b"\0\xba\xc5", "三楼"),
        ("三楼".encode("gb18030")[:-1], "三\ufffd"),
        (b"\r\n A1 \x07", "A1"),
        (b"\xff" * 31, "\ufffd" * 31),
    ],
)
def test_a_description_is_what_can_be_read(text: bytes, shown: str) -> None:
    assert describe(text) == shown


def test_a_frame_sent_again_is_one_fire_and_is_confirmed_again() -> None:
    session = started()
    assert session.feed(FIRE, 0) == fire(CORRIDOR, FIRE)
    again = [Heard("panel-1", confirmation(decode(FIRE)))]
    assert session.feed(FIRE, 10) == again
    session.start(20)
    assert session.feed(FIRE, 20) == [counts(1, ms=FIRE_MS), *again]
    assert session.feed(FIRE, 20 + REPEAT_S)[0] == fire(CORRIDOR, FIRE)[0]  # a device whose clock stands still


def test_a_frame_that_comes_on_and_on_is_told_anew_each_minute() -> None:
    """A device whose number and clock stand still: somebody may have closed the alarm meanwhile."""
    session = started()
    outputs = [session.feed(FIRE, at) for at in range(0, 181, 20)]
    assert [20 * n for n, one in enumerate(outputs) if "fire" in whats(one)] == [0, 60, 120, 180]


def test_a_second_fire_of_a_device_whose_number_and_clock_stand_still_is_told() -> None:
    session = known()
    burning, normal = (packet(bytes([COMPONENT_STATE, 1]) + component(bits)) for bits in (2, 1))
    assert [whats(session.feed(wire, 1)) for wire in (burning, burning, normal, burning)] == [
        ["fire"],
        [],
        ["normal"],
        ["fire"],
    ]


def test_another_fire_of_the_same_component_is_another_fire() -> None:
    session = started()
    session.feed(FIRE, 0)
    later = encode(replace(decode(FIRE), sequence=b"\x15\x00"))
    assert session.feed(later, 1)[-1] == counts(2, ms=FIRE_MS)


def test_a_flood_of_frames_does_not_fill_the_memory() -> None:
    session = started()
    for sequence in range(500):
        session.feed(packet(b"\x1c\x01" + bytes(6), sequence=sequence), 0)
    assert len(session._repeats) <= 64


def test_half_a_frame_is_forgotten_when_the_port_is_reopened() -> None:
    session = started()
    session.feed(FIRE[:40], 0)
    session.start(1)
    assert session.feed(FIRE[40:], 1) == []
    assert session.feed(FIRE, 1) == fire(CORRIDOR, FIRE)


def test_a_fire_behind_a_stray_start_with_a_large_length_comes_out_after_silence() -> None:
    session = started()
    stray = START + bytes(22) + b"\x00\x04\x02"
    assert session.feed(stray + FIRE, 0) == []
    assert session.tick(GAP_S) == fire(CORRIDOR, FIRE)


@given(st.lists(st.binary(max_size=60) | st.sampled_from([START, FIRE[:50], CAPTURED, HANDSHAKE])))
def test_no_bytes_make_it_raise_or_grow_and_a_fire_after_them_is_found(pieces: list[bytes]) -> None:
    session = started()
    for piece in pieces:
        session.feed(piece, 0)
        assert session._decoder.waiting < 1054
    session.tick(GAP_S)
    occurred, *_ = [output for output in session.feed(FIRE, GAP_S) if isinstance(output, Occurred)]
    assert occurred.detail == CORRIDOR


@given(st.integers(0, 255), st.binary(max_size=200) | st.binary(max_size=150).map(lambda rest: b"\x02\x03" + rest))
def test_any_data_is_told_or_heard_and_confirmed_exactly_once(command: int, data: bytes) -> None:
    outputs = started().feed(packet(data, command=command), 0)
    confirms = [output.confirm for output in outputs if isinstance(output, Occurred | Heard) and output.confirm]
    assert len(confirms) == (command == 2)
    assert all(set(output.values) <= set(DRIVER.metrics) for output in outputs if isinstance(output, Measured))


@given(st.binary(max_size=300))
def test_any_data_has_objects_or_none(data: bytes) -> None:
    assert (objects(data) is not None) == (len(data) >= 2 and data[0] in SIZES)


# what else the panel and the transmission device tell


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (bytes([OPERATION, 1, 1, 2, 0b100, 9]), {"state": "04", "system": 1, "system_address": 2, "operator": 9}),
        (bytes([DEVICE_OPERATION, 1, 0b100, 9]), {"state": "04", "by": "transmission device", "operator": 9}),
        (bytes([DEVICE_STATE, 1, 0b11]), {"state": "03", "by": "transmission device"}),
    ],
    ids=["at the panel", "at the transmission device", "state of the transmission device"],
)
def test_a_manual_alarm_is_a_fire(data: bytes, told: dict[str, Value]) -> None:
    wire = packet(data + bytes(6))
    assert known().feed(wire, 0) == fire(told, wire)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (bytes([OPERATION, 1, 1, 1, 0x7F, 3]), ["panel_reset", "panel_silenced", "fire", "alarm_cleared", "self_test",
                                                "operator_test", "operator_confirmed"]),
        (bytes([DEVICE_OPERATION, 1, 0x03, 3]), ["panel_reset", "panel_silenced"]),
        (bytes([DEVICE_OPERATION, 1, 0x20, 3]), ["patrol_answered"]),
        (bytes([DEVICE_OPERATION, 1, 0x80, 3]), []),
        (bytes([SYSTEM_STATE, 1, 1, 1, 0x01, 0x06]), ["backup_power_fault", "bus_fault"]),
        (bytes([DEVICE_STATE, 1, 0x7C]), ["fault", "power_fault", "backup_power_fault", "channel_fault", "line_fault"]),
    ],
)  # fmt: skip
def test_each_bit_of_operations_and_states_is_told(data: bytes, expected: list[str]) -> None:
    assert whats(known().feed(packet(data + bytes(6)), 0)) == expected


def test_two_operations_in_one_frame_are_confirmed_with_the_last() -> None:
    wire = packet(bytes([DEVICE_OPERATION, 2, 1, 9]) + bytes(6) + bytes([2, 9]) + bytes(6))
    first, second = known().feed(wire, 0)
    assert isinstance(first, Occurred)
    assert isinstance(second, Occurred)
    assert (first.what, first.confirm) == ("panel_reset", b"")
    assert (second.what, second.confirm) == ("panel_silenced", confirmation(decode(wire)))


def test_a_device_that_repeats_its_state_as_a_sign_of_life_tells_only_what_is_new() -> None:
    session, told = known(), []
    for number, state in enumerate([0x01, 0x05, 0x05, 0x0D, 0x09, 0x01, 0x01]):
        data = bytes([DEVICE_STATE, 1, state]) + bytes(6)
        told.append(whats(session.feed(packet(data, sequence=number), number)))
    assert told == [[], ["fault"], [], ["power_fault"], [], ["normal"], []]


def test_the_devices_own_time_is_told_so_that_its_clock_can_be_judged() -> None:
    wire = encode(replace(decode(packet(bytes([DEVICE_TIME, 1]) + bytes(6))), time=decode(FIRE).time))
    assert known().feed(wire, 0) == [counts(0, ms=FIRE_MS), Heard("panel-1", confirmation(decode(wire)))]


@pytest.mark.parametrize("time", ["00 00 00 00 00 00", "3C 00 00 01 01 1A", "FF FF FF FF FF FF", "00 00 00 1E 02 1A"])
def test_a_clock_that_was_never_set_has_no_time(time: str) -> None:
    assert time_ms(bytes.fromhex(time)) is None


# detectors behind the panel


def test_a_detector_that_is_a_device_is_told_as_itself_and_counted_for_the_panel_too() -> None:
    session = known(PANEL, SMOKE_3F)
    assert session.feed(FIRE, 0) == fire(CORRIDOR, FIRE, "smoke-3f")
    assert session.feed(CAPTURED, 1) == [
        Occurred("panel-1", "fire", LOOP_1, confirmation(decode(CAPTURED)), CAPTURED_MS),
        counts(2, ms=CAPTURED_MS),
    ]


def test_all_counts_are_known_from_the_first_message_on() -> None:
    outputs = started(PANEL, SMOKE_3F).feed(HANDSHAKE, 0)
    assert [output.device for output in outputs if isinstance(output, Measured)] == ["panel-1", "smoke-3f"]


@pytest.mark.parametrize(
    ("bits", "told"),
    [
        (0x0000, ["detector_tested"]),
        (0x0001, ["normal"]),
        (0x0002, ["detector_tested", "fire"]),
        (0x0003, ["fire"]),
        (0x0004, ["fault"]),
        (0x0008, ["detector_tested", "shielded"]),
        (0x0100, ["power_fault"]),
    ],
)
def test_with_the_test_bit_a_test_is_told_and_a_faulty_detector_is_not_tested(bits: int, told: list[str]) -> None:
    session = known(DeviceSettings("panel-1", {"test_bit": True}), SMOKE_3F)
    outputs = session.feed(packet(bytes([COMPONENT_STATE, 1]) + component(bits)), 0)
    assert whats(outputs) == told
    assert {output.device for output in outputs if isinstance(output, Occurred)} == {"smoke-3f"}
    assert {"fire", "detector_tested"} == set(DRIVER.proven_by)


def test_without_the_option_the_test_bit_is_not_looked_at() -> None:
    wire = packet(bytes([COMPONENT_STATE, 1]) + component(0))
    assert whats(known(PANEL, SMOKE_3F).feed(wire, 0)) == ["normal"]


# silence


def test_a_panel_that_missed_three_signs_of_life_and_all_behind_it_are_silent() -> None:
    session = known(DeviceSettings("panel-1", {"heartbeat_min": 2}), SMOKE_3F)
    assert session.tick(359.9) == []
    silent = "nothing heard for 360 s"
    assert session.tick(360.0) == [Faulted("panel-1", silent), Faulted("smoke-3f", silent)]
    assert session.tick(361.0) == []
    back = session.feed(packet(bytes([DEVICE_STATE, 1, 1]) + bytes(6)), 400.0)
    assert back[:2] == [Heard("panel-1"), Heard("smoke-3f")]
    assert session.tick(759.9) == []


def test_without_the_option_nobody_is_ever_silent() -> None:
    assert known(PANEL, SMOKE_3F).tick(1e6) == []


# the patrol: is somebody on duty?


def asked(session: FirePanel, minutes: int = 10) -> Packet:
    (send,) = session.act("panel-1", "patrol", {"minutes": minutes}, 100.0)
    assert isinstance(send, Send)
    return decode(send.data)


def test_a_patrol_is_asked_for_and_answered() -> None:
    session = known()
    question = asked(session)
    heard = decode(HANDSHAKE)
    assert (question.command, question.data) == (CONTROL, bytes.fromhex("5B 01 0A"))
    assert (question.sender, question.receiver, question.time) == (heard.receiver, heard.sender, heard.time)
    assert whats(session.feed(packet(bytes([DEVICE_OPERATION, 1, 0x20, 3]) + bytes(6)), 200.0)) == ["patrol_answered"]
    assert session.tick(1e6) == []


def test_a_patrol_that_nobody_answers_is_told() -> None:
    session = known()
    asked(session, 2)
    assert session.tick(100 + 120 + PATROL_MORE_S - 0.1) == []
    assert session.tick(100 + 120 + PATROL_MORE_S) == [Occurred("panel-1", "patrol_unanswered", {"minutes": 2})]
    assert session.tick(1e6) == []


def test_a_patrol_that_the_device_refuses_is_told() -> None:
    session = known()
    question = asked(session)
    deny = packet(b"", sequence=int.from_bytes(question.sequence, "little"), command=DENY)
    assert whats(session.feed(deny, 101.0)) == ["patrol_refused"]
    assert session.tick(1e6) == []


@pytest.mark.parametrize(
    ("device", "action", "arguments", "says"),
    [
        ("smoke-3f", "patrol", {}, "only panel-1 can do this"),
        ("panel-1", "reset", {}, "patrol"),
        ("panel-1", "patrol", {"minutes": 0}, "whole number from 1 to 60"),
        ("panel-1", "patrol", {"minutes": True}, "whole number from 1 to 60"),
    ],
)
def test_an_action_that_is_wrong_says_what_to_write(
    device: str, action: str, arguments: dict[str, Value], says: str
) -> None:
    with pytest.raises(CannotAct, match=says):
        known(PANEL, SMOKE_3F).act(device, action, arguments, 0.0)


def test_a_patrol_needs_an_address_that_only_the_device_can_tell() -> None:
    with pytest.raises(CannotAct, match="has not been heard yet"):
        started().act("panel-1", "patrol", {}, 0.0)


# for technicians


def test_the_parts_of_a_frame_are_named() -> None:
    parts = {part.name: part for part in explain(FIRE, False)}
    assert parts["时间 time"].text == "2026-07-21 09:30:05"
    assert parts["命令 command"].text == "发送数据 send data"
    assert parts["类型 type"].text == "部件状态 component state"
    assert "fire" in parts["对象 object"].text
    assert "三楼东侧走廊" in parts["对象 object"].text
    assert (parts["校验 SUM"].start, parts["校验 SUM"].text) == (len(FIRE) - 3, "BE")
    assert explain(CONFIRMED, True)[7].text == "确认 confirm"


@given(st.binary(max_size=120).map(packet) | st.binary(max_size=80))
def test_any_frame_can_be_explained_and_the_parts_stand_in_order(wire: bytes) -> None:
    parts = explain(wire, False)
    assert [part.start for part in parts] == sorted(part.start for part in parts)
    assert all(0 <= part.start < part.end <= len(wire) for part in parts)


@pytest.mark.parametrize(
    ("devices", "says"),
    [
        ([DeviceSettings("a"), DeviceSettings("b")], r"the panel \(found: a, b\)"),
        ([SMOKE_3F], r"the panel \(found: none\)"),
        ([PANEL, DeviceSettings("s", {"component": "42"})], "s: option 'component' is '42'; write its type"),
        ([PANEL, DeviceSettings("s", {"component": "256-21000300"})], "write its type"),
        ([PANEL, DeviceSettings("s", {"component": 42})], "write its type"),
        ([PANEL, SMOKE_3F, DeviceSettings("s", {"component": "042-21000300"})], "s: .* already belongs to smoke-3f"),
        (
            [PANEL, DeviceSettings("s", {"component": "1-00000000", "heartbeat_min": 1})],
            "is the panel's; write it at panel-1",
        ),
        ([DeviceSettings("p", {"heartbeat_min": 0})], "p: option 'heartbeat_min' is 0"),
        ([DeviceSettings("p", {"test_bit": "yes"})], "p: option 'test_bit' is 'yes'; write true or false"),
        ([DeviceSettings("p", {"address": 1})], "no option 'address'"),
    ],
)
def test_a_wrong_option_is_answered_with_what_to_write(devices: list[DeviceSettings], says: str) -> None:
    with pytest.raises(BadOption, match=says):
        FirePanel(devices)
