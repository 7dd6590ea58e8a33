"""A value is one only after five good seconds, and never without a finger. Golden bytes: P11b."""

from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.oximeter_cms50d import (
    ASK,
    ASK_S,
    DRIVER,
    GAP_S,
    PAUSE_S,
    STABLE_S,
    Oximeter,
    Packet,
    decode,
    decode_46,
    encode,
    encode_46,
    explain,
)
from firmware_bridge.session import BadOption, Counters, DeviceSettings, Measured, Output, Send, Value
from tests.unit.firmware_bridge.golden import VECTORS

GOLDEN = VECTORS["cms50_v45"]
WIRE = bytes.fromhex(GOLDEN["packet"])
FAST = bytes.fromhex("87 2A 45 02 61")  # 130 a minute
GOOD = Packet(97, 72)


def started() -> Oximeter:
    session = Oximeter([DeviceSettings("room-1")])
    assert session.start(0.0) == []
    return session


def finger(*, is_in: bool) -> Output:
    return Measured("room-1", {"Oximeter/Finger In": is_in})


def reading(oxygen: int, pulse: int) -> Output:
    values: dict[str, Value] = {
        "Oximeter/Finger In": True,
        "Oximeter/Oxygen Saturation": oxygen,
        "Oximeter/Pulse Rate": pulse,
    }
    return Measured("room-1", values)


IN, OUT = finger(is_in=True), finger(is_in=False)


def after(packets: Callable[[float], Packet | None], seconds: float) -> dict[float, Output]:
    """Outputs by their time, of 10 packets a second."""
    session = started()
    told = {}
    for tenth in range(round(seconds * 10) + 1):
        packet = packets(tenth / 10)
        if packet is not None:
            told |= dict.fromkeys([tenth / 10], session.feed(encode(packet), tenth / 10))
    return {at: outputs[0] for at, outputs in told.items() if outputs}


def test_golden_packets() -> None:
    assert decode(WIRE) == Packet(GOLDEN["spo2"], GOLDEN["pulse"], signal=7, wave=42, bar=5)
    assert decode(FAST) == Packet(97, 130, signal=7, wave=42, bar=5)
    assert encode(decode(WIRE)) == WIRE
    assert encode(decode(FAST)) == FAST


@pytest.mark.parametrize("wire", [WIRE, FAST])
def test_golden_bytes(wire: bytes) -> None:
    expected = [reading(97, decode(wire).pulse)]

    def stable() -> Oximeter:
        session = started()
        for second in range(10):
            session.feed(wire, second / 2)
        assert session.counters.frames == 10
        return session

    assert stable().feed(wire, 5.0) == expected  # whole
    slow = stable()
    assert [output for byte in wire for output in slow.feed(bytes([byte]), 5.0)] == expected  # byte by byte
    noisy = stable()
    assert noisy.feed(b"\x2a\x05" + wire + wire, 5.0) == expected  # noise before, two in one read
    assert noisy.counters == Counters(frames=12, resyncs=1)
    session = stable()
    assert session.feed(wire[:3] + wire, 5.0) == expected  # two bytes lost, then good
    assert session.counters == Counters(frames=11, crc_errors=1, resyncs=1)


def test_values_come_after_five_good_seconds_and_then_once_a_second() -> None:
    assert after(lambda _: GOOD, 7) == {
        **dict.fromkeys([0.0, 1.0, 2.0, 3.0, 4.0], IN),
        **dict.fromkeys([5.0, 6.0, 7.0], reading(97, 72)),
    }


@pytest.mark.parametrize(
    "bad",
    [
        Packet(97, 72, searching=True),
        Packet(97, 72, probe_error=True),
        Packet(0, 72),
        Packet(101, 72),
        Packet(127, 72),
        Packet(97, 0),
        Packet(97, 255),
    ],
)
def test_one_bad_packet_begins_the_five_seconds_anew(bad: Packet) -> None:
    told = after(lambda at: bad if at == 4.5 else GOOD, 12)
    assert [at for at, output in told.items() if output != IN] == [10.0, 11.0, 12.0]


