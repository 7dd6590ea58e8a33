"""One form, nine owners: each gets exactly what was asked of it, and sees only its own fields."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.special_relief import FIELDS, NEEDS, OWNERS, RECOGNISED, owners_of
from edge.domain.visits.assistance_form import Form, Means, Member
from edge.domain.visits.special_relief import PAPERS, papers_of

SOME_NEEDS = st.sets(st.sampled_from(NEEDS))
STATUS = st.sampled_from(["low_income", "extreme_poverty", "none", "unknown"])


def test_there_are_nine_owners_of_special_relief() -> None:
    assert OWNERS == (
        "medical", "employment", "education", "housing", "disabled_federation", "water", "power", "gas", "cable_tv",
    )  # fmt: skip


@pytest.mark.parametrize(
    ("needs", "status", "owners"),
    [
        (["illness", "work"], "none", ("medical", "employment")),
        (["food", "sudden"], "none", ()),
        (["disability"], "low_income", ("disabled_federation", "water", "power", "gas", "cable_tv")),
        (["food"], "extreme_poverty", ("water", "power", "gas", "cable_tv")),
        (list(NEEDS), "unknown", ("medical", "employment", "education", "housing", "disabled_federation")),
        (list(NEEDS), "low_income", OWNERS),
    ],
)
def test_a_household_asks_exactly_those_it_may_ask(needs: list[str], status: str, owners: tuple[str, ...]) -> None:
    assert owners_of(needs, status) == owners


@given(SOME_NEEDS, STATUS)
def test_no_owner_is_asked_twice_and_one_more_need_takes_none_away(needs: set[str], status: str) -> None:
    owners = owners_of(needs, status)
    assert len(set(owners)) == len(owners)
    for need in NEEDS:
        assert set(owners) <= set(owners_of(needs | {need}, status))


def test_every_field_that_an_owner_may_see_is_one_of_the_form() -> None:
    form = Form(("food",), (Member(1, "applicant", None),), "none", Means({}), (), (), "").as_json()
    assert FIELDS.keys() == set(OWNERS)
    assert set().union(*FIELDS.values()) <= form.keys()


def test_the_gas_company_sees_no_income_and_nobody_sees_all() -> None:
    for utility in ("water", "power", "gas", "cable_tv"):
        assert not {"incomes", "members", "house", "car", "needs", "phone"} & set(FIELDS[utility])
    assert all("car" not in fields and "needs" not in fields for fields in FIELDS.values())


@given(SOME_NEEDS, STATUS, st.booleans())
def test_papers_are_told_in_one_order_and_a_recognised_household_proves_no_income(
    needs: set[str], status: str, has_agent: bool
) -> None:
    papers = papers_of(needs, status, has_agent=has_agent)
    assert [*papers] == [paper for paper in PAPERS if paper in papers]
    assert ("proxy" in papers) == has_agent
    assert ("income_proof" in papers) == (status not in RECOGNISED)
