"""What is still owed is found from the case as it is: each order once, and never after it went back."""

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.visits.case import Case
from edge.domain.visits.refund import Owed, owed


def case(**desk: Any) -> Case:
    return Case(id="c", matter="care_home", code="1234", place="k", opened_ms=0, changed_ms=0, state="withdrawn",
                desk=desk)  # fmt: skip


def noted(order: str) -> dict[str, Any]:
    return {"order": order, "amount_fen": 100_000, "reference": f"p-{order}", "provider": "sandbox", "at_ms": 0}


def test_what_is_noted_is_owed_until_it_went_back() -> None:
    assert owed(case()) == ()
    assert owed(case(refunds=[noted("o-1")])) == (Owed("o-1", 100_000, "p-o-1"),)
    assert owed(case(refunds=[noted("o-1")], given_back=[noted("o-1")])) == ()


_orders = st.sampled_from(["o-1", "o-2", "o-3"])


@given(st.lists(_orders), st.sets(_orders))
def test_no_order_is_owed_twice_nor_after_it_went_back(orders: list[str], back: set[str]) -> None:
    found = owed(case(refunds=[noted(one) for one in orders], given_back=[noted(one) for one in back]))
    assert sorted(one.order for one in found) == sorted(set(orders) - back)
