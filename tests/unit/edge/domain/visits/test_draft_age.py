"""How old a draft is: only time that has certainly passed makes it older, whatever the wall clock says."""

from hypothesis import given
from hypothesis import strategies as st

from contract.events.envelope import TimeQuality
from edge.domain.moment import Moment
from edge.domain.visits.draft_age import Known, passed

HOUR_MS, DAY_MS = 3_600_000, 24 * 3_600_000
T = 1_764_036_000_000


def at(wall_ms: int, quality: TimeQuality = "good") -> Moment:
    return Moment(wall_ms, 0.0, quality)


def test_while_the_box_runs_the_monotonic_clock_counts() -> None:
    assert passed(Known(T, 0), HOUR_MS, at(T + HOUR_MS), may_have_been_off=False) == (HOUR_MS, Known(T + HOUR_MS, 0))


def test_a_wall_clock_that_jumps_while_the_box_runs_makes_nothing_older_even_where_it_is_trusted() -> None:
    older, _ = passed(Known(T, 0), HOUR_MS, at(T + 30 * DAY_MS), may_have_been_off=False)
    assert older == HOUR_MS


def test_a_wrong_clock_at_boot_makes_nothing_older() -> None:
    assert passed(Known(T, 0), 0, at(T + 30 * DAY_MS, "uncertain"), may_have_been_off=True) == (0, Known(T, 0))


def test_two_days_without_power_count_as_soon_as_the_clock_is_trusted_again_and_once() -> None:
    older, known = passed(Known(T, 0), 0, at(T - 400 * DAY_MS, "uncertain"), may_have_been_off=True)
    assert older == 0
    older, known = passed(known, HOUR_MS, at(0, "uncertain"), may_have_been_off=True)
    assert older == HOUR_MS
    older, known = passed(known, HOUR_MS, at(T + 2 * DAY_MS), may_have_been_off=True)
    assert (older, known) == (2 * DAY_MS - HOUR_MS, Known(T + 2 * DAY_MS, 0))


def test_without_any_trusted_reading_before_nobody_knows_how_long_the_box_was_off() -> None:
    assert passed(Known(), 0, at(T), may_have_been_off=True) == (0, Known(T, 0))


@given(
    st.lists(
        st.tuples(st.integers(0, DAY_MS), st.integers(-(10**13), 10**13), st.sampled_from(["uncertain", "bad"])),
        max_size=20,
    )
)
def test_without_trust_the_age_is_exactly_the_time_that_the_box_ran(told: list[tuple[int, int, TimeQuality]]) -> None:
    known, age = Known(T, 0), 0
    for ran_ms, wall_ms, quality in told:
        older, known = passed(known, ran_ms, at(wall_ms, quality), may_have_been_off=True)
        age += older
    assert age == sum(ran_ms for ran_ms, *_ in told) == known.counted_ms


@given(st.integers(0, 10**9), st.integers(-(10**13), 10**13), st.sampled_from(["good", "uncertain", "bad"]))
def test_nothing_ever_becomes_younger(ran_ms: int, wall_ms: int, quality: TimeQuality) -> None:
    older, _ = passed(Known(T, 0), ran_ms, at(wall_ms, quality), may_have_been_off=True)
    assert older >= ran_ms
