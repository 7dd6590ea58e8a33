"""A roster: who is there at a moment, and which hours nobody has."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cloud.domain.roster import HOUR_MS, Turn, hours, midnight_ms, on_duty, uncovered

DAY = date(2028, 2, 28)
NOON, MIDNIGHT, SIX, TEN_AT_NIGHT = 12 * 60, 24 * 60, 6 * 60, 22 * 60
FROM, UNTIL = midnight_ms(DAY), midnight_ms(date(2028, 3, 1))  # a leap day in it

minutes = st.integers(0, MIDNIGHT - 1)
turns = st.lists(
    st.builds(
        Turn,
        who=st.sampled_from(["a", "b"]),
        first=st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3)),
        last=st.dates(DAY - timedelta(days=3), DAY + timedelta(days=3)),
        begins=minutes,
        ends=st.integers(0, MIDNIGHT),
        off=st.frozensets(st.dates(DAY, DAY + timedelta(days=1)), max_size=2),
    ),
    max_size=5,
)


def turn(
    begins: int, ends: int, who: str = "a", first: date = DAY, last: date = date(2028, 2, 29), **other: frozenset[date]
) -> Turn:
    return Turn(who, first, last, begins, ends, **other)


def test_a_turn_that_ends_before_it_begins_reaches_into_the_next_day() -> None:
    night = [turn(TEN_AT_NIGHT, SIX)]
    assert on_duty(night, FROM + 22 * HOUR_MS) == ["a"]
    assert on_duty(night, FROM + 30 * HOUR_MS - 1) == ["a"]
    assert on_duty(night, FROM + 30 * HOUR_MS) == []
    assert hours(uncovered(night, FROM, UNTIL)) == 48 - 2 - 6 - 2
    assert hours(uncovered([turn(0, 0)], FROM, UNTIL)) == 0  # round the clock


def test_two_days_by_turns_without_a_gap_have_none_and_a_day_off_has_one() -> None:
    both = [turn(0, NOON), turn(NOON, MIDNIGHT, "b")]
    assert uncovered(both, FROM, UNTIL) == []
    off = [turn(0, NOON), turn(NOON, MIDNIGHT, "b", off=frozenset({DAY}))]
    assert uncovered(off, FROM, UNTIL) == [(FROM + 12 * HOUR_MS, FROM + 24 * HOUR_MS)]
    assert on_duty([*both, turn(0, NOON, "b")], FROM) == ["a", "b"]


def test_a_roster_of_nobody_covers_nothing() -> None:
    assert uncovered([], FROM, UNTIL) == [(FROM, UNTIL)]
    assert hours(uncovered([], FROM, UNTIL)) == 48


@given(turns, st.integers(FROM, UNTIL - 1))
def test_a_moment_is_uncovered_exactly_when_nobody_is_on_duty(roster: list[Turn], at_ms: int) -> None:
    empty = any(begins <= at_ms < ends for begins, ends in uncovered(roster, FROM, UNTIL))
    assert empty == (not on_duty(roster, at_ms))


@given(turns)
def test_gaps_are_in_order_and_do_not_touch(roster: list[Turn]) -> None:
    gaps = uncovered(roster, FROM, UNTIL)
    edges = [edge for gap in gaps for edge in gap]
    assert edges == sorted(set(edges))
    assert all(FROM <= edge <= UNTIL for edge in edges)
