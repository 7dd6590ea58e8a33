"""Frames of the node link as a node's firmware makes and takes them: byte by byte, without knowing the host's code.

00 | COBS( type | sequence | payload | CRC-32, low byte first ) | 00        at most 512 bytes (docs/node-link.md)
"""

from typing import NamedTuple

MAX_FRAME = 512
_POLYNOMIAL = 0xEDB88320  # of IEEE 802.3, reversed


def _table_entry(value: int) -> int:
    for _ in range(8):
        value = value >> 1 ^ (_POLYNOMIAL if value & 1 else 0)
    return value


_TABLE = [_table_entry(byte) for byte in range(256)]


class Packet(NamedTuple):
    type: int
    sequence: int
    payload: bytes


def crc32(data: bytes) -> int:
    value = 0xFFFFFFFF
    for byte in data:
        value = value >> 8 ^ _TABLE[(value ^ byte) & 0xFF]
    return value ^ 0xFFFFFFFF


def stuff(data: bytes) -> bytes:
    """COBS with one code byte that is filled in when its block ends."""
    out, code_at = bytearray(b"\0"), 0
    for i, byte in enumerate(data):
        if byte:
            out.append(byte)
        is_full = len(out) - code_at == 255
        if not byte or (is_full and i + 1 < len(data)):
            out[code_at] = len(out) - code_at
            code_at = len(out)
            out.append(0)
    out[code_at] = len(out) - code_at
    return bytes(out)


def pack(kind: int, payload: bytes = b"", sequence: int = 0) -> bytes:
    body = bytes([kind, sequence]) + payload
    return b"\0" + stuff(body + crc32(body).to_bytes(4, "little")) + b"\0"


class Unpacker:
    """A receiver with one fixed buffer: what is too long or broken is forgotten at the next 00."""

    def __init__(self) -> None:
        self._data = bytearray()
        self._left = 0  # bytes until the next code
        self._zero_due = False  # a 00 stands between this block and the next one
        self._is_broken = False

    def push(self, byte: int) -> Packet | None:
        if byte == 0:
            return self._end()
        if self._left:
            self._left -= 1
            self._data.append(byte)
        else:
            if self._zero_due:
                self._data.append(0)
            self._left, self._zero_due = byte - 1, byte < 255
        self._is_broken |= len(self._data) > MAX_FRAME
        if self._is_broken:
            self._data.clear()
        return None

    def _end(self) -> Packet | None:
        data, is_whole = bytes(self._data), not self._left and not self._is_broken
        self._data.clear()
        self._left, self._zero_due, self._is_broken = 0, False, False
        if not is_whole or len(data) < 6 or crc32(data[:-4]) != int.from_bytes(data[-4:], "little"):
            return None
        return Packet(data[0], data[1], data[2:-4])
