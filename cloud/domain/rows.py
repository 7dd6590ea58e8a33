"""Rows that travel between reading a message and writing the records."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Point:
    """One measured value; (facility, device, metric, time) names it, so a repeat changes nothing."""

    facility: str
    device: str  # empty: the edge node itself
    metric: str
    at_ms: int
    value: float


@dataclass(frozen=True, slots=True)
class FacilityRow:
    id: str
    area: str
    kind: str
    name_zh: str
    name_en: str
    simulated: bool
    epoch: str


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
