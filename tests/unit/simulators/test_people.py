from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.devices.id_card_reader import text_block
from simulators.people import (
    AREA_CODES,
    HMT_AREA_CODES,
    LONG_TERM,
    check_character,
    make_foreign_resident,
    make_hmt_resident,
    make_people,
    make_person,
)
from tests.unit.simulators.golden import VECTORS


@pytest.mark.parametrize("number", VECTORS["id_valid"])
def test_check_character_agrees_with_the_golden_numbers(number: str) -> None:
    assert check_character(number[:17]) == number[17]


def test_same_seed_gives_the_same_people() -> None:
    assert make_people(7, 50) == make_people(7, 50)
    assert make_people(7, 50) != make_people(8, 50)


@given(st.integers(0, 2**32))
def test_nobody_can_be_a_living_person(seed: int) -> None:
    person = make_person(Random(seed))
    number = person.id_number
    assert number[:6] in AREA_CODES == ("330897", "330898", "330899")
    assert number[6:14] == person.birth
    assert number[17] == check_character(number[:17])
    assert int(number[16]) % 2 == (person.sex == "1")


@given(st.integers(0, 2**32))
def test_everybody_fits_on_a_card(seed: int) -> None:
    assert len(text_block(make_person(Random(seed)))) == 256


def test_wishes_are_granted() -> None:
    person = make_person(Random(1), sex="2", born=(1940, 1940))
    assert (person.sex, person.birth[:4], person.valid_to) == ("2", "1940", LONG_TERM)


def test_awkward_names_and_dates_turn_up_now_and_then() -> None:
    people = make_people(1, 300)
    assert any("·" in person.name for person in people)
    assert any(ord(max(person.name)) > 0xFFFF for person in people)
    assert any(len(person.name) == 15 for person in people)
    assert any("\u3400" <= character <= "\u4dbf" for person in people for character in person.name)
    assert 0 < sum(person.valid_to == LONG_TERM for person in people) < 300


@given(st.integers(0, 2**32))
def test_a_resident_of_hong_kong_macao_or_taiwan_has_a_number_that_nobody_was_given(seed: int) -> None:
    holder = make_hmt_resident(Random(seed))
    assert holder.id_number[:6] in HMT_AREA_CODES
    assert holder.id_number[:6] not in ("810000", "820000", "830000")
    assert holder.id_number[6:14] == holder.birth
    assert holder.id_number[17] == check_character(holder.id_number[:17])
    assert len(holder.pass_number) == 9
    assert len(text_block(holder)) == 256


@given(st.integers(0, 2**32))
def test_a_foreigner_comes_from_a_country_that_does_not_exist(seed: int) -> None:
    holder = make_foreign_resident(Random(seed))
    assert holder.nationality == holder.id_number[:3] == "ZZZ"
    assert len(holder.id_number) == 15
    assert len(text_block(holder)) == 256
