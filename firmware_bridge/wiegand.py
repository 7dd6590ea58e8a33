"""The 26-bit Wiegand card number: what door readers send, whatever carries the bits.

    even parity of the next 12 | facility code (8) | card (16) | odd parity of the 12 before

Source: the open 26-bit format that all makers share. It has no authentication: whoever knows a number can send it.
"""

from typing import NamedTuple

BITS = 26
_HALF, _PADDING = 12, 6  # 26 bits stand left aligned in 4 bytes


class Card(NamedTuple):
    facility_code: int
    card: int


def encode(card: Card) -> bytes:
    """The 26 bits, left aligned in 4 bytes."""
    data = card.facility_code << 16 | card.card
    even = (data >> _HALF).bit_count() & 1
    odd = (data & 0xFFF).bit_count() & 1 ^ 1
    return ((even << 25 | data << 1 | odd) << _PADDING).to_bytes(4, "big")


def decode(data: bytes) -> Card | None:
    """None: not 26 bits left aligned in 4 bytes, or a wrong parity."""
    if len(data) != 4 or data[3] & 0x3F:
        return None
    bits = int.from_bytes(data, "big") >> _PADDING
    if (bits >> 13).bit_count() & 1 or not (bits & 0x1FFF).bit_count() & 1:
        return None
    return Card(bits >> 17 & 0xFF, bits >> 1 & 0xFFFF)
