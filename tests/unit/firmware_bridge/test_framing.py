"""The decoder finds every good frame, whatever surrounds it, and never keeps more than one frame's worth of bytes."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.session import Counters

# | 7E 7D | length of payload | payload | low byte of the payload's sum |
HEADER, MAX_PAYLOAD, GAP_S = b"\x7e\x7d", 32, 0.2


def frame(payload: bytes) -> bytes:
    return HEADER + bytes([len(payload)]) + payload + bytes([sum(payload) & 0xFF])


def length(buffer: bytearray) -> int | None:
    if len(buffer) < 3:
        return None
    return buffer[2] + 4 if buffer[2] <= MAX_PAYLOAD else IMPOSSIBLE


def valid(candidate: bytes) -> bool:
    return sum(candidate[3:-1]) & 0xFF == candidate[-1]


def decoder(header: bytes = HEADER) -> FrameDecoder:
    return FrameDecoder(header, length, valid, max_length=MAX_PAYLOAD + 4, gap_s=GAP_S, counters=Counters())


HELLO = frame(b"hello")
BAD = HELLO[:-1] + bytes([HELLO[-1] ^ 1])


@pytest.mark.parametrize("arriving", [HELLO, b"\x00\xff" + HELLO, HEADER[:1] + HELLO, BAD + HELLO])
def test_a_frame_is_found_whole_and_byte_by_byte(arriving: bytes) -> None:
    assert decoder().feed(arriving, 0) == [HELLO]
    slow = decoder()
    assert [found for byte in arriving for found in slow.feed(bytes([byte]), 0)] == [HELLO]


def test_two_frames_in_one_read_both_come_out() -> None:
    assert decoder().feed(HELLO + frame(b"again"), 0) == [HELLO, frame(b"again")]


def test_a_wrong_checksum_is_counted_and_the_frame_after_it_found() -> None:
    line = FrameDecoder(HEADER, length, valid, max_length=36, gap_s=GAP_S, counters=(counters := Counters()))
    assert line.feed(BAD + HELLO, 0) == [HELLO]
    assert counters == Counters(frames=1, crc_errors=1, resyncs=1)


def test_a_run_of_skipped_bytes_counts_once_however_it_arrives() -> None:
    line = FrameDecoder(HEADER, length, valid, max_length=36, gap_s=GAP_S, counters=(counters := Counters()))
    for piece in (b"noise", b"more noise", HELLO, b"\x00", HELLO, HELLO):
        line.feed(piece, 0)
    assert counters == Counters(frames=3, crc_errors=0, resyncs=2)


def test_a_frame_inside_a_corrupted_one_is_found() -> None:
    outer = bytearray(frame(HELLO + b"tail"))
    outer[-1] ^= 1
    assert decoder().feed(bytes(outer), 0) == [HELLO]


def test_an_impossible_length_costs_one_byte_only() -> None:
    assert decoder().feed(HEADER + b"\xff" + HELLO, 0) == [HELLO]


def test_a_frame_behind_a_stray_header_with_a_large_length_comes_out_after_silence() -> None:
    line = decoder()
    assert line.feed(HEADER + b"\x20" + HELLO, 1.0) == []
    assert line.expire(1.0 + GAP_S / 2) == []
    assert line.expire(1.0 + GAP_S) == [HELLO]
    assert line.waiting == 0


def test_a_slow_reader_does_not_tear_a_frame_in_two() -> None:
    line = decoder()
    assert line.feed(HELLO[:4], 0) == []
    assert line.feed(HELLO[4:], 10 * GAP_S) == [HELLO]


def test_cleared_bytes_never_complete_a_frame() -> None:
    line = decoder()
    line.feed(HELLO[:4], 0)
    line.clear()
    assert line.feed(HELLO[4:], 0) == []


def test_a_length_that_never_gets_known_does_not_fill_the_memory() -> None:
    line = FrameDecoder(b"", lambda _: None, valid, max_length=8, gap_s=GAP_S, counters=Counters())
    assert line.feed(bytes(1000), 0) == []
    assert line.waiting < 8


noise = st.lists(st.binary(max_size=20) | st.just(HEADER) | st.just(HEADER + b"\x20"), max_size=20).map(b"".join)


@given(noise, st.integers(1, 7), st.sampled_from([HEADER, b""]))
def test_any_bytes_in_any_chunking_give_the_same_frames_and_stay_bounded(data: bytes, size: int, header: bytes) -> None:
    whole, pieces = decoder(header), decoder(header)
    found = []
    for at in range(0, len(data), size):
        found += pieces.feed(data[at : at + size], 0)
        assert pieces.waiting < MAX_PAYLOAD + 4
    assert found == whole.feed(data, 0)


@given(noise, st.binary(max_size=MAX_PAYLOAD))
def test_a_frame_after_noise_and_silence_is_always_found(data: bytes, payload: bytes) -> None:
    line = decoder()
    line.feed(data, 0)
    line.expire(GAP_S)
    assert line.feed(frame(payload), GAP_S) == [frame(payload)]


@pytest.mark.parametrize("pattern", [b"\x00", HEADER, HEADER + b"\x20", HEADER[:1]])
def test_a_flood_of_a_megabyte_leaves_less_than_a_frame_behind(pattern: bytes) -> None:
    line = decoder()
    line.feed(pattern * (1_000_000 // len(pattern)), 0)
    assert line.waiting < MAX_PAYLOAD + 4
    line.expire(GAP_S)
    assert line.feed(HELLO, GAP_S) == [HELLO]
