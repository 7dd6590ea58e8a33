"""The days of a divorce (离婚冷静期): when its certificate can be claimed, counted from the day of the application.

Source: 民法典 art. 1077: thirty days in which either may withdraw, then thirty days in which both come for the
certificate; who does not come has withdrawn. The day of the application itself is not counted (art. 201), the days are
those of Asia/Shanghai. The machine counts and tells; the window decides.
"""

from calendar import monthrange
from collections.abc import Generator
from datetime import date, timedelta

from edge.domain.visits.appointments import said_day
from edge.domain.visits.conversation import Visit
from edge.domain.visits.questions import Answer, Choice, Line, Notice, Option, Question, Said

COOLING_DAYS, CLAIMING_DAYS = 30, 30
MONTHS = 4  # that are asked for; the last claim of the one before them ended long ago
_UNKNOWN = "unknown"


def claim_window(applied: date) -> tuple[date, date]:
    """The first and last day on which a divorce certificate can be claimed, in whole days."""
    ready = applied + timedelta(days=COOLING_DAYS + 1)
    return ready, ready + timedelta(days=CLAIMING_DAYS - 1)


def ask_applied(visit: Visit) -> Generator[Question, Answer, date | None]:
    """The day of the application. None: longer ago, or not remembered."""
    month = yield Choice(
        name="month",
        words="marriage.month",
        personal=False,
        style="list",
        options=(*(_month(visit.day, back) for back in range(MONTHS)), Option(key=_UNKNOWN)),
    )
    if month["chosen"] == _UNKNOWN:
        return None
    first = date.fromisoformat(f"{month['chosen']}-01")
    days = (first.replace(day=number) for number in range(1, monthrange(first.year, first.month)[1] + 1))
    day = yield Choice(
        name="applied",
        words="marriage.applied",
        personal=False,
        style="dates",
        options=tuple(Option(key=one.isoformat(), text=said_day(one)) for one in days if one <= visit.day),
    )
    return date.fromisoformat(day["chosen"])


def days_notice(visit: Visit, applied: date) -> Generator[Question, Answer, str]:
    """Tell the two dates. What the couple wants: ticket, or later where today is not one of the days."""
    first, last = claim_window(applied)
    when = "early" if visit.day < first else "late" if visit.day > last else "open"
    yield Notice(
        name="window",
        words=f"marriage.window.{when}",
        lines=(Line("marriage.window.first", _said(first)), Line("marriage.window.last", _said(last))),
    )
    if when == "open":
        return "ticket"
    come = yield Choice(
        name="come",
        words="marriage.come",
        personal=False,
        options=(Option(key="ticket", icon="ticket"), Option(key="later", icon="calendar")),
    )
    return str(come["chosen"])


def _month(day: date, back: int) -> Option:
    months = day.year * 12 + day.month - 1 - back
    year, month = months // 12, months % 12 + 1
    return Option(key=f"{year}-{month:02d}", text=Said(f"{year}年{month}月", f"{year}-{month:02d}"))


def _said(day: date) -> Said:
    near = said_day(day)
    return Said(f"{day.year}年{near.zh}", f"{near.en} {day.year}")
