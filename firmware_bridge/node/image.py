"""Signed firmware images of our own sensor nodes (docs/node-link.md, "The image file"). Numbers: low byte first.

    "OTN1" | flags | 00 00 00 | hardware (8) | version (4) | size (4) | SHA-256 (32)    the header, 56 bytes
    Ed25519 signature of the header (64)
    the image (size)

The header has the image's hash, so its signature covers both: a node can refuse a file before it erases anything, and
never needs the whole image in memory. `signing.py` has the keys; reading needs none.
"""

import hashlib
import re
import struct
from dataclasses import dataclass
from typing import NamedTuple, Self

MAGIC = b"OTN1"
MAX_SIZE = 1 << 20
HARDWARE_BYTES, SIGNATURE_BYTES = 8, 64
FORCED = 0x01  # may replace a newer version

_HEADER = struct.Struct(f"<4sB3x{HARDWARE_BYTES}sII32s")
BEGIN_BYTES = _HEADER.size + SIGNATURE_BYTES  # what a node must see before the image
_NAME = re.compile(r"[A-Za-z0-9-]+")
_VERSION = re.compile(r"([0-9]{1,3})\.([0-9]{1,3})\.([0-9]{1,5})")


class BadImage(ValueError):
    """These bytes are no image for a node; the text says what to do."""


class Version(NamedTuple):
    """On the wire one number, major in the top byte, so that a node compares two versions with one comparison."""

    major: int
    minor: int
    patch: int

    def __str__(self) -> str:
        return f"{self.major}.{self.minor}.{self.patch}"

    @property
    def number(self) -> int:
        return self.major << 24 | self.minor << 16 | self.patch

    @classmethod
    def of_number(cls, number: int) -> Self:
        return cls(number >> 24, number >> 16 & 0xFF, number & 0xFFFF)

    @classmethod
    def parse(cls, text: str) -> Self:
        """Raises BadImage."""
        found = _VERSION.fullmatch(text)
        version = cls(*map(int, found.groups())) if found else None
        if version is None or version.major > 0xFF or version.minor > 0xFF or version.patch > 0xFFFF:
            raise BadImage(f"version {text!r}; write it as 1.4.2 (up to 255.255.65535)")
        return version


@dataclass(frozen=True, slots=True)
class Image:
    """`signature` is of `header`; `forced`: it may replace a newer version."""

    hardware: str
    version: Version
    forced: bool
    header: bytes
    signature: bytes
    content: bytes

    @property
    def begin(self) -> bytes:
        """What a node must see before the image: the first bytes of the file."""
        return self.header + self.signature

    @property
    def file(self) -> bytes:
        return self.begin + self.content


def make_header(content: bytes, hardware: str, version: Version, *, forced: bool = False) -> bytes:
    """Raises BadImage."""
    if not is_name(hardware, HARDWARE_BYTES):
        raise BadImage(
            f"hardware {hardware!r}; write 1 to {HARDWARE_BYTES} letters, digits or hyphens, as the node says"
        )
    if not 0 < len(content) <= MAX_SIZE:
        raise BadImage(
            f"the image has {len(content)} bytes; give one of 1 to {MAX_SIZE}: the raw binary, not ELF or HEX"
        )
    flags = FORCED if forced else 0
    digest = hashlib.sha256(content).digest()
    return _HEADER.pack(MAGIC, flags, hardware.encode("ascii"), version.number, len(content), digest)


def read_image(data: bytes) -> Image:
    """A whole image file. Checks all but the signature (`signing.verify`; the node does). Raises BadImage."""
    if not data.startswith(MAGIC):
        raise BadImage("this is no signed image: it does not begin with OTN1; sign the binary first")
    if len(data) < BEGIN_BYTES:
        raise BadImage(f"the file ends after {len(data)} bytes, within its header; copy it again")
    header, signature, content = data[: _HEADER.size], data[_HEADER.size : BEGIN_BYTES], data[BEGIN_BYTES:]
    _, flags, name, number, size, digest = _HEADER.unpack(header)
    if len(content) != size:
        raise BadImage(f"the file has {len(content)} bytes of image, its header says {size}; copy it again")
    if hashlib.sha256(content).digest() != digest:
        raise BadImage("the image is not the one that was signed (SHA-256 differs); copy it again or sign it anew")
    hardware = name.rstrip(b"\0").decode("ascii", "replace")
    version = Version.of_number(number)
    if header != make_header(content, hardware, version, forced=bool(flags & FORCED)):
        raise BadImage("the header has fields that this program does not know; update this program")
    return Image(hardware, version, bool(flags & FORCED), header, signature, content)


def is_name(text: str, longest: int) -> bool:
    return len(text) <= longest and bool(_NAME.fullmatch(text))
