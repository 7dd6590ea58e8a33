"""Appointments (预约): the times that the city has given to this site (号源), and the places that are left of each.

A time that somebody else has just taken stays among the options, so that who chose it a moment ago keeps all their
answers and is shown the nearest times that are left.
"""

from collections.abc import Generator, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from edge.domain.visits.conversation import Visit
from edge.domain.visits.questions import Answer, Choice, Option, Question, Said

DAYS, NEAREST = 7, 3
_WEEKDAYS = ("周一", "周二", "周三", "周四", "周五", "周六", "周日")
_WEEKDAYS_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Time:
    """`key`: by which the box counts the places it has given away. `time`: HH:MM. `left`: places, never below zero."""

    key: str
    day: date
    time: str
    left: int

    @property
    def minute(self) -> int:
        """From an arbitrary beginning, to tell which times are near."""
        return self.day.toordinal() * 1440 + minute_of(self.time)

    @property
    def said(self) -> Said:
        day = said_day(self.day)
        return Said(f"{day.zh} {self.time}", f"{day.en} {self.time}")


def times(visit: Visit, matter: str) -> list[Time]:
    """The times of the next seven days that are not past, in their order, those without a place left too."""
    snapshot = visit.snapshot("slots")
    found = [
        Time(row.key, date.fromisoformat(row.date), row.time, max(0, row.places - visit.booked(row.key)))
        for row in (snapshot.rows if snapshot else ())
        if row.matter == matter and row.places
    ]
    now, end = visit.day.toordinal() * 1440 + visit.minute, visit.day + timedelta(days=DAYS)
    return sorted((one for one in found if one.minute > now and one.day < end), key=lambda one: one.minute)


def nearest(wanted: Time, among: Iterable[Time]) -> list[Time]:
    """The three times with a place left that are nearest to one, in their order."""
    free = [one for one in among if one.left]
    close = sorted(free, key=lambda one: (abs(one.minute - wanted.minute), one.minute))[:NEAREST]
    return sorted(close, key=lambda one: one.minute)


def ask_time(
    visit: Visit, words: str, section: str, offered: Sequence[Time]
) -> Generator[Question, Answer, Time | None]:
    """The day, the time, and where its last place has gone, one of the nearest. None: no place is left at all.

    Questions `date`, `time`, `nearest`; `words`: the beginning of the keys `closed` and `full`.
    """
    if not any(one.left for one in offered):
        return None
    days = [_day(visit.day + timedelta(days=number), words, offered) for number in range(DAYS)]
    on = yield Choice(name="date", section=section, style="dates", personal=False, options=tuple(days))
    of_day = {one.key: one for one in offered if one.day.isoformat() == on["chosen"]}
    at = yield Choice(
        name="time",
        section=section,
        style="slots",
        personal=False,
        options=tuple(_time(one, Said(one.time, one.time), words) for one in of_day.values()),
    )
    wanted = of_day[at["chosen"]]
    if wanted.left:
        return wanted
    near = {one.key: one for one in nearest(wanted, offered)}
    instead = yield Choice(
        name="nearest",
        section=section,
        personal=False,
        options=tuple(_time(one, one.said, words) for one in near.values()),
    )
    return near[instead["chosen"]]


def minute_of(time: str) -> int:
    hours, minutes = time.split(":")
    return int(hours) * 60 + int(minutes)


def said_day(day: date) -> Said:
    return Said(
        f"{day.month}月{day.day}日 {_WEEKDAYS[day.weekday()]}",
        f"{_WEEKDAYS_EN[day.weekday()]} {day.day} {_MONTHS_EN[day.month - 1]}",
    )


def _day(day: date, words: str, offered: Sequence[Time]) -> Option:
    of_day = [one for one in offered if one.day == day]
    is_full = bool(of_day) and not any(one.left for one in of_day)
    return Option(
        key=day.isoformat(),
        text=said_day(day),
        note=f"{words}.full" if is_full else None,
        off=None if of_day else f"{words}.closed",
    )


def _time(one: Time, text: Said, words: str) -> Option:
    left = Said(f"还剩 {one.left} 个", f"{one.left} left") if one.left else f"{words}.full"
    return Option(key=one.key, text=text, note=left)
