"""A wristband that passes an antenna is told once, with the reader's own time where that makes sense."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.tag_reader_uhf import (
    AGAIN_AFTER_S,
    GAP_S,
    REMEMBERED,
    Tag,
    TagReader,
    decode,
    encode,
    explain,
)
from firmware_bridge.session import BadOption, DeviceSettings, Heard, Measured, Occurred

EPC = "E2801160600002084AE5BD5A"
AT_MS = 1_784_597_400_000
LINE = f"{EPC},-54.5,1,2026-07-21T09:30:00+08:00\r\n".encode()
READ = Occurred("gate-1", "tag_read", {"epc": EPC, "rssi": -54.5, "antenna": 1}, device_time_ms=AT_MS)
HEARD = Heard("gate-1")


def count(reads: int) -> Measured:
    return Measured("gate-1", {"Tag/Reads": reads})


def started(**options: Any) -> TagReader:
    session = TagReader([DeviceSettings("gate-1", options)])
    assert session.start(0.0) == [count(0)]
    return session


def test_a_line_is_read_and_written() -> None:
    assert decode(LINE) == Tag(EPC, -54.5, 1, AT_MS)
    assert decode(encode(Tag(EPC, -54.5, 1, AT_MS))) == Tag(EPC, -54.5, 1, AT_MS)
    assert decode(LINE.lower().replace(b"t", b"T")) == Tag(EPC, -54.5, 1, AT_MS)


@pytest.mark.parametrize(
    ("time", "expected"),
    [
        ("1784597400000", AT_MS),
        ("2026-07-21 09:30:00", AT_MS),  # of a reader that names no zone: China's
        ("2026-07-21T01:30:00Z", AT_MS),
        ("", None),
        ("12345", None),
        ("0000000000000", None),
        ("tomorrow", None),
    ],
)
def test_the_time_may_be_one_of_several_forms_and_garbage_is_left_out(time: str, expected: int | None) -> None:
    assert decode(f"{EPC},-54.5,1,{time}\r\n".encode()) == Tag(EPC, -54.5, 1, expected)


def test_a_tag_is_told_whole_byte_by_byte_and_twice_in_one_read() -> None:
    assert started().feed(LINE, 0.0) == [READ, count(1)]
    session = started()
    assert [output for byte in LINE for output in session.feed(bytes([byte]), 0.0)] == [READ, count(1)]
    assert started().feed(LINE + LINE, 0.0) == [READ, count(1), HEARD]


def test_noise_on_its_own_line_is_passed_over_and_counted() -> None:
    session = started()
    assert session.feed(b"\xff\x00noise\r\n" + LINE, 0.0) == [READ, count(1)]
    assert (session.counters.frames, session.counters.resyncs) == (1, 1)


def test_a_tag_that_lies_in_the_field_is_one_pass_until_it_was_away() -> None:
    session = started()
    assert session.feed(LINE, 0.0) == [READ, count(1)]
    for turn in range(1, 10):
        assert session.feed(LINE, turn * 4.9) == [HEARD]
    assert session.feed(LINE, 9 * 4.9 + AGAIN_AFTER_S) == [READ, count(2)]


def test_another_antenna_or_another_tag_is_another_pass() -> None:
    session = started()
    for i, line in enumerate((LINE, LINE.replace(b",1,", b",2,"), LINE.replace(b"5A,", b"5B,"))):
        assert session.feed(line, 0.0)[1] == count(i + 1)


def test_how_long_it_must_be_away_is_an_option() -> None:
    session = started(again_after_s=60)
    session.feed(LINE, 0.0)
    assert session.feed(LINE, 59.0) == [HEARD]


@pytest.mark.parametrize("digits", [22, 25, 64])
def test_an_epc_of_an_impossible_length_is_none(digits: int) -> None:
    assert decode(f"{'E' * digits},-54.5,1,\r\n".encode()) is None


@pytest.mark.parametrize(
    "line", [b"\r\n", f"{EPC},-54.5,1\r\n".encode(), f"{EPC},weak,1,\r\n".encode(), f"{EPC},-1e9,1,\r\n".encode()]
)
def test_a_broken_line_is_skipped(line: bytes) -> None:
    session = started()
    assert session.feed(line, 0.0) == []
    assert (session.counters.frames, session.counters.resyncs) == (0, 1)


def test_half_a_line_is_forgotten_after_silence_and_at_a_reopening() -> None:
    session = started()
    session.feed(LINE[:20], 0.0)
    session.tick(GAP_S)
    assert session.feed(LINE, GAP_S) == [READ, count(1)]
    session.feed(LINE[:20], 2.0)
    assert session.start(20.0) == [count(1)]
    assert session.feed(LINE, 20.0) == [READ, count(2)]


def test_the_memory_is_bounded() -> None:
    session = started()
    for number in range(REMEMBERED + 100):
        session.feed(encode(Tag(f"{number:024X}", -50, 1)), 0.0)
    assert len(session._heard_at) == REMEMBERED


def test_wrong_options() -> None:
    with pytest.raises(BadOption, match="a, b"):
        TagReader([DeviceSettings("a"), DeviceSettings("b")])
    with pytest.raises(BadOption, match="again_after_s' is 0; write a number from 1 to 3600"):
        started(again_after_s=0)
    with pytest.raises(BadOption, match="there is no option 'power'"):
        started(power=30)


def test_a_technician_sees_the_fields() -> None:
    parts = explain(LINE, False)
    assert [LINE[part.start : part.end].decode() for part in parts] == LINE.decode().strip().split(",")
    assert [part.text for part in parts] == [EPC, "-54.5 dBm", "1", str(AT_MS)]


@given(st.binary(max_size=60) | st.sampled_from([LINE, LINE[:-1], f"{EPC},-5,1,\n".encode()]))
def test_any_bytes_are_explained_in_order_and_inside(frame: bytes) -> None:
    parts = explain(frame, False)
    ends = [0, *(part.end for part in parts)]
    assert all(end <= part.start <= part.end <= len(frame) for end, part in zip(ends, parts, strict=False))


@given(st.lists(st.binary(max_size=60) | st.sampled_from([LINE, LINE[:30]])))
def test_no_bytes_make_it_raise_or_grow(chunks: list[bytes]) -> None:
    session = started()
    for second, chunk in enumerate(chunks):
        session.feed(chunk, second / 10)
        session.tick(second / 10)
        assert session._lines.waiting <= 160
