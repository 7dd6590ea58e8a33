"""One instant on two clocks: durations come from the monotonic one, records from the wall clock."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Moment:
    wall_ms: int  # UTC milliseconds since the epoch; may jump
    monotonic: float  # seconds; never goes back

    def monotonic_at(self, wall_ms: int) -> float:
        """When a stored wall time was, on the monotonic clock; a time in the future counts as now."""
        return self.monotonic - max(0, self.wall_ms - wall_ms) / 1000
