"""What a device told us, and when."""

from collections.abc import Mapping
from dataclasses import dataclass

Value = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Reading:
    """One device's values at one moment, by metric name. `taken_at_ms`: the edge's wall clock, UTC milliseconds.

    `device_time_ms`: the device's own clock, where it has one. `drill`: the drill that it comes from.
    """

    device: str
    values: Mapping[str, Value]
    taken_at_ms: int
    device_time_ms: int | None = None
    drill: str = ""


@dataclass(frozen=True, slots=True)
class Latest:
    """The newest value of a metric, and since when it has been that."""

    value: Value
    taken_at_ms: int
    since_ms: int


@dataclass(frozen=True, slots=True)
class DeviceState:
    """`cause` of an off-line device: port (cannot be opened, unplugged), device (silent or faulted), edge, drill.

    `fingerprint`: what it says it is, and `port` where it said so. `proven_at_ms`: when it last did what it is for; it
    must every `prove_every_days`.
    """

    id: str
    driver: str
    location: str
    life_safety: bool
    metrics: tuple[str, ...]
    online: bool
    cause: str
    since_ms: int
    fingerprint: str = ""
    port: str = ""
    proven_at_ms: int | None = None
    prove_every_days: int | None = None
