"""The hours of duty (值班) as slots without a gap: each begins at an hour, and ends where the next begins. Pure.

A day's slots are named by the day and the hour at which they begin, in Asia/Shanghai; the last one of a day reaches
into the next.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cloud.domain.deadline import SHANGHAI

_DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True, order=True)
class Slot:
    day: date
    hour: int

    @property
    def begins_ms(self) -> int:
        at = datetime(self.day.year, self.day.month, self.day.day, self.hour, tzinfo=SHANGHAI)
        return round(at.timestamp() * 1000)


def slot_at(hours: Sequence[int], at_ms: int) -> Slot:
    """The slot that runs. `hours`: at least one, ascending."""
    at = datetime.fromtimestamp(at_ms / 1000, SHANGHAI)
    begun = [hour for hour in hours if hour <= at.hour]
    return Slot(at.date(), begun[-1]) if begun else Slot(at.date() - _DAY, hours[-1])


def slots_until(hours: Sequence[int], from_ms: int, until_ms: int) -> Iterator[Slot]:
    """The one that runs at `from_ms`, and those that begin up to `until_ms`."""
    slot = slot_at(hours, from_ms)
    while slot.begins_ms <= until_ms:
        yield slot
        later = [hour for hour in hours if hour > slot.hour]
        slot = Slot(slot.day, later[0]) if later else Slot(slot.day + _DAY, hours[0])
