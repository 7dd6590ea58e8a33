"""Time limits (时限): in hours of the clock, or in working days of Asia/Shanghai. Pure.

A limit in days is counted from the day after it began (民法典 article 201) to the end of its last day, working days
only where the procedure says so; which days are worked is announced by the State Council each year.
"""

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, timezone

SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no summer time, so no time-zone database needed
_SATURDAY = 5
_DAY = timedelta(days=1)
_LONGEST_DAYS = 3660


@dataclass(frozen=True, slots=True)
class Calendar:
    """`holidays` fall on weekdays; `workdays` are weekend days that are worked (调休)."""

    holidays: frozenset[date] = frozenset()
    workdays: frozenset[date] = frozenset()

    def is_working(self, day: date) -> bool:
        return day in self.workdays or (day.weekday() < _SATURDAY and day not in self.holidays)


@dataclass(frozen=True, slots=True)
class Limit:
    """One of the two. Raises ValueError."""

    hours: float = 0
    working_days: int = 0

    def __post_init__(self) -> None:
        if (self.hours > 0) == (self.working_days > 0) or self.hours < 0 or self.working_days < 0:
            raise ValueError("a limit has hours or working days")


def day_of(at_ms: int) -> date:
    """In Asia/Shanghai."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(SHANGHAI).date()


def due_ms(limit: Limit, from_ms: int, calendar: Calendar) -> int:
    """The last millisecond that is in time."""
    if limit.hours:
        return from_ms + round(limit.hours * 3_600_000)
    return _end_of(_after(day_of(from_ms), limit.working_days, calendar))


def left(limit: Limit, due: int, at_ms: int, calendar: Calendar) -> int:
    """What a clock that is stopped keeps: milliseconds, or working days after the present one. Below 0: overdue."""
    if at_ms > due:
        return -1
    if limit.hours:
        return due - at_ms
    day, last = day_of(at_ms), day_of(due)
    return sum(calendar.is_working(day + n * _DAY) for n in range(1, (last - day).days + 1))


def resumed_ms(limit: Limit, kept: int, due: int, at_ms: int, calendar: Calendar) -> int:
    """When it is due after having stood still. Who was late before stays so."""
    if kept < 0:
        return due
    if limit.hours:
        return at_ms + kept
    return _end_of(_after(day_of(at_ms), kept, calendar))


def _after(day: date, working_days: int, calendar: Calendar) -> date:
    for _ in range(_LONGEST_DAYS):
        if working_days == 0:
            return day
        day += _DAY
        working_days -= calendar.is_working(day)
    raise ValueError("the calendar has no working days")


def _end_of(day: date) -> int:
    midnight = datetime(day.year, day.month, day.day, tzinfo=SHANGHAI) + _DAY
    return round(midnight.timestamp() * 1000) - 1
