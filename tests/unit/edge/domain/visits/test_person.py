"""What a card says, and what it never says again."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.visits.person import LONG_TERM, NotUsable, Person, mask_name, mask_phone, read_card

KEY = b"k" * 32
CARD = {"name": "测试甲", "sex": "1", "birth": "19900307", "id_number": "330899199003070016", "valid_to": "20260101"}


def read(**changed: str) -> Person:
    return read_card({**CARD, **changed}, KEY, simulated=True)


def test_a_card_is_read_with_its_dates_and_a_token_instead_of_its_number() -> None:
    person = read()
    assert (person.birth, person.valid_to, person.sex) == ("1990-03-07", "2026-01-01", "male")
    assert (person.name_masked, person.id_masked) == ("测**", "330899********0016")
    assert len(person.token) == 64
    assert person.token != read_card(CARD, b"x" * 32, simulated=True).token


def test_the_day_before_the_birthday_one_is_a_year_younger() -> None:
    assert read().age(date(2012, 3, 6)) == 21
    assert read().age(date(2012, 3, 7)) == 22


def test_a_card_is_good_on_its_last_day_and_a_long_term_one_always() -> None:
    assert not read().has_expired(date(2026, 1, 1))
    assert read().has_expired(date(2026, 1, 2))
    for text in (LONG_TERM, ""):
        assert not read(valid_to=text).has_expired(date(2099, 1, 1))


@pytest.mark.parametrize(
    ("changed", "why"),
    [
        ({"id_number": "330899199003070017"}, "card.bad_number"),
        ({"id_number": ""}, "card.bad_number"),
        ({"birth": "19901399"}, "card.unreadable"),
        ({"birth": ""}, "card.unreadable"),
        ({"name": "  "}, "card.unreadable"),
        ({"valid_to": "soon"}, "card.unreadable"),
    ],
)
def test_what_is_wrong_is_told_without_repeating_it(changed: dict[str, str], why: str) -> None:
    with pytest.raises(NotUsable) as wrong:
        read(**changed)
    assert str(wrong.value) == wrong.value.why == why


@given(st.dictionaries(st.sampled_from([*CARD, "card_type"]), st.text(max_size=30)))
def test_whatever_a_card_holds_it_is_a_person_or_not_usable(fields: dict[str, str]) -> None:
    try:
        person = read_card(fields, KEY, simulated=True)
    except NotUsable as wrong:
        person = None
        assert wrong.why.startswith("card.")  # noqa: PT017 - one of two good outcomes
    assert person is None or person.name


@pytest.mark.parametrize(
    ("phone", "masked"), [("13800005678", "138****5678"), ("000-12345678", "000-****5678"), ("12", "****")]
)
def test_a_phone_shows_its_ends(phone: str, masked: str) -> None:
    assert mask_phone(phone) == masked


def test_a_name_shows_its_first_character() -> None:
    assert mask_name("张三") == "张*"
    assert mask_name("") == "**"
