"""Recordings: every byte of every port and what was decided from it, in one compact file that can be read while torn.

    magic 8 bytes | header length (4) | header (JSON, UTF-8) | block | block | …
    block:  packed length (4) | CRC-32 of the packed bytes (4) | packed bytes (zlib) of whole entries
    entry:  kind and seal (1) | port | monotonic µs | wall ms | length | data

Lengths are big endian; in an entry they are LEB128 numbers. Times are differences to the entry before, zigzag coded:
the wall clock as its distance from the monotonic one, which is nearly always 0. A file that was cut off loses at most
its last block. Sealed data is encrypted by whoever opened the recording; without the key it stays closed.
"""

import json
import zlib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from enum import IntEnum
from typing import Any, BinaryIO

MAGIC = b"OTREC\x01\r\n"
BLOCK_BYTES = 64 * 1024  # of entries before packing
MAX_HEADER, MAX_BLOCK, MAX_DATA = 16 << 20, 16 << 20, 8 << 20
NO_PORT = 0

_SEALED = 0x80
_QUALITY_SHIFT, _QUALITY_MASK = 5, 0x60
_KIND_MASK = 0x1F
_LENGTH_BYTES, _BLOCK_HEAD = 4, 8


class Kind(IntEnum):
    """What an entry tells. Ports count from 1; entries of the field process itself have port 0."""

    OPENED = 1
    LOST = 2  # data: JSON of why, and of the drill that pulled it
    RECEIVED = 3  # data: bytes of the device
    TICKED = 4
    SENT = 5  # data: bytes to the device, told for people; a replay makes them itself and compares
    ACTED = 6  # data: JSON of an action
    REHEARSED = 7  # data: JSON of a drill's bytes
    TAKEN = 8  # data: how many outcomes of the ports the field process took from its queue, as text
    FIELD_TICKED = 9  # data: JSON of the moment up to which all news was heard
    COUNTED = 10  # data: JSON of a port's counters
    OBEYED = 11  # data: JSON of the commands
    ASKED = 12  # data: JSON of a technician's request
    EVENT = 13  # data: JSON of an event's number and hashes, to compare a replay with
    FORGED = 14  # data: JSON of a drill and the bytes that its fault made of the device's
    READING = 16  # data: JSON of a device and the hash of one of its readings
    TOLD = 15  # the call before it led to news; written where the call itself may be sealed


@dataclass(frozen=True, slots=True)
class Entry:
    """`quality` 0 good, 1 uncertain, 2 bad: of the wall clock. `data` is None when it is sealed and there is no key."""

    kind: Kind
    port: int
    monotonic_us: int
    wall_ms: int
    quality: int = 1
    data: bytes | None = b""
    sealed: bool = False


class BadRecording(ValueError):
    """The file is no recording, or is damaged where that cannot be passed over; the text says where."""


Seal = Callable[[bytes], bytes]


