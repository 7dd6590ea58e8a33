"""Frames are found in any chunking, behind any noise, and every byte is accounted for."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.node.frames import MAX_FRAME, MAX_PAYLOAD, Frame, FrameStream, encode
from firmware_bridge.session import Counters, Verdict
from tests.unit.firmware_bridge.node.golden import FRAMES

PING = Frame(0x02, 2)
PING_WIRE = FRAMES["ping"]


class Watched:
    def __init__(self) -> None:
        self.traced: list[tuple[Verdict, bytes]] = []
        self.counters = Counters(trace=lambda verdict, data: self.traced.append((verdict, data)))
        self.stream = FrameStream(self.counters)


def test_a_ping_is_the_golden_one() -> None:
    assert encode(PING) == PING_WIRE


def test_whole_byte_by_byte_and_two_in_one_read() -> None:
    assert Watched().stream.feed(PING_WIRE) == [PING]
    slow = Watched().stream
    assert [frame for byte in PING_WIRE for frame in slow.feed(bytes([byte]))] == [PING]
    assert Watched().stream.feed(PING_WIRE * 2) == [PING, PING]


def test_one_00_between_two_frames_will_do() -> None:
    assert Watched().stream.feed(PING_WIRE[:-1] + PING_WIRE) == [PING, PING]


def test_noise_before_a_frame_does_no_harm_because_the_frame_begins_with_00() -> None:
    watched = Watched()
    assert watched.stream.feed(b"\xff\x13\x07" + PING_WIRE) == [PING]
    assert watched.traced == [("skipped", b"\xff\x13\x07\x00"), ("frame", PING_WIRE[1:])]


def test_a_wrong_bit_is_a_checksum_error() -> None:
    watched = Watched()
    wrong = PING_WIRE[:3] + b"\x03" + PING_WIRE[4:]
    assert watched.stream.feed(wrong + PING_WIRE) == [PING]
    assert watched.traced == [("crc_error", wrong), ("frame", PING_WIRE)]


def test_the_longest_frame_passes_and_a_longer_one_is_skipped_once() -> None:
    longest = Frame(0x11, 9, b"\x01" * MAX_PAYLOAD)
    assert len(encode(longest)) == MAX_FRAME
    watched = Watched()
    assert watched.stream.feed(encode(longest) + b"\x01" * 5000 + b"\x00" + PING_WIRE) == [longest, PING]
    assert watched.counters == Counters(frames=2, resyncs=1, trace=watched.counters.trace)


def test_after_clear_the_rest_of_a_frame_is_noise() -> None:
    watched = Watched()
    watched.stream.feed(PING_WIRE[:4])
    watched.stream.clear()
    assert watched.stream.feed(PING_WIRE[4:] + PING_WIRE) == [PING]
    assert watched.counters.frames == 1


@pytest.mark.parametrize("short", [b"\x01", b"\x06\x02\x02\x51\x11\xe1"])
def test_what_is_too_short_for_a_frame_is_skipped(short: bytes) -> None:
    watched = Watched()
    assert watched.stream.feed(short + b"\x00") == []
    assert watched.counters.resyncs == 1


@given(st.integers(0, 255), st.integers(0, 255), st.binary(max_size=MAX_PAYLOAD))
def test_any_frame_comes_back(kind: int, sequence: int, payload: bytes) -> None:
    wire = encode(Frame(kind, sequence, payload))
    assert len(wire) <= MAX_FRAME
    assert Watched().stream.feed(wire) == [Frame(kind, sequence, payload)]


PIECES = st.lists(st.binary(max_size=700) | st.just(b"\x00") | st.sampled_from(list(FRAMES.values())), max_size=8)


@given(PIECES)
def test_no_bytes_make_it_raise_or_grow_and_the_next_frame_is_found(pieces: list[bytes]) -> None:
    watched = Watched()
    for piece in pieces:
        watched.stream.feed(piece)
        assert watched.stream.waiting < MAX_FRAME
    assert watched.stream.feed(PING_WIRE)[-1:] == [PING]


@given(PIECES, st.integers(1, 50))
def test_every_byte_but_idle_00_is_traced_once_and_in_order(pieces: list[bytes], size: int) -> None:
    watched, sent = Watched(), b"".join(pieces) + b"\x00"
    for at in range(0, len(sent), size):
        watched.stream.feed(sent[at : at + size])
    traced = b"".join(data for _, data in watched.traced)
    assert traced.replace(b"\x00", b"") == sent.replace(b"\x00", b"")
