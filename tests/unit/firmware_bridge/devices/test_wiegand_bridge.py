"""A card's 26 bits become its numbers only when both parities are right. Golden bits: P2."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge import wiegand
from firmware_bridge.devices.wiegand_bridge import GAP_S, WiegandBridge, decode, encode, explain
from firmware_bridge.session import BadOption, DeviceSettings, Measured, Occurred
from firmware_bridge.wiegand import Card
from tests.unit.firmware_bridge.golden import VECTORS

GOLDEN = VECTORS["wiegand26"]
CARD = Card(GOLDEN["facility"], GOLDEN["card"])
BYTES = int(GOLDEN["bits"].ljust(32, "0"), 2).to_bytes(4)
LINE = b"26:BDD93740\r\n"
PRESENTED = Occurred("gate-1", "card_presented", {"facility_code": 123, "card": 45678})

cards = st.builds(Card, st.integers(0, 255), st.integers(0, 65535))


def count(cards: int) -> Measured:
    return Measured("gate-1", {"Reader/Cards Read": cards})


def started() -> WiegandBridge:
    session = WiegandBridge([DeviceSettings("gate-1")])
    assert session.start(0.0) == [count(0)]
    return session


def test_the_golden_bits_both_ways() -> None:
    assert wiegand.encode(CARD) == BYTES
    assert wiegand.decode(BYTES) == CARD
    assert encode(CARD) == LINE
    assert decode(LINE) == CARD


@given(cards)
def test_every_card_comes_back(card: Card) -> None:
    assert wiegand.decode(wiegand.encode(card)) == card


@given(cards, st.integers(0, 25))
def test_a_single_wrong_bit_is_always_found(card: Card, bit: int) -> None:
    wrong = int.from_bytes(wiegand.encode(card)) ^ 1 << (31 - bit)
    assert wiegand.decode(wrong.to_bytes(4)) is None


@pytest.mark.parametrize("data", [b"", BYTES[:3], BYTES + b"\0", BYTES[:3] + bytes([BYTES[3] | 1])])
def test_what_is_not_26_bits_left_aligned_is_no_card(data: bytes) -> None:
    assert wiegand.decode(data) is None


def test_a_card_is_told_whole_byte_by_byte_behind_noise_and_twice() -> None:
    assert started().feed(LINE, 0.0) == [PRESENTED, count(1)]
    session = started()
    assert [output for byte in LINE for output in session.feed(bytes([byte]), 0.0)] == [PRESENTED, count(1)]
    noisy = started()
    assert noisy.feed(b"\xff\x00" + LINE + LINE.lower(), 0.0) == [PRESENTED, count(1), PRESENTED, count(2)]
    assert (noisy.counters.frames, noisy.counters.resyncs) == (2, 1)


def test_a_wrong_parity_is_counted_and_not_told() -> None:
    session = started()
    assert session.feed(b"26:3DD93740\r\n26:BDD93700\r\n", 0.0) == []
    assert (session.counters.frames, session.counters.crc_errors) == (0, 2)


@pytest.mark.parametrize("line", [b"4:50\r\n", b"8:C5\r\n", b"34:0123456780\r\n", b"hello\r\n", b"\r\n", b"26:XYZ\r\n"])
def test_keys_and_other_lengths_are_passed_over(line: bytes) -> None:
    session = started()
    assert session.feed(line, 0.0) == []
    assert (session.counters.frames, session.counters.crc_errors, session.counters.resyncs) == (0, 0, 1)


def test_half_a_line_is_forgotten_after_silence_and_at_a_reopening() -> None:
    session = started()
    session.feed(LINE[:8], 0.0)
    session.tick(GAP_S)
    assert session.feed(LINE[8:], GAP_S) == []
    session.feed(LINE[:8], 2.0)
    session.start(3.0)
    assert session.feed(LINE, 3.0) == [PRESENTED, count(1)]


def test_it_never_guards_a_restricted_door() -> None:
    with pytest.raises(
        BadOption, match=r"gate-1: Wiegand has no authentication.*use a reader with driver 'reader_osdp'"
    ):
        WiegandBridge([DeviceSettings("gate-1", {"restricted": True})])
    WiegandBridge([DeviceSettings("gate-1", {"restricted": False})])
    with pytest.raises(BadOption, match="write false"):
        WiegandBridge([DeviceSettings("gate-1", {"restricted": "no"})])


def test_a_port_carries_one_bridge() -> None:
    with pytest.raises(BadOption, match="a, b"):
        WiegandBridge([DeviceSettings("a"), DeviceSettings("b")])
    with pytest.raises(BadOption, match="there is no option 'x'"):
        WiegandBridge([DeviceSettings("gate-1", {"x": 1})])


def test_a_technician_sees_the_parity_and_not_the_number() -> None:
    parts = explain(LINE, False)
    assert [LINE[part.start : part.end] for part in parts] == [b"26", b":", b"BDD93740", b"\r\n"]
    assert [part.text for part in parts] == ["26", ":", "(hidden) parity ok", "0D 0A"]


@given(st.binary(max_size=60))
def test_any_bytes_are_explained_in_order_and_inside(frame: bytes) -> None:
    parts = explain(frame, False)
    ends = [0, *(part.end for part in parts)]
    assert all(end <= part.start <= part.end <= len(frame) for end, part in zip(ends, parts, strict=False))


@given(st.lists(st.binary(max_size=60) | st.sampled_from([LINE, LINE[:7], b"26:"])))
def test_no_bytes_make_it_raise_or_grow(chunks: list[bytes]) -> None:
    session = started()
    for second, chunk in enumerate(chunks):
        session.feed(chunk, second / 10)
        session.tick(second / 10)
        assert session._lines.waiting <= 40
