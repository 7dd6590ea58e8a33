"""Explicit moments: seconds after an arbitrary start, on both clocks."""

from datetime import datetime

from edge.domain.alarm_rules import SHANGHAI
from edge.domain.moment import Moment

START_MS = 1_780_000_000_000
_BOOTED = 5_000.0


def at(seconds: float, *, wall_jump_s: float = 0) -> Moment:
    """`wall_jump_s`: by how much somebody has set the wall clock meanwhile."""
    return Moment(START_MS + round((seconds + wall_jump_s) * 1000), _BOOTED + seconds)


def local(day: int, hour: int, minute: int = 0) -> Moment:
    """A time of the clock on a wall in Quzhou, in July 2026."""
    time = datetime(2026, 7, day, hour, minute, tzinfo=SHANGHAI)
    return Moment(round(time.timestamp() * 1000), (day * 24 + hour) * 3600.0 + minute * 60)
