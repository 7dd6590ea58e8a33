"""Finds whole frames in a stream of bytes. No I/O: feed bytes, get frames.

A decoder believes no header: when the checksum is wrong, the declared length impossible, or the rest never arrives,
it drops one byte and looks again, so that a good frame hidden behind a false header is found.
"""

from collections.abc import Callable

from firmware_bridge.session import Counters

IMPOSSIBLE = 0  # what a Length returns when no frame can be that long

Length = Callable[[bytearray], int | None]
"""The whole frame's length, from the bytes at hand; None: not enough of them yet."""

Validity = Callable[[bytes], bool]


class FrameDecoder:
    """`header` may be empty for protocols that have none: then every byte may start a frame."""

    def __init__(
        self, header: bytes, length: Length, valid: Validity, *, max_length: int, gap_s: float, counters: Counters
    ) -> None:
        self._header, self._length, self._valid = header, length, valid
        self._max_length, self._gap_s, self._counters = max_length, gap_s, counters
        self._buffer = bytearray()
        self._arrived_at = 0.0
        self._skipping = False

    @property
    def waiting(self) -> int:
        """How many bytes wait for the rest of their frame; always less than `max_length`."""
        return len(self._buffer)

    def feed(self, data: bytes, now: float) -> list[bytes]:
        """Return the frames that `data` completes.

        Old bytes are joined to new ones even after a gap: that only delays a frame behind a false header until
        `expire`, while cutting here would tear a frame in two whenever this program, not the line, was slow.
        """
        if data:
            self._buffer += data
            self._arrived_at = now
        return self._take_frames()

    def expire(self, now: float) -> list[bytes]:
        """After a silent gap the waiting bytes will never be completed: return the frames hidden among them."""
        frames: list[bytes] = []
        if now >= self._arrived_at + self._gap_s:
            while self._buffer:
                self._skip(1)
                frames += self._take_frames()
        return frames

    def clear(self) -> None:
        """Forget the waiting bytes, as before a new request on a bus or after the port was reopened."""
        self._skip(len(self._buffer))

    def _take_frames(self) -> list[bytes]:
        frames: list[bytes] = []
        while self._skip_to_header():
            size = self._length(self._buffer)
            if size is None and len(self._buffer) < self._max_length:
                break
            if size is None or not 0 < size <= self._max_length:
                self._skip(1)
            elif len(self._buffer) < size:
                break
            elif self._valid(frame := bytes(self._buffer[:size])):
                frames.append(frame)
                del self._buffer[:size]
                self._counters.on_frame(frame)
                self._skipping = False
            else:
                self._counters.on_crc_error(frame)
                self._skip(1)
        return frames

    def _skip_to_header(self) -> bool:
        """True when the buffer starts with a whole header; keeps the beginning of one at the buffer's end."""
        at = self._buffer.find(self._header)
        if at >= 0:
            self._skip(at)
            return bool(self._buffer)
        longest = min(len(self._header) - 1, len(self._buffer))
        kept = next((n for n in range(longest, 0, -1) if self._buffer.endswith(self._header[:n])), 0)
        self._skip(len(self._buffer) - kept)
        return False

    def _skip(self, count: int) -> None:
        if count:
            self._counters.on_skipped(bytes(self._buffer[:count]), new_run=not self._skipping)
            del self._buffer[:count]
            self._skipping = True
