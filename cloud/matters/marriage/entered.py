"""What a county's register says of one registration, as it stands there: right or wrong. Pure.

Numbers of 15 digits were issued until 1999 and lapsed on 2013-01-01 (居民身份证法, decision of 2011); the same person's
number of 18 has "19" before the year, and a check character.
"""

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Literal

from contract.identifiers import citizen_number, foreign_card
from contract.identifiers.area import TEST_AREAS

Kind = Literal["marriage", "divorce"]
Status = Literal["valid", "annulled"]
Document = Literal["citizen", "other"]
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_OLD_NUMBER = re.compile(r"[0-9]{15}")


@dataclass(frozen=True, slots=True)
class Party:
    """`birth` as it is written; `document` other: a passport or an officer's card, whose number says nothing."""

    name: str
    number: str
    birth: str
    document: Document = "citizen"


@dataclass(frozen=True, slots=True)
class Entered:
    """`registered` as it is written; `certificate`: its number (证字号)."""

    county: str
    kind: Kind
    certificate: str
    registered: str
    husband: Party
    wife: Party
    status: Status = "valid"

    @property
    def parties(self) -> tuple[tuple[Literal["husband", "wife"], Party], ...]:
        return ("husband", self.husband), ("wife", self.wife)


def day(text: str) -> date | None:
    """None for what is no day of the calendar: 2023-02-29."""
    if not _DAY.fullmatch(text):
        return None
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def full_number(number: str) -> str:
    """The number by which a person is known: of 18 characters where it was one of 15."""
    text = number.strip().upper()
    if not _OLD_NUMBER.fullmatch(text):
        return text
    first_17 = f"{text[:6]}19{text[6:]}"
    return first_17 + citizen_number.check_character(first_17)


def citizen(number: str) -> citizen_number.CitizenNumber | None:
    """None where nobody can have the number. That of a foreigner's residence card is no citizen's: see `is_card`."""
    text = full_number(number)
    try:
        return citizen_number.parse(text, test=text[:6] in TEST_AREAS)
    except citizen_number.BadCitizenNumber:
        return None


def is_card(number: str) -> bool:
    """A foreigner's residence card (外国人永久居留身份证)."""
    text = number.strip().upper()
    try:
        foreign_card.parse(text, test=text.startswith(foreign_card.TEST_COUNTRY))
    except foreign_card.BadForeignCard:
        return False
    return True


def plain_certificate(number: str) -> str:
    """As numbers of certificates are compared: full-width and half-width alike, without spaces, in capitals."""
    return "".join(unicodedata.normalize("NFKC", number).split()).upper()
