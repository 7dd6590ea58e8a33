"""What a department is given of a household's form."""

from datetime import date
from random import Random
from typing import get_args

import pytest
from pydantic import ValidationError

from cloud.matters.social_assistance.household import House, Need, Status
from cloud.matters.social_assistance.proxies import ProxyAuthorization
from cloud.matters.social_assistance.tasks import DeptTask, task_of
from cloud.matters.social_assistance.workflow import AssistanceForm
from contract.special_relief import FIELDS, NEEDS, OWNERS
from simulators.people import make_person

ASKS = make_person(Random(43))
WHOLE = AssistanceForm.model_validate(
    {
        "applicants": [{"name": ASKS.name, "number": ASKS.id_number, "phone": "000-12345678"}],
        "area": "330802100", "economy_check": True, "needs": NEEDS, "status": "low_income", "phone": "000-12345678",
        "address": "样例村1号", "members": [{"relation": "child", "name": "测试乙"}], "house": "one",
        "incomes": [{"of": 1, "source": "wage", "range": "low"}], "remark": "测试",
    }
)  # fmt: skip


@pytest.mark.parametrize("owner", OWNERS)
def test_an_owner_is_given_its_fields_all_sealed_and_nothing_else(owner: str) -> None:
    plain, sealed = task_of("parent-1", "330802100", owner, WHOLE).parts()
    assert plain == {"owner": owner, "parent": "parent-1", "area": "330802100"}
    assert {name.removesuffix("s") if name == "applicants" else name for name in sealed} == set(FIELDS[owner])
    assert sealed["applicants"] == [{"name": ASKS.name, "number": ASKS.id_number}]


def test_a_form_leaves_nothing_unsealed_that_says_how_the_household_is() -> None:
    plain, _ = WHOLE.parts()
    assert plain == {"area": "330802100", "economy_check": True}


def test_the_codes_are_those_of_the_kiosk() -> None:
    assert get_args(Need) == NEEDS
    assert get_args(DeptTask.model_fields["owner"].annotation) == OWNERS
    assert set(get_args(Status)) == {"low_income", "extreme_poverty", "none", "unknown"}
    assert get_args(House) == ("no", "one", "more")


@pytest.mark.parametrize(
    ("since", "until", "is_one"),
    [
        ("2028-02-29", "2028-02-29", True),
        ("2028-02-29", "2029-03-01", True),
        ("2028-02-29", "2029-03-02", False),
        ("2028-03-01", "2028-02-29", False),
    ],
)
def test_an_authorisation_is_for_a_day_at_least_and_a_year_at_most(since: str, until: str, is_one: bool) -> None:
    row = {
        "applicants": [{"name": ASKS.name, "number": ASKS.id_number}], "worker": "wg-07", "matter": "assistance_form",
        "area": "330802100", "since": since, "until": until,
    }  # fmt: skip
    if is_one:
        assert ProxyAuthorization.model_validate(row).until == date.fromisoformat(until)
    else:
        with pytest.raises(ValidationError, match="until"):
            ProxyAuthorization.model_validate(row)
