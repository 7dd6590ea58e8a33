"""One instant on two clocks: durations come from the monotonic one, records from the wall clock."""

from dataclasses import dataclass

from contract.events.envelope import TimeQuality

_US = 1_000_000


@dataclass(frozen=True, slots=True)
class Moment:
    wall_ms: int  # UTC milliseconds since the epoch; may jump
    monotonic: float  # seconds, in whole microseconds; never goes back
    quality: TimeQuality = "uncertain"  # how far the wall clock can be trusted

    @property
    def monotonic_us(self) -> int:
        return round(self.monotonic * _US)

    @classmethod
    def of_us(cls, wall_ms: int, monotonic_us: int, quality: TimeQuality) -> "Moment":
        return cls(wall_ms, monotonic_us / _US, quality)

    def monotonic_at(self, wall_ms: int) -> float:
        """When a stored wall time was, on the monotonic clock; a time in the future counts as now."""
        return self.monotonic - max(0, self.wall_ms - wall_ms) / 1000