class RecordingWriter:
    """Not safe for two threads at once. Errors of the file (OSError) are the caller's."""

    def __init__(self, file: BinaryIO, header: Mapping[str, Any], seal: Seal | None = None) -> None:
        """`seal` encrypts; without one, data that should be sealed is left out."""
        self._file, self._seal = file, seal
        self._entries = bytearray()
        self._monotonic_us = self._wall_gap = 0
        text = json.dumps(header, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()
        file.write(MAGIC + len(text).to_bytes(_LENGTH_BYTES, "big") + text)

    def write(self, entry: Entry) -> None:
        data = entry.data or b""
        if entry.sealed:
            data = self._seal(data) if self._seal else b""
        gap = entry.wall_ms - entry.monotonic_us // 1000
        self._entries.append(entry.kind | entry.quality << _QUALITY_SHIFT | (_SEALED if entry.sealed else 0))
        self._entries += _number(entry.port)
        self._entries += _number(_zigzag(entry.monotonic_us - self._monotonic_us))
        self._entries += _number(_zigzag(gap - self._wall_gap))
        self._entries += _number(len(data)) + data
        self._monotonic_us, self._wall_gap = entry.monotonic_us, gap
        if len(self._entries) >= BLOCK_BYTES:
            self.flush()

    def flush(self) -> None:
        """What was written so far survives the end of this process."""
        if self._entries:
            packed = zlib.compress(bytes(self._entries))
            head = len(packed).to_bytes(_LENGTH_BYTES, "big") + zlib.crc32(packed).to_bytes(_LENGTH_BYTES, "big")
            self._file.write(head + packed)
            self._entries.clear()
        self._file.flush()


class RecordingReader:
    """Reads block by block, never the whole file into memory."""

    def __init__(self, file: BinaryIO, unseal: Seal | None = None) -> None:
        """`unseal` decrypts, and raises ValueError for data it cannot open. Raises BadRecording."""
        self._file, self._unseal = file, unseal
        self.truncated = False
        if file.read(len(MAGIC)) != MAGIC:
            raise BadRecording("this is no recording (it does not begin with OTREC)")
        length = int.from_bytes(file.read(_LENGTH_BYTES), "big")
        text = file.read(length) if length <= MAX_HEADER else b""
        try:
            self.header: dict[str, Any] = json.loads(text)
        except (ValueError, RecursionError):
            raise BadRecording("the recording's header is damaged") from None
        if not isinstance(self.header, dict):
            raise BadRecording("the recording's header is no table")

    def entries(self) -> Iterator[Entry]:
        """In the order of writing. After a torn or damaged block nothing more is told and `truncated` is set."""
        self._monotonic_us = self._wall_gap = 0
        while (block := self._next_block()) is not None:
            at = 0
            while at < len(block):
                entry, at = self._entry(block, at)
                yield entry

    def _next_block(self) -> bytes | None:
        head = self._file.read(_BLOCK_HEAD)
        length = int.from_bytes(head[:_LENGTH_BYTES], "big")
        packed = self._file.read(length) if len(head) == _BLOCK_HEAD and length <= MAX_BLOCK else b""
        if not head:
            return None
        if len(packed) < length or not packed or zlib.crc32(packed) != int.from_bytes(head[_LENGTH_BYTES:], "big"):
            self.truncated = True
            return None
        unpacking = zlib.decompressobj()
        try:
            block = unpacking.decompress(packed, MAX_BLOCK)
        except zlib.error:
            block = b""
        if not unpacking.eof:
            raise BadRecording("a block of the recording is damaged although its checksum is right")
        return block

    def _entry(self, block: bytes, at: int) -> tuple[Entry, int]:
        try:
            head = block[at]
            port, at = _take_number(block, at + 1)
            forward, at = _take_number(block, at)
            shift, at = _take_number(block, at)
            length, at = _take_number(block, at)
            kind = Kind(head & _KIND_MASK)
        except (IndexError, ValueError):
            raise BadRecording("an entry of the recording is damaged although its block is whole") from None
        if length > MAX_DATA or at + length > len(block):
            raise BadRecording("an entry of the recording is longer than its block")
        self._monotonic_us += _unzigzag(forward)
        self._wall_gap += _unzigzag(shift)
        data = block[at : at + length]
        sealed = bool(head & _SEALED)
        entry = Entry(
            kind,
            port,
            self._monotonic_us,
            self._wall_gap + self._monotonic_us // 1000,
            (head & _QUALITY_MASK) >> _QUALITY_SHIFT,
            self._open(data) if sealed else data,
            sealed,
        )
        return entry, at + length

    def _open(self, data: bytes) -> bytes | None:
        if self._unseal is None or not data:
            return None
        try:
            return self._unseal(data)
        except ValueError as wrong:
            raise BadRecording(f"sealed data cannot be opened: {wrong}") from None


def _number(value: int) -> bytes:
    """LEB128."""
    encoded = bytearray()
    while value > 0x7F:
        encoded.append(value & 0x7F | 0x80)
        value >>= 7
    encoded.append(value)
    return bytes(encoded)


def _take_number(block: bytes, at: int) -> tuple[int, int]:
    value = shift = 0
    while True:
        byte = block[at]
        at += 1
        value |= (byte & 0x7F) << shift
        if byte < 0x80:
            return value, at
        shift += 7
        if shift > 63:
            raise ValueError("a number of more than 64 bits")


def _zigzag(value: int) -> int:
    return value << 1 if value >= 0 else (-value << 1) - 1


def _unzigzag(value: int) -> int:
    return value >> 1 if not value & 1 else -((value + 1) >> 1)
