"""Worked by hand from the bits on the line: start 0, least significant bit first, stop 1."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.uart_speed import misread


@given(st.binary(max_size=64), st.sampled_from([300, 9600, 115200]))
def test_at_the_same_speed_nothing_changes(data: bytes, baud: int) -> None:
    assert misread(data, baud, baud) == data


@given(st.binary(max_size=64), st.integers(970, 1030))
def test_three_per_cent_of_difference_are_borne(data: bytes, thousandths: int) -> None:
    for byte in data:  # one by one: each begins with a fresh start bit on an idle line
        assert misread(bytes([byte]), 9600 * thousandths // 1000, 9600) == bytes([byte])


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        # line 0 1111 1111 1, each bit read twice: start, then 0 as bit 0, the rest and the stop bit are 1
        (b"\xff", b"\xfe"),
        # 0 0000 0000 1: twenty half bits, eighteen of them low: a break, read once
        (b"\x00", b"\x00"),
        # 0 1010 1010 1 twice each: start 0, 0 11 00 11 0 as bits 0-7 of which bit 8 (stop) is 0, up again at the next 1
        (b"\x55", b"\x66\xe6"),
    ],
)
def test_read_twice_as_fast(sent: bytes, read: bytes) -> None:
    assert misread(sent, 9600, 19200) == read


def test_read_half_as_fast_two_bytes_become_one() -> None:
    # 0 1111 1111 1 | 0 1111 1111 1: the middle of the slow start bit is the edge after the fast one: no start at all
    assert misread(b"\xff\xff", 19200, 9600) == b""
    # 0 0000 0000 1 | 0 0000 0000 1, sampled at 1, 3, … 19: the first stop bit becomes data bit 3, the second the stop
    assert misread(b"\x00\x00", 19200, 9600) == b"\x08"


def test_much_faster_every_fall_is_one_byte() -> None:
    assert misread(b"\x55", 300, 4_000_000) == b"\x00" * 5


@given(st.binary(max_size=64), st.integers(300, 4_000_000), st.integers(300, 4_000_000))
def test_any_speeds_are_borne_and_no_more_bytes_than_falls(data: bytes, sent: int, read: int) -> None:
    assert len(misread(data, sent, read)) <= 5 * len(data)
