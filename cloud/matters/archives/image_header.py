"""Size of a picture as its first bytes tell it (PNG: W3C third edition, 11.2.1; JPEG: ITU-T T.81, B.2.2). Pure.

It is read before anything is unpacked: a small file may unpack to more than the machine has.
"""

from dataclasses import dataclass

_PNG = b"\x89PNG\r\n\x1a\n"
_PDF = b"%PDF-"
_FRAMES = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}  # SOFn; the three are other things
_BARE = frozenset({0x01, *range(0xD0, 0xD8)})  # markers without a length


class NoPicture(ValueError):
    """Neither PNG nor JPEG, or cut off before its size is told."""


@dataclass(frozen=True, slots=True)
class Header:
    """`media`: its media type; pixels."""

    media: str
    width: int
    height: int


def is_pdf(data: bytes) -> bool:
    return _PDF in data[:1024]


def header(data: bytes) -> Header:
    """Raises NoPicture."""
    if data.startswith(_PNG):
        if len(data) < 24 or data[12:16] != b"IHDR":
            raise NoPicture("a PNG without its header")
        return _sized("image/png", int.from_bytes(data[16:20]), int.from_bytes(data[20:24]))
    if data.startswith(b"\xff\xd8"):
        return _jpeg(data)
    raise NoPicture("neither PNG nor JPEG")


def _jpeg(data: bytes) -> Header:
    at = 2
    while at + 9 <= len(data):
        if data[at] != 0xFF:
            break
        marker = data[at + 1]
        if marker == 0xFF:
            at += 1
        elif marker in _BARE:
            at += 2
        elif marker in _FRAMES:
            return _sized("image/jpeg", int.from_bytes(data[at + 7 : at + 9]), int.from_bytes(data[at + 5 : at + 7]))
        else:
            at += 2 + max(2, int.from_bytes(data[at + 2 : at + 4]))
    raise NoPicture("a JPEG that does not tell its size")


def _sized(media: str, width: int, height: int) -> Header:
    if not width or not height:
        raise NoPicture("a picture without pixels")
    return Header(media, width, height)
