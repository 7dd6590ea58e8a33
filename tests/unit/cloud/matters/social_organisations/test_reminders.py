"""Reminders of the annual check: 30, 7 and 1 days before, each once, whatever days the job missed."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.matters.social_organisations.reminders import DAYS, due

DEADLINE = date(2028, 3, 1)


@pytest.mark.parametrize(
    ("today", "sent", "days"),
    [
        ("2028-01-30", (), None),
        ("2028-01-31", (), 30),
        ("2028-01-31", (30,), None),
        ("2028-02-10", (), 30),  # the job stood still
        ("2028-02-23", (30,), 7),
        ("2028-02-26", (), 7),  # both were missed: one goes out
        ("2028-02-26", (7,), None),
        ("2028-02-29", (30, 7), 1),
        ("2028-03-01", (30, 7, 1), None),
        ("2028-03-01", (30, 7), 1),
        ("2028-03-02", (), None),
    ],
)
def test_of_the_reminders_whose_day_has_come_the_last_one_is_due_unless_it_went_out(
    today: str, sent: tuple[int, ...], days: int | None
) -> None:
    assert due(DEADLINE, date.fromisoformat(today), sent) == days


@given(st.sets(st.integers(0, 60)))
def test_on_whatever_days_the_job_runs_each_reminder_goes_out_once_and_never_after_a_later_one(days: set[int]) -> None:
    sent: list[int] = []
    for left in sorted(days, reverse=True):
        if (one := due(DEADLINE, DEADLINE - timedelta(days=left), sent)) is not None:
            sent.append(one)
    assert sent == sorted(set(sent), reverse=True)
    assert set(sent) <= set(DAYS)
    assert set(sent) >= ({30} if days & set(range(8, 31)) else set()) | ({1} if days & {0, 1} else set())
