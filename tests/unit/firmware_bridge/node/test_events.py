from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.node.events import REMEMBERED, ToldEvents


def test_a_repeat_is_known_and_a_gap_is_counted() -> None:
    told = ToldEvents()
    assert [told.take(1, number) for number in (5, 5, 6, 10, 6, 10, 11)] == [0, None, 0, 3, None, None, 0]


def test_numbers_that_begin_again_in_another_log_are_new() -> None:
    told = ToldEvents()
    assert [told.take(1, 5), told.take(2, 1), told.take(2, 1), told.take(1, 5)] == [0, 0, None, None]


@given(st.lists(st.tuples(st.integers(0, 20), st.integers(0, 20))))
def test_its_memory_is_bounded(events: list[tuple[int, int]]) -> None:
    told = ToldEvents()
    for log, number in events:
        told.take(log, number)
        assert told.take(log, number) is None
    assert len(told._last) <= REMEMBERED
