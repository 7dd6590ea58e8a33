"""A code is told once and whole, and the acknowledgement is never part of it. Golden bytes: P3."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.qr_scanner_gm65 import (
    ANSWER,
    ANSWER_S,
    COMMAND,
    DRIVER,
    GAP_S,
    ONE_SCAN_S,
    PAUSE_S,
    SAVE,
    SCAN_S,
    SET_CR,
    TRIGGER,
    QrScanner,
    crc16,
    decode,
    encode,
    explain,
)
from firmware_bridge.session import (
    BadOption,
    CannotAct,
    Counters,
    DeviceSettings,
    Heard,
    Measured,
    Occurred,
    Output,
    Part,
    Send,
)
from tests.unit.firmware_bridge.golden import VECTORS

GOLDEN = {name: bytes.fromhex(wire) for name, wire in VECTORS["gm65"].items()}
ACK = GOLDEN["ack"]
LOOK = Send(GOLDEN["trigger"])
HEARD = Heard("kiosk-1")


def started() -> QrScanner:
    session = QrScanner([DeviceSettings("kiosk-1")])
    assert session.start(0.0) == [LOOK]
    return session


def known() -> QrScanner:
    """Its count has been reported already."""
    session = started()
    assert session.feed(ACK, 0.0) == [Measured("kiosk-1", {"Scanner/Codes Read": 0})]
    return session


def scanned(text: str, codes: int = 1) -> list[Output]:
    return [Occurred("kiosk-1", "code_scanned", {"text": text}), Measured("kiosk-1", {"Scanner/Codes Read": codes})]


def test_golden_commands() -> None:
    assert GOLDEN["trigger"] == TRIGGER
    assert encode(COMMAND, bytes.fromhex("09 01 00 00 00")) == GOLDEN["save"]
    assert encode(ANSWER, bytes.fromhex("00 01 00")) == ACK
    assert crc16(bytes.fromhex("08 01 00 D9 55")) == b"\xd1\x76"
    assert encode(COMMAND, bytes.fromhex("08 01 00 60 41")) == bytes.fromhex("7E 00 08 01 00 60 41 27 56")  # TAB
    assert (SET_CR[:7], SAVE) == (bytes.fromhex("7E 00 08 01 00 60 01"), GOLDEN["save"])
    assert crc16(b"123456789") == b"\x31\xc3"  # the check value of CRC-16/XMODEM


@pytest.mark.parametrize("end", [b"\r", b"\r\n", b"\t"], ids=["CR", "CR LF", "TAB"])
def test_golden_bytes(end: bytes) -> None:
    wire = ACK + "衢州民政A012".encode("gbk") + end
    expected = [HEARD, *scanned("衢州民政A012")]
    assert known().feed(wire, 0) == expected  # whole, acknowledgement and text in one read
    slow = known()
    assert [output for byte in wire for output in slow.feed(bytes([byte]), 0)] == expected  # byte by byte
    noisy = known()
    assert noisy.feed(b"\x00\xff\x02" + wire + wire, 0) == [*expected, HEARD, HEARD]  # noise before, two in one read
    assert noisy.counters == Counters(frames=5, resyncs=1)
    session = known()
    assert session.feed(wire[:6] + b"\x30" + wire[7:] + wire, 0) == expected  # a bad acknowledgement, then good
    assert session.counters == Counters(frames=3, crc_errors=1)


def test_a_code_is_looked_for_again_after_a_code_or_when_none_was_found() -> None:
    session = known()
    assert session.tick(SCAN_S - 0.1) == []
    assert session.tick(SCAN_S) == [LOOK]
    session.feed(b"A012\r", 7.0)
    assert session.tick(7.0 + PAUSE_S - 0.1) == []
    assert session.tick(7.0 + PAUSE_S) == [LOOK]
    assert session.tick(7.0 + PAUSE_S + SCAN_S) == [LOOK]


def test_a_code_held_there_is_told_once() -> None:
    session = known()
    assert session.feed(b"A012\r", 10.0) == scanned("A012")
    assert session.feed(b"A012\r", 11.5) == [HEARD]
    assert session.feed(b"A012\r", 14.0) == [HEARD]
    assert session.feed(b"A013\r", 14.5) == scanned("A013", 2)
    assert session.feed(b"A013\r", 14.5 + ONE_SCAN_S) == scanned("A013", 3)


def test_an_acknowledgement_may_stand_for_any_checksum_and_hold_an_end() -> None:
    assert known().feed(b"\x02\x00\x00\x01\x00\xab\xcd", 0) == [HEARD]
    with_end = encode(ANSWER, b"\x00\x01\x0d")
    slow = known()
    assert [output for byte in with_end for output in slow.feed(bytes([byte]), 0)] == [HEARD]


def test_empty_lines_are_nothing() -> None:
    session = known()
    assert session.feed(b"\r\n\r\n\t  \r", 0) == []
    assert session.counters == Counters(frames=1)


@pytest.mark.parametrize(
    "line", [b"TK\xff123", b"TK\x00123", b"\x02TK123", b"\x7fTK", "三".encode("gbk")[:1], "三".encode()]
)
def test_a_spoilt_line_is_dropped_whole(line: bytes) -> None:
    session = known()
    assert session.feed(line + b"\rA012\r", 0) == scanned("A012")
    assert session.counters == Counters(frames=2, crc_errors=1)


@pytest.mark.parametrize(
    ("line", "text"),
    [
        (b"https://example.org/a?b=1&c=2", "https://example.org/a?b=1&c=2"),
        ("民政　大厅".encode("gbk"), "民政　大厅"),
        (b" A012 ", "A012"),
        (b"\x81\x7fA", None),
    ],
)
def test_a_line_is_gbk(line: bytes, text: str | None) -> None:
    assert decode(line) == text


def test_a_line_without_its_end_is_dropped_after_silence() -> None:
    session = known()
    assert session.feed(b"A0", 1.0) == []
    assert session.tick(1.0 + GAP_S / 2) == []
    assert session.feed(b"12", 1.6) == []
    session.tick(1.6 + GAP_S)
    assert session.counters.resyncs == 1
    assert session.feed(b"B345\r", 3.0) == scanned("B345")


def test_a_line_that_is_too_long_is_dropped_to_its_end() -> None:
    session = known()
    for _ in range(30):
        assert session.feed(b"x" * 100, 0) == []
    assert session.feed(b"tail\rA012\r", 0) == scanned("A012")
    at_once = known()
    assert at_once.feed(b"x" * 1025 + b"\rA012\r", 0) == scanned("A012")
    assert at_once.counters == Counters(frames=2, resyncs=1)
    assert at_once.feed(b"x" * 1024 + b"\r", 0) == scanned("x" * 1024, 2)


def test_a_reopened_port_looks_again_and_forgets_half_a_line() -> None:
    session = known()
    session.feed(b"A0", 1.0)
    assert session.start(1.5) == [LOOK]
    assert session.feed(b"B345\r", 1.6) == scanned("B345")


@given(st.lists(st.binary(max_size=40) | st.sampled_from([ACK, ACK[:4], b"A012\r", b"\r", b"x" * 900])))
def test_no_bytes_make_it_raise_or_grow_and_a_code_after_them_is_found(pieces: list[bytes]) -> None:
    session = started()
    for piece in pieces:
        session.feed(piece, 0)
        assert len(session._buffer) <= 1024
    session.tick(GAP_S)
    occurred, _ = session.feed(b"A012\r", 20.0)
    assert occurred == Occurred("kiosk-1", "code_scanned", {"text": "A012"})


@given(st.text(st.characters(codec="gbk", exclude_categories=("C", "Z")), min_size=1, max_size=100))
def test_any_text_comes_out_as_it_was(text: str) -> None:
    assert known().feed(ACK + text.encode("gbk") + b"\r\n", 0) == [HEARD, *scanned(text)]


def test_a_port_carries_one_scanner() -> None:
    with pytest.raises(BadOption, match="a, b"):
        QrScanner([DeviceSettings("a"), DeviceSettings("b")])


def test_a_look_can_be_asked_for() -> None:
    session = known()
    assert session.act("kiosk-1", "trigger", {}, 2.0) == [LOOK]
    assert session.tick(2.0 + SCAN_S - 0.1) == []
    assert session.tick(2.0 + SCAN_S) == [LOOK]


def test_the_end_is_set_and_kept() -> None:
    session = known()
    assert session.act("kiosk-1", "set_ends_cr", {}, 1.0) == [Send(SET_CR)]
    assert session.feed(ACK, 1.1) == [HEARD, Send(GOLDEN["save"])]
    assert session.feed(ACK, 1.2) == [HEARD, Occurred("kiosk-1", "ends_set", {"end": "CR"})]
    assert session.feed(ACK, 1.3) == [HEARD]


def test_the_end_is_set_only_when_no_other_acknowledgement_is_due() -> None:
    session = started()
    assert session.act("kiosk-1", "set_ends_cr", {}, 0.1) == []
    assert session.feed(ACK, 0.2)[-1] == Send(SET_CR)
    unanswered = started()
    unanswered.act("kiosk-1", "set_ends_cr", {}, 0.1)
    assert unanswered.tick(ANSWER_S) == [Send(SET_CR)]


def test_a_module_that_does_not_acknowledge_has_not_set_its_end() -> None:
    session = known()
    session.act("kiosk-1", "set_ends_cr", {}, 5.5)
    assert session.tick(SCAN_S) == []
    not_set = Occurred("kiosk-1", "ends_not_set", {"meaning": "no answer"})
    assert session.tick(5.5 + ANSWER_S) == [not_set, LOOK]
    assert session.feed(ACK, 6.6) == [HEARD]


def test_a_reopened_port_forgets_what_was_to_be_set() -> None:
    session = started()
    session.act("kiosk-1", "set_ends_cr", {}, 0.1)
    session.start(0.5)
    assert session.feed(ACK, 0.6) == [Measured("kiosk-1", {"Scanner/Codes Read": 0})]


def test_a_wrong_action_says_what_to_write() -> None:
    session = known()
    with pytest.raises(CannotAct, match="trigger or set_ends_cr"):
        session.act("kiosk-1", "beep", {}, 1.0)
    with pytest.raises(CannotAct, match="kiosk-1"):
        session.act("kiosk-2", "trigger", {}, 1.0)
    with pytest.raises(CannotAct, match="remove end"):
        session.act("kiosk-1", "set_ends_cr", {"end": "CR"}, 1.0)
    session.act("kiosk-1", "set_ends_cr", {}, 1.0)
    for action in DRIVER.actions:
        with pytest.raises(CannotAct, match="try again"):
            session.act("kiosk-1", action, {}, 1.0)


def test_a_frame_is_explained_and_a_text_is_not() -> None:
    assert Part(4, 6, "地址 address", "00 60") in explain(SET_CR, True)
    assert Part(4, 5, "值 value", "00") in explain(ACK, False)
    assert explain(b"A012\r", False) == [Part(0, 5, "文本 text", "(hidden) 5 B")]
    assert DRIVER.private


@given(st.binary(max_size=12), st.booleans())
def test_every_byte_is_explained_once(frame: bytes, sent: bool) -> None:
    parts = explain(frame, sent)
    assert [part.start for part in parts] == [0, *(part.end for part in parts)][: len(parts)]
    assert not frame or parts[-1].end == len(frame)


@given(st.lists(st.binary(max_size=40) | st.sampled_from([ACK, b"A012\r\n", b"\r", b"x" * 1100])))
def test_the_fate_of_every_byte_is_told(pieces: list[bytes]) -> None:
    session, told = started(), bytearray()
    session.counters.trace = lambda _verdict, data: told.extend(data)
    for piece in pieces:
        session.feed(piece, 0.0)
    session.tick(GAP_S)
    assert bytes(told) == b"".join(pieces)
