"""A sample follows from the seed and the addresses alone; an interval that is right for few, for none and for all."""

from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.matters.place_names.enforcement import due
from cloud.matters.place_names.sampling import Outcome, draw, judged, wilson

ADDRESS = "浙江省衢州市柯城区花园街道荷花中路1号"
AREA = "330802013201"


@given(
    st.lists(st.text(min_size=1, max_size=5).filter(str.isprintable), unique=True, max_size=30),
    st.integers(1, 10),
    st.randoms(),
)
def test_the_order_of_the_addresses_changes_nothing(addresses: list[str], size: int, chance) -> None:  # type: ignore[no-untyped-def]
    drawn = draw("种子", size, addresses)
    chance.shuffle(addresses)
    assert draw("种子", size, addresses) == drawn
    assert len(set(drawn.addresses)) == min(size, len(addresses))
    assert drawn.population == len(addresses)


def test_another_seed_is_another_sample() -> None:
    whole: Sequence[str] = [f"路{n}号" for n in range(1000)]
    assert draw("a", 50, whole).addresses != draw("b", 50, whole).addresses


@pytest.mark.parametrize(
    ("right", "checked", "low", "high"),
    [
        (81, 263, 0.2553, 0.3662),
        (15, 148, 0.0624, 0.1605),
        (0, 20, 0.0, 0.1611),
        (1, 29, 0.0061, 0.1718),
        (20, 20, 0.8389, 1.0),
    ],
)  # the first four: Newcombe 1998, table I, method 3
def test_the_interval_is_wilsons(right: int, checked: int, low: float, high: float) -> None:
    assert wilson(right, checked) == pytest.approx((low, high), abs=6e-5)


def test_nobody_looked_is_no_interval() -> None:
    assert wilson(0, 0) is None


@given(st.integers(1, 2000).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_the_share_lies_in_its_interval(counted: tuple[int, int]) -> None:
    interval = wilson(*counted)
    assert interval is not None
    assert 0 <= interval[0] <= counted[0] / counted[1] + 1e-12
    assert counted[0] / counted[1] - 1e-12 <= interval[1] <= 1


@pytest.mark.parametrize(
    ("found", "written", "lat", "outcome"),
    [
        (True, "荷花中路一号", 28.9, "right"), (True, "荷花中路1号", 28.90017, "right"),
        (True, "荷花中路1号", 28.90019, "elsewhere"), (True, "荷花中路7号", 28.9, "other_text"),
        (True, "石梁镇荷花中路1号", 28.9, "other_text"), (False, "", 0.0, "gone"),
    ],
)  # fmt: skip
def test_a_second_visit_is_measured(found: bool, written: str, lat: float, outcome: Outcome) -> None:
    assert judged(ADDRESS, AREA, 118.8, 28.9, found=found, written=written, at=(118.8, lat)) == outcome


def test_a_finding_is_overdue_the_day_after_its_last_day() -> None:
    assert not due(date(2028, 2, 29), date(2028, 2, 29))
    assert due(date(2028, 2, 29), date(2028, 3, 1))
