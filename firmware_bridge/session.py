"""What a device session is: a pure state machine between the bytes of one port and the values of its devices.

A session never does I/O, never reads a clock and never raises on bytes it does not understand: it counts them.
`now` is a monotonic time in seconds.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Literal, NamedTuple, Protocol

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Send:
    """Write these bytes to the port."""

    data: bytes


@dataclass(frozen=True, slots=True)
class Measured:
    """A device reported values, by metric name (`contract/metrics.py`, units there).

    `device_time_ms`: when the device's own clock says it was (UTC milliseconds); None where it has no clock.
    """

    device: str
    values: Mapping[str, Value]
    device_time_ms: int | None = None


@dataclass(frozen=True, slots=True)
class Occurred:
    """Something happened that must not be lost. `confirm` is written to the port once it is durable, not before.

    `device_time_ms` as for `Measured`.
    """

    device: str
    what: str
    detail: Mapping[str, Value] = field(default_factory=dict)
    confirm: bytes = b""
    device_time_ms: int | None = None


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


@dataclass(frozen=True, slots=True)
class Identified:
    """What the device says it is: a serial number or firmware version. A change means that it was swapped."""

    device: str
    fingerprint: str


Output = Send | Measured | Occurred | Heard | Faulted | Identified

Verdict = Literal["frame", "crc_error", "skipped"]


@dataclass(slots=True)
class Counters:
    """Counted since the session was made. `resyncs` counts runs of skipped bytes, not the bytes.

    `trace` is told what became of every byte that arrived, for a technician who watches; it must be quick.
    """

    frames: int = 0
    crc_errors: int = 0
    resyncs: int = 0
    trace: Callable[[Verdict, bytes], None] | None = None

    def on_frame(self, frame: bytes) -> None:
        self.frames += 1
        if self.trace:
            self.trace("frame", frame)

    def on_crc_error(self, frame: bytes) -> None:
        self.crc_errors += 1
        if self.trace:
            self.trace("crc_error", frame)

    def on_skipped(self, data: bytes, *, new_run: bool = True) -> None:
        self.resyncs += new_run
        if self.trace:
            self.trace("skipped", data)


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


class Part(NamedTuple):
    """A named piece of a frame: bytes from `start` to before `end`, and what they say."""

    start: int
    end: int
    name: str
    text: str


Explain = Callable[[bytes, bool], Sequence[Part]]
"""(a whole valid frame, whether we sent it) -> its parts, in order. Never raises; names no person."""


@dataclass(frozen=True, slots=True)
class Action:
    """Something a session can be asked to do. `arguments`: name -> what to write, for people."""

    zh: str
    en: str
    arguments: Mapping[str, str] = field(default_factory=dict)


class CannotAct(ValueError):
    """The action is unknown, its arguments are wrong or the device cannot do it now; the text says what to do."""


class ActingSession(Session, Protocol):
    """The session of a driver with `actions`."""

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:
        """Raises CannotAct. What comes of it is told later, as outputs of `feed` and `tick`."""


class BadOption(ValueError):
    """A device's options in the facility file are wrong; the text says which and what to write instead.

    `device` and `option` tell where, as far as it is known: the text begins with the device's id.
    """

    def __init__(self, text: str, device: str = "", option: str = "") -> None:
        super().__init__(text)
        self.device, self.option = device, option


@dataclass(frozen=True, slots=True)
class Driver:
    """What `firmware_bridge/devices/<name>.py` exports as `DRIVER`.

    metrics: names each device may report. silence_s: no valid frame for this long means off line (None: the device
    has no supervision of its own and is on line while its port is). life_safety: its silence is itself an alarm.
    private: its bytes can tell who somebody is, or hold a password: recordings encrypt them, watches hide them.
    proven_by: names of occurrences, or of boolean metrics when true, that prove its life-safety function works.
    actions: by name; their session is an `ActingSession`. explain: names the parts of a frame for technicians.
    """

    name: str
    zh: str
    en: str
    line: Line
    metrics: tuple[str, ...]
    silence_s: float | None
    life_safety: bool
    session: Callable[[Sequence[DeviceSettings]], Session]
    private: bool = False
    proven_by: Collection[str] = ()
    actions: Mapping[str, Action] = field(default_factory=dict)
    explain: Explain | None = None
