"""Which reference data a box believes."""

import base64
from dataclasses import replace

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from contract.reference import decode, encode
from edge.adapters.city_signature import CitySignature
from tests.unit.edge.snapshots import KEY, price_list, signed, slots

OTHER = Ed25519PrivateKey.from_private_bytes(bytes(32))


@pytest.fixture
def city() -> CitySignature:
    return CitySignature(base64.b64encode(KEY.public_key().public_bytes_raw()).decode())


def test_a_box_without_a_key_takes_what_comes() -> None:
    anybody = CitySignature("")
    assert anybody.trusts(decode(encode(price_list())))
    assert anybody.trusts(decode(signed(price_list(), OTHER)))


def test_a_price_list_must_be_signed_by_the_city(city: CitySignature) -> None:
    assert city.trusts(decode(signed(price_list())))
    assert not city.trusts(decode(encode(price_list())))
    assert not city.trusts(decode(signed(price_list(), OTHER)))
    assert not city.trusts(replace(decode(signed(price_list(fen=1))), sha256=decode(encode(price_list())).sha256))


def test_other_data_may_be_unsigned_but_not_wrongly_signed(city: CitySignature) -> None:
    assert city.trusts(decode(encode(slots())))
    assert city.trusts(decode(signed(slots())))
    assert not city.trusts(decode(signed(slots(), OTHER)))
