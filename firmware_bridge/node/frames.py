"""Frames of the node link (docs/node-link.md): type, sequence number, checksum, and a delimiter no frame contains.

    00 | COBS( type | sequence | payload (0 to 502) | CRC-32 (4) ) | 00

CRC-32 is that of IEEE 802.3 (123456789 -> CBF43926) over type, sequence and payload, low byte first. The first 00 ends
whatever noise came before; a receiver passes over empty frames.
"""

import zlib
from typing import NamedTuple

from firmware_bridge.node import cobs
from firmware_bridge.session import Counters

DELIMITER = b"\0"
MAX_FRAME = 512  # on the wire, with both delimiters
MAX_PAYLOAD = 502  # so that COBS, which adds at most 3 bytes to this, stays within MAX_FRAME
UNASKED = 0  # the sequence of what answers nothing

_PAYLOAD_AT, _CRC = 2, 4


class Frame(NamedTuple):
    type: int
    sequence: int
    payload: bytes = b""


def encode(frame: Frame) -> bytes:
    assert len(frame.payload) <= MAX_PAYLOAD
    body = bytes([frame.type, frame.sequence]) + frame.payload
    return DELIMITER + cobs.encode(body + _crc(body)) + DELIMITER


def decode(piece: bytes) -> Frame | None:
    """From what stands between two delimiters. None: the checksum is wrong. Raises cobs.Malformed: it is no frame."""
    data = cobs.decode(piece)
    if len(data) < _PAYLOAD_AT + _CRC:
        raise cobs.Malformed("too short")
    body = data[:-_CRC]
    return Frame(body[0], body[1], body[_PAYLOAD_AT:]) if _crc(body) == data[-_CRC:] else None


def _crc(body: bytes) -> bytes:
    return zlib.crc32(body).to_bytes(_CRC, "little")


class FrameStream:
    """Finds frames in a stream of bytes. It keeps less than MAX_FRAME bytes, whatever arrives."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._piece = bytearray()  # since the last delimiter
        self._delimiter = b""  # the one before it, while it has not been accounted for
        self._is_too_long = False

    @property
    def waiting(self) -> int:
        return len(self._piece)

    def clear(self) -> None:
        """Forget the beginning of a frame, as after the port was reopened."""
        if self._piece:
            self._skip(self._delimiter + self._piece)
        self._piece.clear()
        self._delimiter, self._is_too_long = b"", False

    def feed(self, data: bytes) -> list[Frame]:
        *ended, rest = data.split(DELIMITER)
        frames = []
        for piece in ended:
            self._add(piece)
            if (frame := self._end()) is not None:
                frames.append(frame)
        self._add(rest)
        return frames

    def _add(self, data: bytes) -> None:
        self._piece += data
        if len(self._piece) > MAX_FRAME - 2:
            self._skip(self._delimiter + self._piece)
            self._piece.clear()
            self._delimiter, self._is_too_long = b"", True

    def _end(self) -> Frame | None:
        """A delimiter arrived."""
        piece, wire = bytes(self._piece), self._delimiter + self._piece + DELIMITER
        frame = None
        if self._is_too_long:
            self._skip(wire)
        elif piece:
            frame = self._judge(piece, wire)
        self._delimiter = DELIMITER if not piece and not self._is_too_long else b""
        self._piece.clear()
        self._is_too_long = False
        return frame

    def _judge(self, piece: bytes, wire: bytes) -> Frame | None:
        try:
            frame = decode(piece)
        except cobs.Malformed:
            self._skip(wire)
            return None
        if frame is None:
            self._counters.on_crc_error(wire)
        else:
            self._counters.on_frame(wire)
        return frame

    def _skip(self, data: bytes) -> None:
        self._counters.on_skipped(data, new_run=not self._is_too_long)
