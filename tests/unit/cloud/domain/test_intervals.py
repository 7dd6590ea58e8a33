"""Intervals against the plain set of numbers that they stand for."""

from itertools import count

from hypothesis import given
from hypothesis import strategies as st

from cloud.domain import intervals
from cloud.domain.intervals import Intervals

NUMBERS = st.integers(1, 60)
SPANS = st.lists(st.tuples(NUMBERS, st.integers(0, 8)).map(lambda pair: (pair[0], pair[0] + pair[1])), max_size=30)


@given(SPANS)
def test_add_says_what_is_new_and_the_watermark_is_the_last_before_the_first_hole(spans: list[tuple[int, int]]) -> None:
    whole: set[int] = set()
    known = Intervals()
    for low, high in spans:
        added = set(range(low, high + 1))
        new = known.add(low) if low == high else known.add_span(low, high)
        assert new == bool(added - whole)
        whole |= added
        known = Intervals.from_json(known.to_json())
        assert known.watermark == next(n for n in count() if n + 1 not in whole)


@given(st.sets(NUMBERS, min_size=1).flatmap(lambda numbers: st.permutations(sorted(numbers))))
def test_order_of_arrival_does_not_matter(numbers: list[int]) -> None:
    arrived, in_order = Intervals(), Intervals()
    for number in numbers:
        arrived.add(number)
    for number in sorted(numbers):
        in_order.add(number)
    assert arrived.to_json() == in_order.to_json()


def test_neighbours_become_one() -> None:
    known = Intervals()
    for number in (1, 3, 2):
        known.add(number)
    assert known.to_json() == "[[1,3]]"


def test_holes_without_end_do_not_take_memory_without_end() -> None:
    known = Intervals()
    for number in range(1, 3 * intervals._MOST_SPANS, 2):
        known.add(number)
    assert known.to_json().count("[") == intervals._MOST_SPANS + 1
    for number in range(2, 3 * intervals._MOST_SPANS):  # what was forgotten is sent again, from the watermark up
        known.add(number)
    assert known.watermark == 3 * intervals._MOST_SPANS - 1
