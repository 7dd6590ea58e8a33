"""UUIDv7 against RFC 9562's sample (appendix A.6), and the table of divisions."""

import uuid

import pytest

from contract.identifiers.area import AREAS, TEST_AREAS
from contract.identifiers.uuid7 import uuid7


def test_rfc_9562_sample():
    made = uuid7(0x017F22E279B0, bytes.fromhex("0cc318c4dc0c0c07398f"))
    assert made == uuid.UUID("017F22E2-79B0-7CC3-98C4-DC0C0C07398F")


def test_version_and_variant_win_over_the_random_bits():
    for random_bytes in (bytes(10), b"\xff" * 10):
        made = uuid7(1_700_000_000_000, random_bytes)
        assert (made.version, made.variant) == (7, uuid.RFC_4122)


def test_a_later_millisecond_sorts_later():
    assert str(uuid7(1000, b"\xff" * 10)) < str(uuid7(1001, bytes(10)))


@pytest.mark.parametrize(("now_ms", "random_bytes"), [(-1, bytes(10)), (1 << 48, bytes(10)), (0, bytes(9))])
def test_what_does_not_fit_is_refused(now_ms, random_bytes):
    with pytest.raises(ValueError, match=r"uuid7|48 bits"):
        uuid7(now_ms, random_bytes)


def test_the_seven_divisions_of_quzhou():
    assert [(area.code, area.zh, area.en) for area in AREAS.values()] == [
        ("330800", "衢州市", "Quzhou"),
        ("330802", "柯城区", "Kecheng"),
        ("330803", "衢江区", "Qujiang"),
        ("330822", "常山县", "Changshan"),
        ("330824", "开化县", "Kaihua"),
        ("330825", "龙游县", "Longyou"),
        ("330881", "江山市", "Jiangshan"),
    ]
    assert not TEST_AREAS & AREAS.keys()
