"""Which relief point is open, and which open one is nearest (就近救助). Pure. Hours are of Asia/Shanghai."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from math import asin, cos, radians, sin, sqrt

from cloud.domain.deadline import SHANGHAI

EARTH_M = 6_371_008.8
"""Mean radius: on the distances of a city the sphere is wrong by less than 0.5 %."""
END_OF_DAY = 24 * 60


@dataclass(frozen=True, slots=True)
class Opening:
    """开放时间 on `days` (0 Monday … 6 Sunday). Minutes of the day; up to or before `opens`: until the next day."""

    days: frozenset[int]
    opens: int
    closes: int

    def has(self, day: int, minute: int) -> bool:
        if self.opens < self.closes:
            return day in self.days and self.opens <= minute < self.closes
        return (day in self.days and minute >= self.opens) or ((day - 1) % 7 in self.days and minute < self.closes)


@dataclass(frozen=True, slots=True)
class Place:
    id: str
    lon: float
    lat: float
    openings: Sequence[Opening]


def minute_of(clock: str) -> int:
    """`clock`: HH:MM, 24:00 for the end of the day."""
    hour, minute = clock.split(":")
    return int(hour) * 60 + int(minute)


def is_open(openings: Sequence[Opening], at_ms: int) -> bool:
    at = datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHANGHAI)
    return any(opening.has(at.weekday(), at.hour * 60 + at.minute) for opening in openings)


def metres(lon: float, lat: float, to_lon: float, to_lat: float) -> float:
    """Along a great circle (haversine). Degrees."""
    up, over = radians(to_lat - lat), radians(to_lon - lon)
    half = sin(up / 2) ** 2 + cos(radians(lat)) * cos(radians(to_lat)) * sin(over / 2) ** 2
    return 2 * EARTH_M * asin(min(1.0, sqrt(half)))


def nearest_open(places: Iterable[Place], lon: float, lat: float, at_ms: int, most: int) -> list[tuple[Place, float]]:
    """(place, metres), the nearest first."""
    there = [(place, metres(lon, lat, place.lon, place.lat)) for place in places if is_open(place.openings, at_ms)]
    return sorted(there, key=lambda one: (one[1], one[0].id))[:most]
