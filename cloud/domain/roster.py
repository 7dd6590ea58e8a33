"""A duty roster (值班表) of turns that come again: who is there at a moment, and which hours nobody has. Pure.

Hours are of Asia/Shanghai. A turn that ends at or before its beginning reaches into the next day.
"""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from cloud.domain.deadline import SHANGHAI, day_of

HOUR_MS = 3_600_000
MINUTES_OF_A_DAY = 24 * 60
_DAY = timedelta(days=1)
Span = tuple[int, int]
"""From a moment until just before another, UTC milliseconds."""


@dataclass(frozen=True, slots=True)
class Turn:
    """班次: `who` has it on each day from `first` to `last`, but for days `off`. Minutes of the day."""

    who: str
    first: date
    last: date
    begins: int
    ends: int
    off: frozenset[date] = frozenset()

    def has(self, day: date) -> bool:
        return self.first <= day <= self.last and day not in self.off

    def span(self, day: date) -> Span:
        begins = midnight_ms(day) + self.begins * 60_000
        minutes = self.ends - self.begins
        return begins, begins + (minutes if minutes > 0 else minutes + MINUTES_OF_A_DAY) * 60_000


def midnight_ms(day: date) -> int:
    return round(datetime(day.year, day.month, day.day, tzinfo=SHANGHAI).timestamp() * 1000)


def on_duty(turns: Iterable[Turn], at_ms: int) -> list[str]:
    """Each once, in the order of the turns."""
    today = day_of(at_ms)
    there = [
        turn.who
        for turn in turns
        for day in (today - _DAY, today)
        if turn.has(day) and turn.span(day)[0] <= at_ms < turn.span(day)[1]
    ]
    return list(dict.fromkeys(there))


def uncovered(turns: Iterable[Turn], from_ms: int, until_ms: int) -> list[Span]:
    """Spans that nobody has, in their order; those that touch are one."""
    empty, reached = list[Span](), from_ms
    for begins, ends in sorted(_spans(turns, from_ms, until_ms)):
        if begins > reached:
            empty.append((reached, begins))
        reached = max(reached, ends)
    if reached < until_ms:
        empty.append((reached, until_ms))
    return empty


def hours(spans: Iterable[Span]) -> float:
    return sum(ends - begins for begins, ends in spans) / HOUR_MS


def _spans(turns: Iterable[Turn], from_ms: int, until_ms: int) -> Iterator[Span]:
    """Those that reach into the time that is looked at, cut to it."""
    earliest, latest = day_of(from_ms) - _DAY, day_of(until_ms)
    for turn in turns:
        day = max(turn.first, earliest)
        while day <= min(turn.last, latest):
            if turn.has(day):
                begins, ends = turn.span(day)
                if begins < until_ms and ends > from_ms:
                    yield max(begins, from_ms), min(ends, until_ms)
            day += _DAY
