"""Finds whole lines of text in a stream of bytes. No I/O: feed bytes, get lines with their ends.

A line that grows too long is dropped up to its end. So is one whose end never comes: half a line may be a wrong one.
"""

from firmware_bridge.session import Counters


class LineDecoder:
    """What a line says, the session judges: it counts each one as a frame, a checksum error or skipped."""

    def __init__(self, *, max_length: int, gap_s: float, counters: Counters) -> None:
        """`max_length`: with the end, LF or CR LF."""
        self._max_length, self._gap_s, self._counters = max_length, gap_s, counters
        self._buffer = bytearray()
        self._arrived_at = 0.0
        self._dropping = False  # until the end of a line that is too long

    @property
    def waiting(self) -> int:
        return len(self._buffer)

    def feed(self, data: bytes, now: float) -> list[bytes]:
        """The lines that `data` completes."""
        if not data:
            return []
        self._arrived_at = now
        *ended, rest = (bytes(self._buffer) + data).split(b"\n")
        self._buffer.clear()
        whole = [line for piece in ended if (line := self._take(piece + b"\n"))]
        if self._dropping or len(rest) > self._max_length:
            self._skip(rest)
            self._dropping = True
        else:
            self._buffer += rest
        return whole

    def expire(self, now: float) -> None:
        """Called often: forgets the beginning of a line whose end does not come."""
        if now >= self._arrived_at + self._gap_s:
            self.clear()

    def clear(self) -> None:
        self._skip(bytes(self._buffer))
        self._buffer.clear()
        self._dropping = False

    def _take(self, line: bytes) -> bytes:
        """b"" for a line that is dropped."""
        if self._dropping or len(line) > self._max_length:
            self._skip(line)
            self._dropping = False
            return b""
        return line

    def _skip(self, data: bytes) -> None:
        if data:
            self._counters.on_skipped(data, new_run=not self._dropping)
