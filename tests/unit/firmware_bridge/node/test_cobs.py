"""COBS as published, and back."""

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from firmware_bridge.node.cobs import Malformed, decode, decode_with_places, encode

UP_TO_FE = bytes(range(1, 255))

PUBLISHED = [
    # Cheshire and Baker 1999, figure 3
    (bytes.fromhex("45 00 00 2C 4C 79 00 00 40 06 4F 37"), bytes.fromhex("02 45 01 04 2C 4C 79 01 05 40 06 4F 37")),
    # the examples that go round since, with the limits of a block
    (b"", b"\x01"),
    (b"\x00", b"\x01\x01"),
    (b"\x00\x00", b"\x01\x01\x01"),
    (b"\x00\x11\x00", b"\x01\x02\x11\x01"),
    (b"\x11\x22\x00\x33", b"\x03\x11\x22\x02\x33"),
    (b"\x11\x22\x33\x44", b"\x05\x11\x22\x33\x44"),
    (b"\x11\x00\x00\x00", b"\x02\x11\x01\x01\x01"),
    (UP_TO_FE, b"\xff" + UP_TO_FE),
    (b"\x00" + UP_TO_FE, b"\x01\xff" + UP_TO_FE),
    (UP_TO_FE + b"\xff", b"\xff" + UP_TO_FE + b"\x02\xff"),
    (bytes(range(2, 256)) + b"\x00", b"\xff" + bytes(range(2, 256)) + b"\x01\x01"),
    (bytes(range(3, 256)) + b"\x00\x01", b"\xfe" + bytes(range(3, 256)) + b"\x02\x01"),
]


@pytest.mark.parametrize(("data", "encoded"), PUBLISHED)
def test_the_published_examples_both_ways(data: bytes, encoded: bytes) -> None:
    assert encode(data) == encoded
    assert decode(encoded) == data


RUNS = st.lists(st.binary(max_size=40) | st.integers(250, 258).map(lambda n: b"\x01" * n), max_size=4).map(b"\x00".join)


@given(RUNS)
@example(b"\x01" * 508)
def test_whatever_is_encoded_has_no_00_little_overhead_and_comes_back(data: bytes) -> None:
    encoded = encode(data)
    assert 0 not in encoded
    assert len(data) < len(encoded) <= len(data) + max(1, -(-len(data) // 254))
    assert decode(encoded) == data


@given(RUNS)
def test_every_byte_of_the_data_has_its_place_on_the_wire(data: bytes) -> None:
    encoded = encode(data)
    _, places = decode_with_places(encoded)
    assert len(places) == len(data)
    assert all(encoded[at] == byte for byte, at in zip(data, places, strict=True) if byte)
    assert list(places) == sorted(places)


def test_an_encoder_that_ends_a_full_block_with_an_empty_one_is_understood() -> None:
    assert decode(b"\xff" + UP_TO_FE + b"\x01") == UP_TO_FE


@pytest.mark.parametrize("broken", [b"", b"\x00", b"\x05\x11", b"\x03\x11\x00", b"\x02\x11\x00", b"\xff\x01"])
def test_what_no_encoder_made_is_refused(broken: bytes) -> None:
    with pytest.raises(Malformed):
        decode(broken)


@given(st.binary(max_size=600))
def test_no_bytes_make_it_fail_otherwise(noise: bytes) -> None:
    try:
        data = decode(noise)
    except Malformed:
        return
    assert len(data) < len(noise)
