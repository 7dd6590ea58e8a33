"""A ticket's marks become ESC/POS, and nobody's whole number gets onto paper. Golden bytes: P4."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.ticket import (
    MOST_BYTES,
    MOST_LINES,
    BadTicket,
    Row,
    encode,
    holds_citizen_number,
    parse,
)

TICKET = bytes.fromhex(
    "1B 40 1C 26 1B 61 01 1D 21 11 E1 E9 D6 DD C3 F1 D5 FE 0A 41 30 31 32 0A 1D 56 42 00"  # 衢州民政 / A012
)


def test_golden_ticket() -> None:
    marked = "[centre][double]衢州民政\n[double][centre]A012"
    assert parse(marked) == [Row("衢州民政", centre=True, double=True), Row("A012", centre=True, double=True)]
    assert encode(parse(marked)) == TICKET


def test_alignment_and_size_are_sent_only_when_they_change() -> None:
    expected = "1B40 1C26 61 0A 1B6101 62 0A 1D2111 63 0A 1B6100 1D2100 64 0A 0A 1D564200"
    assert encode(parse("a\n[centre]b\n[centre][double]c\nd\n")) == bytes.fromhex(expected)


def test_a_qr_code_is_five_functions() -> None:
    expected = (
        "1B40 1C26 1B6101 1D286B 0400 31413200 1D286B 0300 314306 1D286B 0300 314531"
        " 1D286B 0700 315030 41303132 1D286B 0300 315130 1D564200"
    )
    assert encode(parse("[centre][qr]A012")) == bytes.fromhex(expected)


def test_a_text_may_begin_with_a_bracket() -> None:
    assert parse("[][1] 三楼\n[centre][][qr]") == [Row("[1] 三楼"), Row("[qr]", centre=True)]
    assert parse("三楼 [1]") == [Row("三楼 [1]")]


@pytest.mark.parametrize(
    ("marked", "says"),
    [
        ("", "1 to 100 lines"),
        (" \n ", "1 to 100 lines"),
        ("a\n" * MOST_LINES, "1 to 100 lines"),
        ("a\n[bold]b", r"line 2: there is no such mark; write \[centre\]"),
        ("a\x1b@", "line 1: it holds a control character"),
        ("a\x10\x04\x01", "line 1: it holds a control character"),
        ("a\ud800", "line 1"),
        ("[qr]", "line 1: a QR code holds 1 to 300 bytes"),
        ("[qr]" + "衢" * 101, "line 1: a QR code holds"),
    ],
)
def test_a_wrong_ticket_says_what_to_write(marked: str, says: str) -> None:
    with pytest.raises(BadTicket, match=says):
        parse(marked)


def test_a_ticket_has_a_longest_length() -> None:
    encode([Row("a" * 4000), Row("a" * 4000)])
    with pytest.raises(BadTicket, match=f"at most {MOST_BYTES}"):
        encode([Row("a" * 8200)])


@given(st.text(max_size=200))
def test_no_text_smuggles_a_command(marked: str) -> None:
    """DLE and ESC in a ticket's text would be obeyed by the printer."""
    try:
        rows = parse(marked)
    except BadTicket:
        return
    for row in rows:
        assert not set(row.text.encode("gb18030")) & set(range(0x20))


PERSON = "330899199003070016"


@pytest.mark.parametrize(
    "text",
    [
        PERSON,
        f"号码{PERSON}。",
        "330899199003070017",  # a wrong check character may be a misread one
        "33089919900307001x",
        "330899 19900307 0016",
        "330899-19900307-0016",
        "330899\n19900307\n0016",
        "３３０８９９１９９００３０７００１６",
        "[qr]https://example.org/?id=330899199003070016",
        "00330899199003070016",
        "330899199003070016007",
    ],
)
def test_a_whole_citizen_number_is_found(text: str) -> None:
    assert holds_citizen_number(text)


@pytest.mark.parametrize(
    "text",
    [
        "",
        "330899********0016",
        "A012 2026-07-21 09:30",
        "202607210930001234",  # a ticket number: no birth date in the middle
        "52330899MJT000029E",
        "123456789012345678901234567890",
        "电话 0570-88880000",
    ],
)
def test_what_is_no_citizen_number_may_be_printed(text: str) -> None:
    assert not holds_citizen_number(text)
