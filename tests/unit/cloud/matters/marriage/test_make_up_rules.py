"""Who may register a marriage after the fact, and from when it is in force (民法典 articles 1046 to 1049)."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.matters.marriage.make_up_rules import against, in_force_from, of_age_on
from contract.identifiers.citizen_number import CitizenNumber, check_character

TODAY = date(2026, 9, 21)


def born(day: date, sex: str) -> CitizenNumber:
    first = f"330899{day:%Y%m%d}00{1 if sex == 'male' else 2}"
    return CitizenNumber(first + check_character(first), "330899", day, sex)  # type: ignore[arg-type]


def man(day: date) -> CitizenNumber:
    return born(day, "male")


def woman(day: date) -> CitizenNumber:
    return born(day, "female")


@pytest.mark.parametrize(
    ("person", "day"),
    [
        (man(date(2004, 9, 21)), date(2026, 9, 21)),
        (woman(date(2006, 9, 21)), date(2026, 9, 21)),
        (man(date(2004, 2, 29)), date(2026, 3, 1)),
        (woman(date(2004, 2, 29)), date(2024, 2, 29)),
    ],
)
def test_a_man_is_of_age_at_22_and_a_woman_at_20(person: CitizenNumber, day: date) -> None:
    assert of_age_on(person) == day
    assert person.age_on(day) == {"male": 22, "female": 20}[person.sex]
    assert person.age_on(day - timedelta(days=1)) < {"male": 22, "female": 20}[person.sex]


def test_on_the_birthday_they_may_and_the_day_before_not() -> None:
    both = man(date(2004, 9, 21)), woman(date(2004, 1, 1))
    assert against(*both, TODAY, TODAY) is None
    assert against(*both, TODAY - timedelta(days=1), TODAY - timedelta(days=1)) is not None


def test_two_of_one_sex_or_a_day_to_come_are_refused_with_the_reason() -> None:
    old = date(1980, 1, 1)
    assert against(man(old), man(old), TODAY, TODAY) == (
        "a marriage is between a man and a woman",
        "结婚登记双方须为一男一女",
    )
    why = against(man(old), woman(old), TODAY + timedelta(days=1), TODAY)
    assert why is not None
    assert why[0].startswith("since")


_DAYS = st.dates(min_value=date(1930, 1, 1), max_value=date(2000, 12, 31))


@given(_DAYS, _DAYS, st.dates(min_value=date(1950, 1, 1), max_value=TODAY))
def test_it_is_in_force_from_when_both_were_of_age_and_lived_as_a_couple(his: date, hers: date, since: date) -> None:
    both = man(his), woman(hers)
    day = in_force_from(*both, since)
    assert day == in_force_from(*reversed(both), since)
    assert day >= since
    assert both[0].age_on(day) >= 22
    assert both[1].age_on(day) >= 20
    before = day - timedelta(days=1)
    assert before < since or both[0].age_on(before) < 22 or both[1].age_on(before) < 20