def test_a_finger_taken_out_is_told_at_once_and_has_no_value() -> None:
    told = after(lambda at: Packet(97, 72, finger_out=True) if 6.3 <= at < 8 else GOOD, 14)
    assert [at for at, output in told.items() if output == OUT] == [6.3, 7.3]
    assert [at for at, output in told.items() if output == reading(97, 72)] == [5.0, 6.0, 13.0, 14.0]


def test_falling_oxygen_does_not_silence_the_values() -> None:
    """A change is what matters most: only bad packets and pauses begin the five seconds anew."""
    told = after(lambda at: Packet(97 - round(at), 72), 20)
    assert told[20.0] == reading(77, 72)


def test_a_pause_begins_the_five_seconds_anew() -> None:
    told = after(lambda at: None if 5.5 < at < 5.5 + PAUSE_S else GOOD, 13)
    assert [at for at, output in told.items() if output != IN] == [5.0, 11.5, 12.5]


def test_a_reopened_port_begins_anew_and_half_a_packet_is_forgotten() -> None:
    session = started()
    for second in range(12):
        session.feed(WIRE, second / 2)
    session.feed(WIRE[:3], 5.6)
    session.start(5.7)
    assert session.feed(WIRE[3:], 5.8) == []
    assert session.feed(WIRE, 5.8) == [IN]


@given(st.lists(st.binary(max_size=20) | st.sampled_from([WIRE, FAST, WIRE[:2]])))
def test_no_bytes_make_it_raise_or_grow_and_packets_after_them_are_read(pieces: list[bytes]) -> None:
    session = started()
    for piece in pieces:
        session.feed(piece, 0)
        assert session._decoder.waiting < 5
    session.tick(GAP_S)
    told = [output for half in range(4, 15) for output in session.feed(WIRE, half / 2)]
    assert told[-1] == reading(97, 72)
    assert told[0] == IN


BITS = st.integers(0, 127)


@given(st.builds(Packet, BITS, st.integers(0, 255), st.integers(0, 15), BITS, st.integers(0, 15), *[st.booleans()] * 3))
def test_any_packet_survives_the_wire(packet: Packet) -> None:
    assert decode(encode(packet)) == packet


def test_the_line_has_odd_parity_and_silence_is_longer_than_a_measurement() -> None:
    assert (DRIVER.line.baud, DRIVER.line.parity) == (19200, "O")
    assert DRIVER.silence_s is not None
    assert DRIVER.silence_s > STABLE_S


def test_a_port_carries_one_oximeter() -> None:
    with pytest.raises(BadOption, match="a, b"):
        Oximeter([DeviceSettings("a"), DeviceSettings("b")])


# firmware 4.6

WIRE_46 = bytes.fromhex("01 80 87 AA 85 C8 E1 80 80")  # 97 %, 72 a minute
FAST_46 = bytes.fromhex("01 88 87 AA 85 82 E1 80 80")  # 130: the pulse's top bit stands in the second byte


def started_46() -> Oximeter:
    session = Oximeter([DeviceSettings("room-1", {"firmware": "4.6"})])
    assert session.start(0.0) == [Send(ASK)]
    return session


def test_packets_of_firmware_4_6() -> None:
    assert bytes.fromhex("7D 81 A1 80 80 80 80 80 80") == ASK
    assert decode_46(WIRE_46) == Packet(97, 72, signal=7, wave=42, bar=5)
    assert decode_46(FAST_46) == Packet(97, 130, signal=7, wave=42, bar=5)
    assert encode_46(decode_46(WIRE_46)) == WIRE_46
    assert encode_46(decode_46(FAST_46)) == FAST_46
    assert decode_46(bytes.fromhex("01 81 87 AA 85 FF FF 80 80")).finger_out
    assert decode_46(bytes.fromhex("01 82 87 AA 85 FF FF 80 80")).searching
    assert decode_46(bytes.fromhex("01 80 97 AA 85 FF FF 80 80")).probe_error


