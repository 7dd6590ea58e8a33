"""Only the city opens what was sealed for it, and only as part of the record it was sealed with."""

import base64

import pytest
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contract.sealing import CannotOpen, open_sealed, seal

CITY = X25519PrivateKey.from_private_bytes(bytes(range(32)))
PUBLIC, PRIVATE = CITY.public_key().public_bytes_raw(), CITY.private_bytes_raw()
FIELDS = {"name": "测试甲", "phone": "000-12345678"}


def test_the_city_reads_what_was_sealed() -> None:
    assert open_sealed(PRIVATE, "case/1", seal(PUBLIC, "case/1", FIELDS)) == FIELDS


def test_the_same_fields_look_different_each_time_and_show_nothing() -> None:
    first, second = seal(PUBLIC, "case/1", FIELDS), seal(PUBLIC, "case/1", FIELDS)
    assert first != second
    assert FIELDS["name"].encode() not in base64.b64decode(first)


def test_it_opens_with_no_other_record_and_no_other_key() -> None:
    sealed = seal(PUBLIC, "case/1", FIELDS)
    with pytest.raises(CannotOpen, match="another key or record, or it was changed"):
        open_sealed(PRIVATE, "case/2", sealed)
    with pytest.raises(CannotOpen):
        open_sealed(bytes(range(1, 33)), "case/1", sealed)


@given(st.integers(min_value=0), st.integers(min_value=1, max_value=255))
def test_one_changed_byte_and_it_does_not_open(place: int, change: int) -> None:
    data = bytearray(base64.b64decode(seal(PUBLIC, "case/1", FIELDS)))
    data[place % len(data)] ^= change
    with pytest.raises(CannotOpen):
        open_sealed(PRIVATE, "case/1", base64.b64encode(data).decode())


@given(st.text())
def test_whatever_else_comes_is_refused(text: str) -> None:
    with pytest.raises(CannotOpen):
        open_sealed(PRIVATE, "case/1", text)
