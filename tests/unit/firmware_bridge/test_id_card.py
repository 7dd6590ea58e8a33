"""Each kind of card is cut at its own places, in every length a read can have. Golden bytes: P1."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.id_card_reader import HEADER, IdCardReader, encode
from firmware_bridge.id_card import Card, CardRead, is_expired, parse_added_address, parse_read, parse_text
from firmware_bridge.session import DeviceSettings
from tests.unit.firmware_bridge.golden import SAM_CARD, SAM_READ

TEXT, PHOTO = SAM_READ[14:270], SAM_READ[270:-1]
TODAY = date(2026, 7, 21)


def block(*fields: tuple[str, int]) -> bytes:
    """Fields as (text, bytes), filled up with spaces as a card does."""
    return b"".join(
        text.encode("utf-16-le") + b" \0" * ((size - len(text.encode("utf-16-le"))) // 2) for text, size in fields
    )


FOREIGN = block(
    ("TEST, SAMPLE", 120),
    ("2", 2),
    ("ZZZ330899010101", 30),
    ("ZZZ", 6),
    ("测试月", 30),
    ("20200101", 16),
    ("20300101", 16),
    ("20010101", 16),
    ("01", 4),
    ("1500", 8),
    ("I", 2),
    ("", 6),
)
HMT = block(
    ("测试舟", 30),
    ("1", 2),
    ("", 4),
    ("19880808", 16),
    ("浙江省衢州市测试区样例路二号", 70),
    ("810097198808080014", 36),
    ("衢州市公安局测试分局", 30),
    ("20240101", 16),
    ("20290101", 16),
    ("H00000000", 18),
    ("01", 4),
    ("", 6),
    ("J", 2),
    ("", 6),
)


def test_a_resident_card() -> None:
    assert parse_text(TEXT) == Card("", "resident", SAM_CARD)


def test_the_permanent_residence_card_of_a_foreigner() -> None:
    assert parse_text(FOREIGN) == Card(
        "I",
        "foreign_resident",
        {
            "english_name": "TEST, SAMPLE",
            "sex": "2",
            "id_number": "ZZZ330899010101",
            "nationality": "ZZZ",
            "chinese_name": "测试月",
            "valid_from": "20200101",
            "valid_to": "20300101",
            "birth": "20010101",
            "version": "01",
            "authority": "1500",
            "name": "测试月",
        },
    )


def test_a_foreigner_without_a_chinese_name_has_the_english_one() -> None:
    card = parse_text(FOREIGN[:158] + block(("", 30)) + FOREIGN[188:])
    assert card is not None
    assert (card.fields["name"], card.fields["chinese_name"]) == ("TEST, SAMPLE", "")


def test_the_residence_permit_of_a_hong_kong_macao_or_taiwan_resident() -> None:
    assert parse_text(HMT) == Card(
        "J",
        "hmt_resident",
        {
            "name": "测试舟",
            "sex": "1",
            "birth": "19880808",
            "address": "浙江省衢州市测试区样例路二号",
            "id_number": "810097198808080014",
            "issuer": "衢州市公安局测试分局",
            "valid_from": "20240101",
            "valid_to": "20290101",
            "pass_number": "H00000000",
            "issue_count": "01",
        },
    )


def test_the_card_of_2023_is_named_and_not_read() -> None:
    assert parse_text(TEXT[:248] + b"Y\0" + TEXT[250:]) == Card("Y", "", {})


@pytest.mark.parametrize("text", [b"", TEXT[:-1], TEXT + b" ", b"\x00\xd8" * 128])
def test_a_text_that_is_none(text: bytes) -> None:
    assert parse_text(text) is None


def test_a_name_with_a_rare_character_is_read_whole() -> None:
    """Outside the basic plane a character takes two of the name's fifteen places; the other fields stay put."""
    card = parse_text(block(("测试\N{CJK UNIFIED IDEOGRAPH-2CB4E}", 30)) + TEXT[30:])
    assert card is not None
    assert card.fields == {**SAM_CARD, "name": "测试\N{CJK UNIFIED IDEOGRAPH-2CB4E}"}


@pytest.mark.parametrize(("fingers", "total"), [(2, 2321), (1, 1809), (0, 1297)])
def test_a_read_with_fingerprints_has_three_lengths_and_three_parts(fingers: int, total: int) -> None:
    prints = b"\xf1" * (512 * fingers)
    lengths = bytes.fromhex("01 00 04 00") + len(prints).to_bytes(2, "big")
    frame = encode(b"\0\0\x90" + lengths + TEXT + PHOTO + prints)
    assert len(frame) == total
    if fingers == 2:
        assert frame[:16] == bytes.fromhex("AA AA AA 96 69 09 0A 00 00 90 01 00 04 00 04 00")
    assert parse_read(frame[10:-1]) == CardRead(Card("", "resident", SAM_CARD), PHOTO, prints)
    session = IdCardReader([DeviceSettings("reader-1")])
    session.start(0.0)
    for piece in (b"\x00" + HEADER[:3], frame[:700], frame[700:], frame):
        session.feed(piece, 0.0)
    assert (session.counters.frames, session.counters.crc_errors) == (2, 0)


def test_a_read_without_fingerprints_has_two() -> None:
    assert parse_read(SAM_READ[10:-1]) == CardRead(Card("", "resident", SAM_CARD), PHOTO, b"")


@pytest.mark.parametrize(
    "data",
    [b"", SAM_READ[10:-2], b"\x01\x00\x03\xff" + TEXT + PHOTO, b"\xff\xff\xff\xff", b"\x00\xfe\x04\x02" + TEXT + PHOTO],
)
def test_lengths_that_do_not_add_up_are_no_read(data: bytes) -> None:
    assert parse_read(data) is None


def test_what_was_read_is_not_in_a_trace_back() -> None:
    read = parse_read(SAM_READ[10:-1])
    assert SAM_CARD["name"] not in repr(read)
    assert "SIM1" not in repr(read)


def test_an_added_address_with_or_without_its_length() -> None:
    address = block(("测试区样例路三号", 70))
    assert parse_added_address(address) == parse_added_address(b"\0\x46" + address) == "测试区样例路三号"
    for data in (b"", address[:-1], b"\0\x45" + address, b"\x00\xd8" * 35):
        assert parse_added_address(data) is None


@given(st.binary(max_size=1400))
def test_any_bytes_are_a_card_or_none(data: bytes) -> None:
    parse_read(data)
    parse_text(data)
    parse_text((data + bytes(256))[:256])
    parse_added_address((data + bytes(72))[:72])


@pytest.mark.parametrize(
    ("valid_to", "expired"),
    [
        ("长期", False),
        ("长期      ", False),
        ("20260721", False),
        ("20260720", True),
        ("20260722", False),
        ("", None),
        ("2026", None),
        ("20260230", None),
        ("00000000", None),
        ("２０２６０１０１", None),
        ("2026-1-1", None),
        ("长期有效", None),
    ],
)
def test_a_card_is_good_through_its_last_day(valid_to: str, expired: bool | None) -> None:
    assert is_expired(valid_to, TODAY) is expired


@given(st.text(max_size=12))
def test_no_date_makes_it_raise(valid_to: str) -> None:
    assert is_expired(valid_to, TODAY) in (True, False, None)
