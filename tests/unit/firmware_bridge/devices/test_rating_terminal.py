"""A key is a score, once for each press. Golden bytes: 0x31 to 0x35 are 1 to 5 (domain, section 2.1)."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.rating_terminal import DRIVER, ONE_PRESS_S, RatingTerminal, decode, explain
from firmware_bridge.session import BadOption, Counters, DeviceSettings, Heard, Measured, Occurred, Output, Part

KEYS = {0x31: 1, 0x32: 2, 0x33: 3, 0x34: 4, 0x35: 5}


def started() -> RatingTerminal:
    session = RatingTerminal([DeviceSettings("window-1-rating")])
    assert session.start(0.0) == []
    return session


def rated(score: int, given: int) -> list[Output]:
    return [
        Occurred("window-1-rating", "rated", {"score": score}),
        Measured("window-1-rating", {"Rating/Given": given, "Rating/Last Score": score}),
    ]


def test_the_five_keys_and_no_other_byte() -> None:
    assert {byte: decode(byte) for byte in range(256) if decode(byte)} == KEYS


@pytest.mark.parametrize(("byte", "score"), KEYS.items())
def test_a_key_is_told_and_counted(byte: int, score: int) -> None:
    assert started().feed(bytes([byte]), 1.0) == rated(score, 1)


def test_two_keys_in_one_read_and_noise_before() -> None:
    session = started()
    assert session.feed(b"\x00\xff\x305" + b"\x0d\x0a" + b"1", 1.0) == [*rated(5, 1), *rated(1, 2)]
    assert session.counters == Counters(frames=2, resyncs=2)


def test_a_key_that_is_held_or_drummed_on_counts_once() -> None:
    session = started()
    assert session.feed(b"555", 0.0) == rated(5, 1)
    assert session.feed(b"5", 1.9) == []
    assert session.feed(b"5", 3.8) == []
    assert session.counters.frames == 5
    assert session.feed(b"5", 3.8 + ONE_PRESS_S) == rated(5, 2)


def test_another_key_is_another_rating() -> None:
    session = started()
    session.feed(b"4", 0.0)
    assert session.feed(b"5", 0.5) == rated(5, 2)
    assert session.feed(b"4", 1.0) == []


def test_the_count_outlives_a_lost_port() -> None:
    session = started()
    session.feed(b"4", 0.0)
    session.start(0.5)
    assert session.feed(b"4", 0.6) == rated(4, 2)


def test_silence_says_nothing() -> None:
    session = started()
    assert session.tick(3600.0) == []
    assert DRIVER.silence_s is None


@given(st.lists(st.binary(max_size=40)))
def test_no_bytes_make_it_raise_or_grow(pieces: list[bytes]) -> None:
    session = started()
    outputs = [output for i, piece in enumerate(pieces) for output in session.feed(piece, i / 2)]
    assert not any(isinstance(output, Heard) for output in outputs)
    assert session.counters.frames == sum(byte in KEYS for piece in pieces for byte in piece)
    assert len(session._pressed_at) <= len(KEYS)
    explain(b"".join(pieces), False)


def test_a_frame_is_explained() -> None:
    assert explain(b"5", False) == [Part(0, 1, "评分 score", "5")]
    assert explain(b"\x00", False) == [Part(0, 1, "评分 score", "未知 unknown")]


def test_a_port_carries_one_terminal_without_options() -> None:
    with pytest.raises(BadOption, match="a, b"):
        RatingTerminal([DeviceSettings("a"), DeviceSettings("b")])
    with pytest.raises(BadOption, match="there is no option 'keys'"):
        RatingTerminal([DeviceSettings("a", {"keys": 5})])
