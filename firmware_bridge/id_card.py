"""What the chip of an ID card holds, as a reader hands it out, and whether the card has expired.

Source: GA/T 490 (contents of the card) and the published layouts of the residence cards, as public descriptions give
them. The text is 256 bytes of UTF-16LE, each field filled up with spaces; the character at offset 248 is the layout:

    (blank)  resident card
    I        permanent residence card of a foreigner, 2017
    J        residence permit of a Hong Kong, Macao or Taiwan resident
    Y        permanent residence card of a foreigner, 2023: not read here

A read puts the text's and the photo's lengths (2 bytes each, big endian) before them, and the fingerprints' length
after those two when it was asked for. Whatever is read here stands in memory only; its `repr` shows none of it.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

TEXT_BYTES, ADDRESS_BYTES = 256, 70
LONG_TERM = "长期"

_KIND_AT = 248
_LENGTH_BYTES = 2

Fields = Mapping[str, tuple[int, int]]
"""field: (offset, bytes)"""

RESIDENT: Fields = {
    "name": (0, 30),
    "sex": (30, 2),  # GB/T 2261.1
    "ethnic": (32, 4),  # GB/T 3304
    "birth": (36, 16),
    "address": (52, 70),
    "id_number": (122, 36),
    "issuer": (158, 30),
    "valid_from": (188, 16),
    "valid_to": (204, 16),  # YYYYMMDD or 长期 (open-ended)
}
FOREIGN_RESIDENT: Fields = {
    "english_name": (0, 120),
    "sex": (120, 2),
    "id_number": (122, 30),
    "nationality": (152, 6),  # three letters
    "chinese_name": (158, 30),
    "valid_from": (188, 16),
    "valid_to": (204, 16),
    "birth": (220, 16),
    "version": (236, 4),
    "authority": (240, 8),
}
HMT_RESIDENT: Fields = {
    "name": (0, 30),
    "sex": (30, 2),
    "birth": (36, 16),
    "address": (52, 70),
    "id_number": (122, 36),
    "issuer": (158, 30),
    "valid_from": (188, 16),
    "valid_to": (204, 16),
    "pass_number": (220, 18),
    "issue_count": (238, 4),
}

LAYOUTS: Mapping[str, tuple[str, Fields]] = {
    "I": ("foreign_resident", FOREIGN_RESIDENT),
    "J": ("hmt_resident", HMT_RESIDENT),
}
UNREAD_LAYOUTS = frozenset("Y")


@dataclass(frozen=True, slots=True)
class Card:
    """`fields` is empty when the layout is one that is not read here. `name` and `id_number` are in all others."""

    layout: str
    card_type: str
    fields: Mapping[str, str] = field(repr=False)


@dataclass(frozen=True, slots=True)
class CardRead:
    """`photo` is WLT, opaque here (`wlt.py`); `fingerprints` is 512 bytes for each of at most two fingers."""

    card: Card
    photo: bytes = field(repr=False)
    fingerprints: bytes = field(repr=False)


def parse_text(text: bytes) -> Card | None:
    """None: malformed."""
    if len(text) != TEXT_BYTES:
        return None
    try:
        layout = text[_KIND_AT : _KIND_AT + 2].decode("utf-16-le")
        if layout in UNREAD_LAYOUTS:
            return Card(layout, "", {})
        card_type, places = LAYOUTS.get(layout, ("resident", RESIDENT))
        # Cut as bytes: a rare character of a name, outside the basic plane, takes the room of two.
        cut = {name: text[at : at + size].decode("utf-16-le").strip(" \0") for name, (at, size) in places.items()}
    except UnicodeDecodeError:  # not passed on: it would carry the text
        return None
    if "name" not in cut:
        cut["name"] = cut["chinese_name"] or cut["english_name"]
    return Card(layout if layout in LAYOUTS else "", card_type, cut)


def parse_read(data: bytes) -> CardRead | None:
    """The data of a read, behind SW3, with fingerprints or without. None: malformed."""
    for words in (2, 3):  # only the whole length tells whether a third one stands there
        parts = _parts(data, words)
        if parts is not None:
            card = parse_text(parts[0])
            return None if card is None else CardRead(card, parts[1], b"".join(parts[2:]))
    return None


def parse_added_address(data: bytes) -> str | None:
    """The answer to "latest added address", behind SW3; some readers put its length before it. None: malformed."""
    if len(data) == _LENGTH_BYTES + ADDRESS_BYTES and int.from_bytes(data[:_LENGTH_BYTES], "big") == ADDRESS_BYTES:
        data = data[_LENGTH_BYTES:]
    if len(data) != ADDRESS_BYTES:
        return None
    try:
        return data.decode("utf-16-le").strip(" \0")
    except UnicodeDecodeError:
        return None


def is_expired(valid_to: str, today: date) -> bool | None:
    """A card is good through its last day, and an open-ended one for good. None: no date that anybody could read."""
    if valid_to.strip() == LONG_TERM:
        return False
    digits = valid_to.strip()
    if len(digits) != len("YYYYMMDD") or not (digits.isascii() and digits.isdigit()):
        return None
    try:
        return today > date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError:
        return None


def _parts(data: bytes, words: int) -> Sequence[bytes] | None:
    """The parts whose lengths the first `words` words give; None when they do not add up to all there is."""
    at = words * _LENGTH_BYTES
    lengths = [int.from_bytes(data[i : i + _LENGTH_BYTES], "big") for i in range(0, at, _LENGTH_BYTES)]
    if len(data) != at + sum(lengths):
        return None
    ends = [at + sum(lengths[: i + 1]) for i in range(words)]
    return [data[end - length : end] for end, length in zip(ends, lengths, strict=True)]
