"""No file holds a number that may be a living citizen's: people in fixtures live in counties that do not exist.

GB 11643: six digits of area, eight of birth date, three of order, one check character (ISO 7064 MOD 11-2). The area
codes 330897, 330898 and 330899 are given to nobody, so numbers that begin with them are ours to use.
"""

import re
from datetime import datetime

from tests.architecture.tree import text_lines

NUMBER = re.compile(r"(?<![0-9A-Za-z])3308\d{13}[0-9Xx](?![0-9A-Za-z])")
INVENTED_AREAS = ("330897", "330898", "330899")


def _check_character(first_17: str) -> str:
    total = sum(int(digit) * 2 ** (17 - place) for place, digit in enumerate(first_17))
    return "10X98765432"[total % 11]


def _is_a_date(digits: str) -> bool:
    try:
        datetime.strptime(digits, "%Y%m%d")  # noqa: DTZ007 - a birth date has no zone
    except ValueError:
        return False
    return True


def may_be_a_real_person(number: str) -> bool:
    return (
        not number.startswith(INVENTED_AREAS)
        and number[17].upper() == _check_character(number[:17])
        and _is_a_date(number[6:14])
    )


def test_no_file_holds_the_number_of_a_possible_person() -> None:
    assert [
        f"{place}: {number}"
        for place, line in text_lines()
        for number in NUMBER.findall(line)
        if may_be_a_real_person(number)
    ] == []


def test_a_real_area_would_be_found() -> None:
    first_17 = "330802" + "19900307" + "001"  # joined here, so that this file does not hold one either
    number = first_17 + _check_character(first_17)
    assert NUMBER.findall(f"id={number},") == [number]
    assert may_be_a_real_person(number)
    assert not may_be_a_real_person("330899199003070016")
    assert not may_be_a_real_person(first_17 + "?")
