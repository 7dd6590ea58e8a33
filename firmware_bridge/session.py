"""What a device session is: a pure state machine between the bytes of one port and the values of its devices.

A session never does I/O, never reads a clock and never raises on bytes it does not understand: it counts them.
`now` is a monotonic time in seconds.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Send:
    """Write these bytes to the port."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Measured:
    """A device reported values, by metric name (`contract/metrics.py`, units there)."""

    device: str
    values: Mapping[str, Value]


@dataclass(frozen=True, slots=True)
class Occurred:
    """Something happened that must not be lost. `confirm` is written to the port once it is durable, not before."""

    device: str
    what: str
    detail: Mapping[str, Value] = field(default_factory=dict)
    confirm: bytes = b""


@dataclass(frozen=True, slots=True)
class Heard:
    """A valid frame proves that the device is alive, though it says nothing new. `confirm` as for `Occurred`."""

    device: str
    confirm: bytes = b""


@dataclass(frozen=True, slots=True)
class Faulted:
    """The device answered with an error, or stopped answering: its values are unknown until the next `Measured`."""

    device: str
    reason: str


Output = Send | Measured | Occurred | Heard | Faulted


@dataclass(slots=True)
class Counters:
    """Counted since the session was made. `resyncs` counts runs of skipped bytes, not the bytes."""

    frames: int = 0
    crc_errors: int = 0
    resyncs: int = 0


@dataclass(frozen=True, slots=True)
class DeviceSettings:
    """One device on a port: its id in the facility, and the driver's own options from the facility file."""

    id: str
    options: Mapping[str, Value] = field(default_factory=dict)


class Session(Protocol):
    counters: Counters

    def start(self, now: float) -> Sequence[Output]:
        """Called once after the port opened, and again after each reopening."""

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        """Bytes that arrived, in any chunking."""

    def tick(self, now: float) -> Sequence[Output]:
        """Called at least every 50 ms: polls, time-outs, retries."""


@dataclass(frozen=True, slots=True)
class Line:
    """Serial line settings; ignored on TCP."""

    baud: int
    parity: str = "N"
    stop_bits: int = 1


class BadOption(ValueError):
    """A device's options in the facility file are wrong; the text says which and what to write instead."""


@dataclass(frozen=True, slots=True)
class Driver:
    """What `firmware_bridge/devices/<name>.py` exports as `DRIVER`.

    metrics: names each device may report. silence_s: no valid frame for this long means off line (None: the device
    has no supervision of its own and is on line while its port is). life_safety: its silence is itself an alarm.
    """

    name: str
    zh: str
    en: str
    line: Line
    metrics: tuple[str, ...]
    silence_s: float | None
    life_safety: bool
    session: Callable[[Sequence[DeviceSettings]], Session]
