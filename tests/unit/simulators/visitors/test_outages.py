from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.visitors import Outage, Outages
from simulators.visitors.outages import DAY_S

SEEDS = st.integers(0, 2**32)


@given(SEEDS)
def test_one_whole_day_of_a_week_has_no_network(seed: int) -> None:
    outages = Outages(Random(seed), 7, (8, 17))
    whole = [one for one in outages.network if one.to_s - one.from_s == DAY_S]
    assert len(whole) == 1
    assert not outages.is_up(whole[0].from_s)
    assert outages.hours_down() >= 24


@given(SEEDS)
def test_power_fails_only_while_the_doors_are_open(seed: int) -> None:
    assert all(8 * 3600 < at_s % DAY_S < 17 * 3600 for at_s in Outages(Random(seed), 7, (8, 17)).cuts)


@given(SEEDS)
def test_the_same_seed_is_the_same_weather(seed: int) -> None:
    one, other = (Outages(Random(seed), 7, (8, 17)) for _ in range(2))
    assert (one.network, one.cuts) == (other.network, other.cuts)


@pytest.mark.parametrize(("at_s", "is_up"), [(9.9, True), (10, False), (19.9, False), (20, True)])
def test_an_outage_ends_when_it_says(at_s: float, is_up: bool) -> None:
    outages = Outages(Random(1), 1, (8, 17))
    outages.network = (Outage(10, 20),)
    assert outages.is_up(at_s) is is_up
