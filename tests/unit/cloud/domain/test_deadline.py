"""Time limits: hours of the clock, or working days of Asia/Shanghai; paused and gone on with."""

from datetime import UTC, date, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.domain.deadline import SHANGHAI, Calendar, Limit, day_of, due_ms, left, resumed_ms

SPRING = Calendar(
    holidays=frozenset(date(2026, 2, 16) + n * timedelta(days=1) for n in range(5)),
    workdays=frozenset({date(2026, 2, 14), date(2026, 2, 28)}),
)
PLAIN = Calendar()
moments = st.integers(1_700_000_000_000, 1_900_000_000_000)


def at(*when: int) -> int:
    return round(datetime(*when, tzinfo=SHANGHAI).timestamp() * 1000)  # type: ignore[misc, arg-type]


@pytest.mark.parametrize(
    ("begun", "days", "calendar", "last"),
    [
        ((2026, 11, 25, 9), 1, PLAIN, date(2026, 11, 26)),  # Wednesday: the day itself does not count
        ((2026, 11, 27, 23, 59), 1, PLAIN, date(2026, 11, 30)),  # Friday night: Monday
        ((2026, 11, 28, 0, 1), 5, PLAIN, date(2026, 12, 4)),
        ((2026, 2, 13, 10), 2, SPRING, date(2026, 2, 23)),  # a Saturday is worked, the feast is not
        ((2026, 2, 13, 10), 7, SPRING, date(2026, 2, 28)),
    ],
)
def test_working_days_end_with_the_last_millisecond_of_the_last(
    begun: tuple[int, ...], days: int, calendar: Calendar, last: date
) -> None:
    due = due_ms(Limit(working_days=days), at(*begun), calendar)
    assert day_of(due) == last
    assert day_of(due + 1) == last + timedelta(days=1)


def test_the_day_is_shanghais() -> None:
    late = round(datetime(2026, 11, 24, 16, 30, tzinfo=UTC).timestamp() * 1000)
    assert day_of(late) == date(2026, 11, 25)


@given(moments, st.integers(1, 40), st.integers(0, 60 * 24 * 60))
def test_a_pause_costs_no_working_day_and_gives_none(begun: int, days: int, pause_min: int) -> None:
    limit = Limit(working_days=days)
    due = due_ms(limit, begun, PLAIN)
    stopped = begun + (due - begun) // 2
    again = resumed_ms(limit, left(limit, due, stopped, PLAIN), due, stopped + pause_min * 60_000, PLAIN)
    assert again >= due
    worked = left(limit, again, stopped + pause_min * 60_000, PLAIN)
    assert worked == left(limit, due, stopped, PLAIN)


@given(moments, st.floats(0.1, 1000), st.integers(0, 10**9))
def test_hours_stand_still_to_the_millisecond(begun: int, hours: float, pause_ms: int) -> None:
    limit = Limit(hours=hours)
    due = due_ms(limit, begun, PLAIN)
    stopped = begun + (due - begun) // 3
    assert resumed_ms(limit, left(limit, due, stopped, PLAIN), due, stopped + pause_ms, PLAIN) == due + pause_ms


def test_who_was_late_before_the_pause_stays_late() -> None:
    limit = Limit(hours=1)
    assert left(limit, 5_000, 5_001, PLAIN) == -1
    assert resumed_ms(limit, -1, 5_000, 10_000, PLAIN) == 5_000


@pytest.mark.parametrize("wrong", [{}, {"hours": 1, "working_days": 1}, {"hours": -1}, {"working_days": -2}])
def test_a_limit_is_one_of_the_two(wrong: dict[str, int]) -> None:
    with pytest.raises(ValueError, match="hours or working days"):
        Limit(**wrong)