@pytest.mark.parametrize("wire", [WIRE_46, FAST_46])
def test_golden_bytes_of_firmware_4_6(wire: bytes) -> None:
    expected = [reading(97, decode_46(wire).pulse)]

    def stable() -> Oximeter:
        session = started_46()
        for second in range(10):
            session.feed(wire, second / 2)
        return session

    assert stable().feed(wire, 5.0) == expected  # whole
    slow = stable()
    assert [output for byte in wire for output in slow.feed(bytes([byte]), 5.0)] == expected  # byte by byte
    assert stable().feed(b"\x05\x01\xaa" + wire + wire, 5.0) == expected  # noise before, two in one read
    session = stable()
    assert session.feed(wire[:4] + wire, 5.0) == expected  # five bytes lost, then good
    assert session.counters == Counters(frames=11, crc_errors=1, resyncs=1)


@pytest.mark.parametrize("wire", ["01 81 87 AA 85 C8 E1 80 80", "01 98 87 AA 85 FF E5 80 80"])
def test_without_a_finger_or_with_impossible_numbers_there_is_no_value(wire: str) -> None:
    session, told = started_46(), []
    for half in range(30):
        told += session.feed(bytes.fromhex(wire), half / 2)
    assert all(set(output.values) == {"Oximeter/Finger In"} for output in told if isinstance(output, Measured))


def test_firmware_4_6_is_asked_again_before_it_falls_silent_and_4_5_is_not() -> None:
    session = started_46()
    assert [second for second in range(1, 40) if session.tick(float(second)) == [Send(ASK)]] == [ASK_S, 2 * ASK_S]
    assert [started().tick(float(second)) for second in range(1, 40)] == [[]] * 39


@given(st.builds(Packet, st.integers(0, 255), st.integers(0, 255), st.integers(0, 15), BITS, st.integers(0, 15),
                 *[st.booleans()] * 3))  # fmt: skip
def test_any_packet_survives_the_wire_of_firmware_4_6(packet: Packet) -> None:
    assert decode_46(encode_46(packet)) == packet


@given(st.lists(st.binary(max_size=20) | st.sampled_from([WIRE_46, FAST_46, WIRE_46[:3], WIRE])))
def test_no_bytes_make_firmware_4_6_raise_or_grow(pieces: list[bytes]) -> None:
    session = started_46()
    for piece in pieces:
        session.feed(piece, 0)
        assert session._decoder.waiting < 9
    session.tick(GAP_S)
    told = [output for half in range(4, 15) for output in session.feed(WIRE_46, half / 2)]
    assert told[-1] == reading(97, 72)


def test_the_parts_of_packets_are_named() -> None:
    for wire in (WIRE, WIRE_46):
        parts = {part.name: part.text for part in explain(wire, False)}
        assert (parts["脉率 pulse"], parts["血氧 oxygen"]) == ("72 /min", "97 %")
    assert explain(ASK, True)[0].text == "请求实时数据 send live data"
    assert "手指离开 finger out" in explain(encode(Packet(97, 72, finger_out=True)), False)[0].text


@given(st.binary(max_size=12), st.booleans())
def test_any_bytes_can_be_explained(frame: bytes, sent: bool) -> None:
    assert all(0 <= part.start < part.end <= len(frame) for part in explain(frame, sent))


def test_a_wrong_firmware_is_answered_with_what_to_write() -> None:
    with pytest.raises(BadOption, match=r"'firmware' is '4\.7'; write one of .4\.5., .4\.6."):
        Oximeter([DeviceSettings("room-1", {"firmware": "4.7"})])
    with pytest.raises(BadOption, match=r"'firmware' is 4\.6"):
        Oximeter([DeviceSettings("room-1", {"firmware": 4.6})])
