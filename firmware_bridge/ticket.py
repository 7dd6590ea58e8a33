"""A ticket: the marks people write, and the ESC/POS bytes that print it.

A ticket is lines of text. Marks stand before a line's text, in brackets:

    [centre][double]衢州民政        in the middle; twice as high and wide
    [qr]https://example.org/a      as a QR code
    [][1] 三楼                     a text that itself begins with a bracket

Source: ESC/POS command reference. Text is GB18030, which only differs from GBK where a printer has no font anyway.

    1B 40 | 1C 26 | (1B 61 n align, 1D 21 n size, each when it changes) text 0A ... | 1D 56 42 00
    1D 28 6B | length (2, little endian) | 31 | function | ...                            QR code
"""

import re
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass

INIT, CHINESE, CUT, END_OF_LINE = b"\x1b\x40", b"\x1c\x26", b"\x1d\x56\x42\x00", b"\x0a"
ALIGN, SIZE, QR = b"\x1b\x61", b"\x1d\x21", b"\x1d\x28\x6b"

MARKS = ("centre", "double", "qr")
MOST_LINES, MOST_BYTES, MOST_QR_BYTES = 100, 8192, 300

_MARK = re.compile(r"\[([^\[\]]*)\]")
_QR_MODEL_2, _QR_DOTS_6, _QR_CORRECTION_M, _QR_PRINT = (
    b"\x31\x41\x32\x00",
    b"\x31\x43\x06",
    b"\x31\x45\x31",
    b"\x31\x51\x30",
)
_QR_STORE = b"\x31\x50\x30"

_BETWEEN_DIGITS = re.compile(r"[\s\-_.·,/]")
_DATE = r"(?:18|19|20)\d\d(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01])"
_STANDING_ALONE = re.compile(rf"(?<!\d)\d{{6}}{_DATE}\d{{3}}[\dXx](?!\d)")
_ANYWHERE = re.compile(rf"(?=(\d{{6}}{_DATE}\d{{3}}[\dXx]))")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"


class BadTicket(ValueError):
    """The ticket cannot be printed; the text says what to write instead, and repeats nothing of it."""


@dataclass(frozen=True, slots=True)
class Row:
    text: str
    centre: bool = False
    double: bool = False
    qr: bool = False


def parse(marked: str) -> list[Row]:
    lines = marked.replace("\r\n", "\n").split("\n")
    if not marked.strip() or len(lines) > MOST_LINES:
        raise BadTicket(f"a ticket has 1 to {MOST_LINES} lines")
    return [_row(number, line) for number, line in enumerate(lines, 1)]


def encode(rows: Sequence[Row]) -> bytes:
    """Raises BadTicket when it is longer than a printer's memory holds for sure."""
    ticket, centre, double = INIT + CHINESE, False, False
    for row in rows:
        if row.centre != centre:
            centre = row.centre
            ticket += ALIGN + bytes([centre])
        if row.double != double:
            double = row.double
            ticket += SIZE + (b"\x11" if double else b"\x00")
        ticket += _qr_code(row.text.encode()) if row.qr else row.text.encode("gb18030") + END_OF_LINE
    if len(ticket) > MOST_BYTES:
        raise BadTicket(f"the ticket is {len(ticket)} bytes long; write at most {MOST_BYTES}")
    return ticket + CUT


def holds_citizen_number(text: str) -> bool:
    """True for a whole citizen number, however it is spaced, in whatever digits, alone or inside a longer number."""
    plain = unicodedata.normalize("NFKC", text)
    if _STANDING_ALONE.search(plain):
        return True
    return any(_has_check_character(found) for found in _ANYWHERE.findall(_BETWEEN_DIGITS.sub("", plain)))


def _row(number: int, line: str) -> Row:
    marks: set[str] = set()
    while found := _MARK.match(line):
        line = line[found.end() :]
        if not found[1]:
            break
        if found[1] not in MARKS:
            raise BadTicket(
                f"line {number}: there is no such mark; write [centre], [double] or [qr], "
                "and [] before a text that begins with a bracket"
            )
        marks.add(found[1])
    if any(unicodedata.category(character) in ("Cc", "Cs") for character in line):
        raise BadTicket(f"line {number}: it holds a control character; write plain text")
    if "qr" in marks and not 0 < len(line.encode()) <= MOST_QR_BYTES:
        raise BadTicket(f"line {number}: a QR code holds 1 to {MOST_QR_BYTES} bytes")
    return Row(line, **dict.fromkeys(marks, True))


def _qr_code(data: bytes) -> bytes:
    functions = (_QR_MODEL_2, _QR_DOTS_6, _QR_CORRECTION_M, _QR_STORE + data, _QR_PRINT)
    return b"".join(QR + len(function).to_bytes(2, "little") + function for function in functions)


def _has_check_character(number: str) -> bool:
    total = sum(int(digit) * weight for digit, weight in zip(number[:17], _WEIGHTS, strict=True))
    return number[17].upper() == _CHECK_CHARACTERS[total % 11]
