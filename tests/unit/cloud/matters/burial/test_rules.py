"""Forecast, upkeep, progress of a project: by the day."""

from datetime import date

import pytest
from pydantic import ValidationError

from cloud.matters.burial.cremations import Cremation
from cloud.matters.burial.facilities import is_kept_up, twelve_months_after
from cloud.matters.burial.forecast import mean_use, years_to_full
from cloud.matters.burial.projects import Project, progress
from cloud.office.inputs import inputs_of


def test_the_forecast_is_what_is_free_by_the_mean_of_three_years_that_are_over() -> None:
    used = {2022: 900, 2023: 10, 2024: 20, 2025: 30, 2026: 500}
    assert mean_use(used, 2026) == 20
    assert years_to_full(100, used, 2026) == 5
    assert years_to_full(0, used, 2026) == 0
    assert mean_use({2025: 30}, 2026) == 30  # what is not known is not nought
    assert mean_use({2025: 30, 2023: 0}, 2026) == 15


def test_nobody_can_tell_where_nothing_is_known_or_nothing_is_used() -> None:
    assert years_to_full(100, {}, 2026) is None
    assert years_to_full(100, {2026: 5}, 2026) is None
    assert years_to_full(100, {2024: 0, 2025: 0}, 2026) is None


@pytest.mark.parametrize(
    ("last", "through"),
    [
        (date(2026, 3, 1), date(2027, 3, 1)),
        (date(2028, 2, 29), date(2029, 2, 28)),
        (date(2027, 2, 28), date(2028, 2, 28)),
        (date(2026, 12, 31), date(2027, 12, 31)),
    ],
)
def test_an_inspection_holds_for_twelve_months(last: date, through: date) -> None:
    assert twelve_months_after(last) == through
    assert is_kept_up(last, through)
    assert not is_kept_up(last, date.fromordinal(through.toordinal() + 1))
    assert not is_kept_up(None, last)


def project(**other: object) -> Project:
    return Project.model_validate({
        "project": "P-1", "name": "样例树葬园", "kind": "tree", "area": "330802100", "places": 500,
        "budget_fen": 100_00, "milestones": [{"name": "开工", "due": "2028-02-29"}], **other,
    })  # fmt: skip


def test_a_milestone_is_red_the_day_after_and_says_how_late() -> None:
    lights = [
        (progress(project(), day)["light"], progress(project(), day)["milestones"][0]["days_late"])
        for day in (date(2028, 2, 21), date(2028, 2, 22), date(2028, 2, 29), date(2028, 3, 1), date(2028, 3, 11))
    ]
    assert lights == [("green", 0), ("amber", 0), ("amber", 0), ("red", 1), ("red", 11)]
    done = project(milestones=[{"name": "开工", "due": "2028-02-29", "done": "2028-03-03"}])
    told = progress(done, date(2029, 1, 1))
    assert (told["light"], told["milestones"][0]["days_late"]) == ("green", 3)


def test_no_more_is_paid_than_was_budgeted_and_no_milestone_stands_twice() -> None:
    with pytest.raises(ValidationError, match="more than the budget"):
        project(paid_fen=100_01)
    twice = [{"name": "开工", "due": "2026-01-01"}, {"name": "开工", "due": "2027-01-01"}]
    with pytest.raises(ValidationError, match="same name"):
        project(milestones=twice)


def test_the_city_makes_the_token_and_no_page_asks_for_it() -> None:
    cremation = Cremation.model_validate({
        "deceased_name": "测试甲", "deceased_number": "330899193802280012", "home": "funeral-1", "day": "2026-03-01",
        "token": "forged",
    }).tokened(lambda number: f"token of {number}")  # fmt: skip
    plain, personal = cremation.parts()
    assert plain == {"token": "token of 330899193802280012", "home": "funeral-1", "day": "2026-03-01"}
    assert personal == {"deceased_name": "测试甲", "deceased_number": "330899193802280012"}
    assert [one.name for one in inputs_of(Cremation)] == ["deceased_name", "deceased_number", "home", "batch", "day"]


def test_a_number_with_a_wrong_check_digit_is_nobody_s() -> None:
    with pytest.raises(ValidationError, match="check character"):
        Cremation.model_validate(
            {"deceased_name": "测试甲", "deceased_number": "330899193802280016", "home": "h", "day": "2026-03-01"}
        )
