"""A bill holds what the published list has, at its prices, and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.reference_rows import PriceList
from edge.domain.visits.price_list import GROUPS, NotOnTheList, bill_of, categories, of_group, yuan
from tests.unit.edge.domain.visits.matters.mourners import ITEMS, price_list

IDS = [item[1] for item in ITEMS]
COUNTS = st.dictionaries(st.sampled_from(IDS), st.integers(0, 9))
LISTS = st.lists(
    st.tuples(
        st.sampled_from(GROUPS), st.sampled_from([*IDS, "other"]), st.sampled_from("甲乙丙"), st.integers(0, 10**7)
    ),
    min_size=1,
    unique_by=lambda item: item[1],
).map(lambda items: price_list(tuple((*item, item[3] // 3) for item in items)))


def test_a_bill_of_the_list() -> None:
    bill = bill_of(price_list(), {"cremation": 1, "pick-up": 1, "storage-more": 2, "candle": 0})
    assert [line.item.id for line in bill.lines] == ["pick-up", "cremation", "storage-more"]
    assert (bill.price_fen, bill.relief_fen, bill.to_pay_fen) == (86_000, 68_000, 18_000)
    assert bill.version == "2026-1"


def test_what_is_not_on_the_list_is_never_charged() -> None:
    with pytest.raises(NotOnTheList, match="not on the list 2026-1: incense"):
        bill_of(price_list(), {"cremation": 1, "incense": 1})


def test_nobody_gets_money_back_by_a_count_below_nought() -> None:
    with pytest.raises(ValueError, match="below nought"):
        bill_of(price_list(), {"cremation": -1})


@given(LISTS, st.data())
def test_every_line_is_in_the_list_and_the_total_is_their_sum(prices: PriceList, data: st.DataObject) -> None:
    counts = data.draw(st.dictionaries(st.sampled_from([item.id for item in prices.items]), st.integers(0, 9)))
    bill = bill_of(prices, counts)
    assert all(line.item in prices.items and line.count > 0 for line in bill.lines)
    assert bill.counts == {key: count for key, count in counts.items() if count}
    assert bill.to_pay_fen == sum(item.to_pay_fen * counts.get(item.id, 0) for item in prices.items)
    assert bill.to_pay_fen == bill.price_fen - bill.relief_fen >= 0


@given(COUNTS, st.sampled_from(["", "urn", "Cremation", "cremation "]))
def test_nothing_outside_the_list_comes_onto_a_bill(counts: dict[str, int], unknown: str) -> None:
    with pytest.raises(NotOnTheList):
        bill_of(price_list(), counts | {unknown: 1})


@given(LISTS)
def test_the_groups_hold_every_item_once_the_cheapest_of_a_category_first(prices: PriceList) -> None:
    shown = [item for group in GROUPS for item in of_group(prices, group)]
    assert sorted(item.id for item in shown) == sorted(item.id for item in prices.items)
    for group in GROUPS:
        for label in categories(prices):
            costs = [item.to_pay_fen for item in of_group(prices, group) if item.category == label]
            assert costs == sorted(costs)


@pytest.mark.parametrize(("fen", "text"), [(0, "0.00"), (5, "0.05"), (1_250, "12.50"), (100_000, "1000.00")])
def test_money_is_written_as_people_write_it(fen: int, text: str) -> None:
    assert yuan(fen) == text
