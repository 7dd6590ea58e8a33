"""Citizen identification numbers (GB 11643-1999).

    AAAAAA YYYYMMDD SSS C     area, birth date, sequence (its last digit odd = male), check character

The messages of `BadCitizenNumber` never repeat the number: they end up in logs.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date
from typing import Literal

from contract.identifiers.area import TEST_AREAS

_LENGTH = 18
_DIGITS = frozenset("0123456789")
_WEIGHTS = (7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2)
_CHECK_CHARACTERS = "10X98765432"


class BadCitizenNumber(ValueError):
    """The number cannot be a citizen's; the text says why."""


@dataclass(frozen=True, slots=True)
class CitizenNumber:
    number: str
    area: str
    born_on: date
    sex: Literal["male", "female"]

    def age_on(self, day: date) -> int:
        """Completed years, the way the law counts them."""
        before_birthday = (day.month, day.day) < (self.born_on.month, self.born_on.day)
        return day.year - self.born_on.year - before_birthday

    def __str__(self) -> str:
        return mask(self.number)

    def __repr__(self) -> str:
        return f"CitizenNumber({mask(self.number)!r})"


def parse(
    number: str, *, test: bool = False, areas: Collection[str] | None = None, today: date | None = None
) -> CitizenNumber:
    """BadCitizenNumber unless the number is well formed.

    Strict (test=False): the area must be one of `areas`; without a set, any but the counties of test numbers, because
    a number keeps the code of a county long after the county is gone. With `test`, those counties and no others: a
    rehearsal must refuse the number of a living person.
    `today` refuses births in the future.
    """
    text = number.strip().upper()
    if len(text) != _LENGTH:
        raise BadCitizenNumber(f"a citizen number has {_LENGTH} characters, not {len(text)}")
    if not _DIGITS.issuperset(text[:17]):
        raise BadCitizenNumber("the first 17 characters must be digits")
    if text[17] != check_character(text[:17]):
        raise BadCitizenNumber("the check character does not match: one character is wrong or two are swapped")
    area = text[:6]
    if not _accepts(area, test=test, areas=areas):
        raise BadCitizenNumber(f"area {area} is not an accepted one")
    born_on = _birth_date(text[6:14])
    if today is not None and born_on > today:
        raise BadCitizenNumber("the birth date lies in the future")
    return CitizenNumber(text, area, born_on, "male" if int(text[16]) % 2 else "female")


def check_character(first_17: str) -> str:
    """The 18th character that belongs to these 17 digits."""
    total = sum(int(digit) * weight for digit, weight in zip(first_17, _WEIGHTS, strict=True))
    return _CHECK_CHARACTERS[total % 11]


def mask(number: str) -> str:
    """`330899********0016`; whatever has another length is hidden entirely."""
    if len(number) != _LENGTH:
        return "*" * len(number)
    return f"{number[:6]}********{number[14:]}"


def _accepts(area: str, *, test: bool, areas: Collection[str] | None) -> bool:
    if test:
        return area in TEST_AREAS
    return area not in TEST_AREAS if areas is None else area in areas


def _birth_date(digits: str) -> date:
    try:
        return date(int(digits[:4]), int(digits[4:6]), int(digits[6:]))
    except ValueError as error:
        raise BadCitizenNumber("characters 7 to 14 are no date") from error
