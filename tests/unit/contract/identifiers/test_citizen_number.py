"""Numbers in 330897-330899 belong to no county, so to nobody; 110105... is the sample in GB 11643's annex."""

from datetime import date

import pytest

from contract.identifiers.area import AREAS
from contract.identifiers.citizen_number import BadCitizenNumber, check_character, mask, parse

MAN = "330899199003070016"


@pytest.mark.parametrize(
    ("number", "area", "born_on", "sex"),
    [
        ("330899199003070016", "330899", date(1990, 3, 7), "male"),
        ("330899199305120023", "330899", date(1993, 5, 12), "female"),
        ("330898194208150037", "330898", date(1942, 8, 15), "male"),
        ("330897195511010086", "330897", date(1955, 11, 1), "female"),
        ("11010519491231002X", "110105", date(1949, 12, 31), "female"),
    ],
)
def test_reads_area_birth_date_and_sex(number, area, born_on, sex):
    citizen = parse(number, test=area.startswith("33089"))
    assert (citizen.area, citizen.born_on, citizen.sex) == (area, born_on, sex)


def test_a_small_x_and_blanks_around_are_accepted():
    assert parse(" 11010519491231002x\n").number == "11010519491231002X"


@pytest.mark.parametrize(
    ("number", "reason"),
    [
        ("33089919900307001", "18 characters, not 17"),
        ("33089919900307001X", "check character"),
        ("330899199003070061", "check character"),
        ("33089919900307O016", "must be digits"),
        ("３３０８９９199003070016", "must be digits"),
        ("33089919900230001" + check_character("33089919900230001"), "no date"),
    ],
)
def test_says_what_is_wrong_without_repeating_the_number(number, reason):
    with pytest.raises(BadCitizenNumber, match=reason) as caught:
        parse(number, test=True)
    assert number not in str(caught.value)


def test_every_single_wrong_digit_is_found():
    for place in range(18):
        for digit in "0123456789":
            if digit != MAN[place]:
                with pytest.raises(BadCitizenNumber):
                    parse(MAN[:place] + digit + MAN[place + 1 :], test=True)


def test_strict_mode_refuses_the_test_counties():
    with pytest.raises(BadCitizenNumber, match="area 330899"):
        parse(MAN)


def test_a_rehearsal_refuses_everybody_else():
    with pytest.raises(BadCitizenNumber, match="area 110105"):
        parse("11010519491231002X", test=True)


def test_strict_mode_keeps_to_the_areas_it_is_given():
    with pytest.raises(BadCitizenNumber, match="area 110105"):
        parse("11010519491231002X", areas=AREAS)
    assert parse("11010519491231002X", areas={"110105"}).area == "110105"


def test_a_birth_after_today_is_refused():
    assert parse(MAN, test=True, today=date(1990, 3, 7)).born_on == date(1990, 3, 7)
    with pytest.raises(BadCitizenNumber, match="future"):
        parse(MAN, test=True, today=date(1990, 3, 6))


def test_age_counts_completed_years():
    citizen = parse(MAN, test=True)
    assert citizen.age_on(date(2026, 3, 6)) == 35
    assert citizen.age_on(date(2026, 3, 7)) == 36


def test_mask_shows_area_and_last_four():
    assert mask(MAN) == "330899********0016"
    assert mask("12345") == "*****"


def test_a_parsed_number_prints_masked():
    assert str(parse(MAN, test=True)) == "330899********0016"
    assert "19900307" not in repr(parse(MAN, test=True))
