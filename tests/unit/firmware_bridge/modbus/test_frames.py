"""Requests and answers, on a serial line and on TCP. Golden bytes: P9, the standard's examples, Sensirion's SCD30."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.modbus.frames import (
    RTU,
    TCP,
    Answer,
    Framing,
    Read,
    ReadFunction,
    crc16,
)
from firmware_bridge.session import Counters
from tests.unit.firmware_bridge.golden import MODBUS
from tests.unit.firmware_bridge.modbus.wire import corrupted, rtu, tcp

COILS, INPUTS, HOLDING, INPUT_REGISTERS = ReadFunction
HUMIDITY_FIRST = Read(HOLDING, 0, 2)


@pytest.mark.parametrize(
    ("unit", "read", "golden"),
    [
        (1, HUMIDITY_FIRST, MODBUS["req_th"].hex()),
        (1, Read(INPUT_REGISTERS, 1, 2), "01 04 00 01 00 02 20 0B"),
        (2, Read(INPUTS, 0, 8), "02 02 00 00 00 08 79 FF"),
        (0x61, Read(HOLDING, 0x28, 6), "61 03 00 28 00 06 4C 60"),
    ],
)
def test_rtu_requests_are_the_golden_bytes(unit: int, read: Read, golden: str) -> None:
    assert RTU.request(unit, read, 77) == bytes.fromhex(golden)


@pytest.mark.parametrize(
    ("golden", "answer"),
    [
        (MODBUS["rsp_th"].hex(), Answer(1, 3, bytes.fromhex("0292 FF9B"))),
        (MODBUS["freezer"].hex(), Answer(0x11, 3, bytes.fromhex("02C8 FF49"))),
        ("11 03 04 02 C8 00 1A EA 7F", Answer(0x11, 3, bytes.fromhex("02C8 001A"))),
        ("02 02 01 05 61 CF", Answer(2, 2, b"\x05")),
        (MODBUS["exception"].hex(), Answer(1, 3, exception=2)),
        (
            "61 03 0C 43 DB 8C 2E 41 D9 E7 FF 42 43 3A 1B 50 07",
            Answer(0x61, 3, bytes.fromhex("43DB8C2E 41D9E7FF 42433A1B")),
        ),
    ],
)
def test_rtu_answers_are_found_in_the_golden_bytes(golden: str, answer: Answer) -> None:
    frame = bytes.fromhex(golden)
    for pieces in ([frame], [bytes([byte]) for byte in frame], [b"\xff\x00" + frame], [corrupted(frame) + frame]):
        decoder = RTU.decoder(12, Counters())
        assert [RTU.answer(found) for piece in pieces for found in decoder.feed(piece, 0.0)] == [answer]
    assert [RTU.answer(found) for found in RTU.decoder(12, Counters()).feed(frame * 2, 0.0)] == [answer] * 2


def test_a_tcp_request_is_the_standards_example() -> None:
    """Messaging on TCP/IP, 3.1.2 and its annex: read one holding register, transaction 0x1501, unit 0xFF."""
    assert TCP.request(0xFF, Read(HOLDING, 4, 1), 0x1501) == bytes.fromhex("1501 0000 0006 FF 03 0004 0001")


@pytest.mark.parametrize(
    ("golden", "answer"),
    [
        ("1501 0000 0005 FF 03 02 000A", Answer(0xFF, 3, b"\x00\x0a", transaction=0x1501)),
        ("0007 0000 0004 01 02 01 05", Answer(1, 2, b"\x05", transaction=7)),
        ("FFFF 0000 0003 01 83 02", Answer(1, 3, exception=2, transaction=0xFFFF)),
    ],
)
def test_tcp_answers_are_found_in_the_bytes(golden: str, answer: Answer) -> None:
    frame = bytes.fromhex(golden)
    for pieces in ([frame], [bytes([byte]) for byte in frame], [b"\xff\x00" + frame]):
        decoder = TCP.decoder(12, Counters())
        assert [TCP.answer(found) for piece in pieces for found in decoder.feed(piece, 0.0)] == [answer]
    assert [TCP.answer(found) for found in TCP.decoder(12, Counters()).feed(frame * 2, 0.0)] == [answer] * 2


@pytest.mark.parametrize(
    "frame",
    [
        "0001 0001 0005 FF 03 02 000A",  # another protocol
        "0001 0000 0006 FF 03 02 000A",  # the lengths disagree
        "0001 0000 0006 FF 05 0000 FF00",  # no answer to a read
        "0001 0000 0006 FF 03 0004 0001",  # an echoed request
    ],
)
def test_what_is_no_answer_to_a_read_is_skipped_on_tcp(frame: str) -> None:
    counters = Counters()
    decoder = TCP.decoder(12, counters)
    good = tcp(9, "01 03 02 0001")
    assert decoder.feed(bytes.fromhex(frame), 0.0) == []
    assert (decoder.feed(good, 0.1) + decoder.expire(5.0))[-1:] == [good]
    assert counters.frames == 1


@pytest.mark.parametrize(
    "frame",
    [
        rtu("02 05 0000 FF00"),  # the answer to a write
        rtu("01 03 0000 0002"),  # an echoed request
        rtu("00 03 02 0001"),  # a broadcast is never answered
        rtu("F8 03 02 0001"),  # reserved
        rtu("01 03 0E" + "00" * 14),  # longer than anything that was asked
    ],
)
def test_what_is_no_answer_to_a_read_is_skipped_on_a_serial_line(frame: bytes) -> None:
    counters = Counters()
    decoder = RTU.decoder(12, counters)
    assert decoder.feed(frame, 0.0) + decoder.expire(1.0) == []
    assert counters.frames == 0


@pytest.mark.parametrize("function", [0, 5, 6, 15, 16, 22, 23, 0x83])
def test_there_is_no_read_with_another_function(function: int) -> None:
    with pytest.raises(ValueError, match="not a valid ReadFunction"):
        Read(function, 0, 1)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("function", "first", "count"),
    [(HOLDING, 0, 0), (HOLDING, 0, 126), (COILS, 0, 2001), (HOLDING, 0xFFFF, 2), (INPUTS, -1, 1)],
)
def test_a_read_that_no_unit_could_answer_is_refused(function: ReadFunction, first: int, count: int) -> None:
    with pytest.raises(ValueError, match="cannot read"):
        Read(function, first, count)


@pytest.mark.parametrize(("count", "size"), [(1, 1), (8, 1), (9, 2), (2000, 250)])
def test_bits_are_answered_eight_to_a_byte(count: int, size: int) -> None:
    assert Read(COILS, 0, count).answer_bytes == size


def test_the_checksum_of_the_standard_example() -> None:
    assert crc16(b"123456789") == (0x4B37).to_bytes(2, "little")


@given(
    st.sampled_from([RTU, TCP]),
    st.lists(st.binary(max_size=20) | st.sampled_from([MODBUS["rsp_th"], b"\x00\x01\x00\x00\x00\x05\x01\x03\x02\x00"])),
)
def test_any_bytes_are_survived_and_few_are_kept(framing: Framing, pieces: list[bytes]) -> None:
    decoder = framing.decoder(4, Counters())
    for piece in pieces:
        for frame in decoder.feed(piece, 0.0):
            framing.answer(frame)
        assert decoder.waiting < 4 + 9
