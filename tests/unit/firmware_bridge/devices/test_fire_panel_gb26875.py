"""A fire is told once, with where it is, and confirmed once it is stored; clocks may lie. Golden bytes: P12."""

from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.fire_panel_gb26875 import (
    COMPONENT_STATE,
    CONDITIONS,
    DRIVER,
    GAP_S,
    REPEAT_S,
    START,
    SYSTEM_STATE,
    FirePanel,
    Packet,
    confirmation,
    decode,
    describe,
    encode,
    states,
)
from firmware_bridge.session import BadOption, Counters, DeviceSettings, Heard, Measured, Occurred, Output, Value
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


def started() -> FirePanel:
    session = FirePanel([DeviceSettings("panel-1")])
    assert session.start(0.0) == []
    return session


def known() -> FirePanel:
    """Its counts have been reported already."""
    session = started()
    session.feed(HANDSHAKE, 0.0)
    return session


def counts(alarms: int, faults: int = 0) -> Output:
    return Measured("panel-1", {"Fire/Alarms": alarms, "Fire/Faults": faults})


def fire(detail: dict[str, Value], wire: bytes) -> list[Output]:
    return [Occurred("panel-1", "fire", detail, confirmation(decode(wire))), counts(1)]


def packet(data: bytes, *, sequence: int = 7, command: int = 2) -> bytes:
    plain = Packet(sequence.to_bytes(2, "little"), b"\x01\x00", bytes(6), b"\1" * 6, b"\2" * 6, command, data)
    return encode(plain)


def component(bits: int, description: bytes = b"", time: bytes = bytes(6)) -> bytes:
    return bytes.fromhex("01 01 2A 21 00 03 00") + bits.to_bytes(2, "little") + description.ljust(31, b"\0") + time


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
    [b"\x1c\x01" + bytes(6), b"\x15\x01\x01" + bytes(6), b"\x5b\x01\x0a", b"\x5a\x01" + bytes(6), b"", b"\x02"],
    ids=["device time", "device state", "patrol", "clock", "empty", "type only"],
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
        (0x01FE, list(CONDITIONS.values())),
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


def test_a_system_on_fire_is_told_without_a_component() -> None:
    wire = packet(bytes([SYSTEM_STATE, 1, 1, 2]) + b"\x02\x00" + bytes(6))
    detail: dict[str, Value] = {"system": 1, "system_address": 2, "state": "0002"}
    assert known().feed(wire, 0) == fire(detail, wire)


def test_the_time_of_an_object_or_of_a_frame_may_be_anything() -> None:
    for time in (b"\xff" * 6, bytes(6), bytes.fromhex("25 11 03 01 06 0C")):
        wire = packet(bytes([COMPONENT_STATE, 1]) + component(2, time=time))
        wire = encode(replace(decode(wire), time=time))
        assert known().feed(wire, 0)[-1] == counts(1)


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (bytes([COMPONENT_STATE, 2]) + component(2) + component(4)[:-1], ["fire"]),  # half an object
        (bytes([COMPONENT_STATE, 1]) + component(2) + bytes(46), ["fire"]),  # padding
        (bytes([COMPONENT_STATE, 1]) + component(2)[:-1], ["unreadable_state"]),
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
    assert session.feed(FIRE, 20) == [counts(1), *again]
    assert session.feed(FIRE, 20 + REPEAT_S)[0] == fire(CORRIDOR, FIRE)[0]  # a device whose clock stands still


def test_another_fire_of_the_same_component_is_another_fire() -> None:
    session = started()
    session.feed(FIRE, 0)
    later = encode(replace(decode(FIRE), sequence=b"\x15\x00"))
    assert session.feed(later, 1)[-1] == counts(2)


def test_a_flood_of_frames_does_not_fill_the_memory() -> None:
    session = started()
    for sequence in range(500):
        session.feed(packet(b"\x1c\x01" + bytes(6), sequence=sequence), 0)
    assert len(session._heard_at) <= 64


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
def test_any_data_has_states_or_none(data: bytes) -> None:
    assert (states(data) is not None) == (len(data) >= 2 and data[0] in (SYSTEM_STATE, COMPONENT_STATE))


def test_a_port_carries_one_panel() -> None:
    with pytest.raises(BadOption, match="a, b"):
        FirePanel([DeviceSettings("a"), DeviceSettings("b")])
