"""Slots of duty: no hour without one, no gap and no overlap, at midnight too."""

from datetime import date, datetime
from itertools import pairwise

from hypothesis import given
from hypothesis import strategies as st

from cloud.domain.deadline import SHANGHAI
from cloud.matters.elder_care.roster import Slot, slot_at, slots_until

HOURS = st.sets(st.integers(0, 23), min_size=1, max_size=24).map(sorted)
TIMES = st.integers(0, 4_102_444_800_000)
DAY_MS = 86_400_000


def at_ms(*when: int) -> int:
    return round(datetime(*when, tzinfo=SHANGHAI).timestamp() * 1000)  # type: ignore[misc,arg-type]


def test_the_last_slot_of_a_day_reaches_into_the_next() -> None:
    assert slot_at([8, 20], at_ms(2026, 9, 21, 20)) == Slot(date(2026, 9, 21), 20)
    assert slot_at([8, 20], at_ms(2026, 9, 22) - 1) == Slot(date(2026, 9, 21), 20)
    assert slot_at([8, 20], at_ms(2026, 9, 22, 7, 59)) == Slot(date(2026, 9, 21), 20)
    assert slot_at([8, 20], at_ms(2026, 9, 22, 8)) == Slot(date(2026, 9, 22), 8)
    assert slot_at([0], at_ms(2026, 9, 22)) == Slot(date(2026, 9, 22), 0)
    assert slot_at([8], at_ms(2028, 3, 1)) == Slot(date(2028, 2, 29), 8)


def test_a_slot_begins_by_the_clock_of_shanghai() -> None:
    assert Slot(date(2026, 9, 22), 0).begins_ms == 1_790_006_400_000


@given(HOURS, TIMES)
def test_each_moment_has_the_slot_that_began_last(hours: list[int], now_ms: int) -> None:
    running, following, *_ = slots_until(hours, now_ms, now_ms + 2 * DAY_MS)
    assert running == slot_at(hours, now_ms)
    assert running.begins_ms <= now_ms < following.begins_ms


@given(HOURS, TIMES, st.integers(0, 5 * DAY_MS))
def test_slots_follow_one_another_and_begin_in_time(hours: list[int], now_ms: int, ahead_ms: int) -> None:
    slots = list(slots_until(hours, now_ms, now_ms + ahead_ms))
    assert slots[-1].begins_ms <= now_ms + ahead_ms
    assert all(slot_at(hours, later.begins_ms - 1) == earlier for earlier, later in pairwise(slots))
    assert {slot.hour for slot in slots} <= set(hours)
