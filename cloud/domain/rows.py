"""Rows that travel between reading a message and writing the records."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """One measured value; (facility, device, metric, time, drill) names it, so a repeat changes nothing.

    `drill`: the drill that it comes from. Such a value goes to a place of its own and is never the latest one.
    """

    facility: str
    device: str  # empty: the edge node itself
    metric: str
    at_ms: int
    value: float
    drill: str = ""


@dataclass(frozen=True, slots=True)
class FacilityRow:
    id: str
    area: str
    kind: str
    name_zh: str
    name_en: str
    simulated: bool
    epoch: str
    clock_quality: str = ""
    clock_offset_ms: int | None = None
    config_hash: str = ""
    config_state: str = ""


@dataclass(frozen=True, slots=True)
class DeviceRow:
    facility: str
    id: str
    driver: str
    location: str
    life_safety: bool
    simulated: bool
    online: bool
    cause: str
    fingerprint: str = ""
    proven_at_ms: int | None = None
    prove_every_days: int = 0
