"""What can go wrong on the wire from a device to the host: named, seeded, and fit to be chained.

A fault takes what the device sends in one go, b"" when it sends nothing, and gives the pieces that reach the host now.
It is asked on every step, so that a fault can also speak when the device does not.
"""

from collections import deque
from collections.abc import Sequence
from random import Random
from typing import Protocol

MAX_FLOOD = 4096


class Fault(Protocol):
    def apply(self, data: bytes, now: float) -> list[bytes]: ...


class Chain:
    """Several faults, the first one nearest to the device."""

    def __init__(self, faults: Sequence[Fault] = ()) -> None:
        self._faults = tuple(faults)

    def apply(self, data: bytes, now: float) -> list[bytes]:
        pieces = [data] if data else []
        for fault in self._faults:
            pieces = [out for piece in pieces or [b""] for out in fault.apply(piece, now) if out]
        return pieces


class SplitIntoBytes:
    """Every byte arrives alone."""

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        return [bytes([byte]) for byte in data]


class Noise:
    """Up to `longest` stray bytes before a frame, with probability `p`."""

    def __init__(self, rng: Random, p: float, longest: int = 8) -> None:
        self._rng, self._p, self._longest = rng, p, longest

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        if not data or self._rng.random() >= self._p:
            return [data]
        return [self._rng.randbytes(self._rng.randint(1, self._longest)), data]


class CorruptByte:
    """Each byte is changed with probability `p`."""

    def __init__(self, rng: Random, p: float) -> None:
        self._rng, self._p = rng, p

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        return [bytes(byte ^ self._rng.randint(1, 255) if self._rng.random() < self._p else byte for byte in data)]


class LoseFrame:
    """What the device sent in one go is lost with probability `p`."""

    def __init__(self, rng: Random, p: float) -> None:
        self._rng, self._p = rng, p

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        return [] if data and self._rng.random() < self._p else [data]


class Delay:
    """Everything arrives `seconds` later, in order."""

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._held: deque[tuple[float, bytes]] = deque()

    def apply(self, data: bytes, now: float) -> list[bytes]:
        if data:
            self._held.append((now + self._seconds, data))
        arrived = []
        while self._held and self._held[0][0] <= now:
            arrived.append(self._held.popleft()[1])
        return arrived


class Flood:
    """Random bytes without end, between the frames."""

    def __init__(self, rng: Random, bytes_per_s: float) -> None:
        self._rng, self._rate = rng, bytes_per_s
        self._owed = 0.0
        self._last: float | None = None

    def apply(self, data: bytes, now: float) -> list[bytes]:
        self._owed += self._rate * (0.0 if self._last is None else max(0.0, now - self._last))
        self._last = now
        count = min(int(self._owed), MAX_FLOOD)
        self._owed = min(self._owed - count, 1.0)
        return [self._rng.randbytes(count), data]


class Silence:
    """The device is dead, or its wire is cut."""

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        return []


class Stuck:
    """The device says again what it said first, whatever is true by now."""

    def __init__(self) -> None:
        self._first = b""

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        self._first = self._first or data
        return [self._first if data else b""]


class During:
    """A fault that begins and ends, in seconds from the first step."""

    def __init__(self, fault: Fault, begin_s: float, end_s: float) -> None:
        self._fault, self._begin_s, self._end_s = fault, begin_s, end_s
        self._start: float | None = None

    def apply(self, data: bytes, now: float) -> list[bytes]:
        self._start = now if self._start is None else self._start
        active = self._begin_s <= now - self._start < self._end_s
        return self._fault.apply(data, now) if active else [data]
