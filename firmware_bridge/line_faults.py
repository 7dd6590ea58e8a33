"""What can happen to the bytes on their way from a device to the host. Seeded: the same Random gives the same bytes.

A fault takes what the device sends in one go (a frame), b"" when it sends nothing, and gives the pieces that reach the
host now. It is asked again and again, also while the device is silent, so that it can speak when the device does not.
What the device did not say just now is marked `Forged`, piece by piece: the device's own words beside it stay its own.
"""

from collections import deque
from random import Random

from firmware_bridge.uart_speed import misread

MOST_HELD = 256 * 1024  # bytes kept for later; a line that holds more loses the newest
MOST_AT_ONCE = 4096  # bytes of a flood


class Forged(bytes):
    """Bytes that the device did not say just now."""

    __slots__ = ()


class Split:
    """Every byte arrives alone."""

    forges = False

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        return [bytes([byte]) for byte in data]


class Noise:
    """Up to `longest` stray bytes before a frame, with probability `p`."""

    forges = False

    def __init__(self, rng: Random, p: float, longest: int) -> None:
        self._rng, self._p, self._longest = rng, p, longest

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        if not data or self._rng.random() >= self._p:
            return [data]
        return [Forged(self._rng.randbytes(self._rng.randint(1, self._longest))), data]


class BitFlips:
    """In each byte, one bit flips with probability `p`."""

    forges = False

    def __init__(self, rng: Random, p: float) -> None:
        self._rng, self._p = rng, p

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        return [bytes(self._flip(byte) for byte in data)]

    def _flip(self, byte: int) -> int:
        return byte ^ 1 << self._rng.randrange(8) if self._rng.random() < self._p else byte


class HalfFrames:
    """With probability `p` a frame stops somewhere, and the rest of it never comes."""

    forges = False

    def __init__(self, rng: Random, p: float) -> None:
        self._rng, self._p = rng, p

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        return [data[: self._rng.randrange(len(data))] if data and self._rng.random() < self._p else data]


class Loss:
    """A frame is lost with probability `p`."""

    forges = False

    def __init__(self, rng: Random, p: float) -> None:
        self._rng, self._p = rng, p

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        return [] if data and self._rng.random() < self._p else [data]


class Silence:
    """The device is dead, or its wire is cut."""

    forges = False

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        return []


class Duplicate:
    """A frame comes twice with probability `p`."""

    forges = True

    def __init__(self, rng: Random, p: float) -> None:
        self._rng, self._p = rng, p

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        return [data, Forged(data)] if data and self._rng.random() < self._p else [data]


class Replay:
    """A frame comes a second time `after_s` later, with probability `p`."""

    forges = True

    def __init__(self, rng: Random, p: float, after_s: float) -> None:
        self._rng, self._p = rng, p
        self._later = Delay(after_s)

    def apply(self, data: bytes, now: float) -> list[bytes]:
        again = data if data and self._rng.random() < self._p else b""
        return [*map(Forged, self._later.apply(again, now)), data]


class Stuck:
    """The device says again what it said first, whatever is true by now."""

    forges = True

    def __init__(self) -> None:
        self._first = b""

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        self._first = self._first or data[:MOST_HELD]
        return [Forged(self._first)] if data else []


class Delay:
    """Everything arrives `seconds` later, in order: a slow device."""

    forges = False

    def __init__(self, seconds: float) -> None:
        self._seconds = seconds
        self._held: deque[tuple[float, bytes]] = deque()
        self._bytes = 0

    def apply(self, data: bytes, now: float) -> list[bytes]:
        if data and self._bytes + len(data) <= MOST_HELD:
            self._held.append((now + self._seconds, data))
            self._bytes += len(data)
        arrived = []
        while self._held and self._held[0][0] <= now:
            arrived.append(self._held.popleft()[1])
            self._bytes -= len(arrived[-1])
        return arrived


class Flood:
    """Random bytes without end, before the frames."""

    forges = False

    def __init__(self, rng: Random, bytes_per_s: float) -> None:
        self._rng, self._rate = rng, bytes_per_s
        self._owed = 0.0
        self._last: float | None = None

    def apply(self, data: bytes, now: float) -> list[bytes]:
        self._owed += self._rate * (0.0 if self._last is None else max(0.0, now - self._last))
        self._last = now
        count = min(int(self._owed), MOST_AT_ONCE)
        self._owed = min(self._owed - count, 1.0)
        return [Forged(self._rng.randbytes(count)), data]


class WrongBaud:
    """The device sends at one speed, the host reads at another."""

    forges = False

    def __init__(self, sent_baud: int, read_baud: int) -> None:
        self._sent, self._read = sent_baud, read_baud

    def apply(self, data: bytes, now: float) -> list[bytes]:  # noqa: ARG002
        return [misread(data, self._sent, self._read)]
