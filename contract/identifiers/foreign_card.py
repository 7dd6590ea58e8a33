"""Numbers of the foreign permanent resident card (外国人永久居留身份证): three letters of a country, twelve digits.

As the card layouts of the ID-card readers describe it (domain brief 2.2); the check digit's rule is not published, so
only the form is checked. ZZZ belongs to no country (ISO 3166-1, user-assigned codes): it marks invented people.
"""

import re

TEST_COUNTRY = "ZZZ"
_FORM = re.compile(r"[A-Z]{3}[0-9]{12}")


class BadForeignCard(ValueError):
    """The number cannot be that of such a card; the text says why, never what it was."""


def parse(number: str, *, test: bool = False) -> str:
    """With `test` only invented numbers, without it none of them."""
    text = number.strip().upper()
    if not _FORM.fullmatch(text):
        raise BadForeignCard("a foreign resident's card number has three letters and twelve digits")
    if test is not text.startswith(TEST_COUNTRY):
        raise BadForeignCard("the country code is not an accepted one")
    return text


def mask(number: str) -> str:
    """`ZZZ********0016`."""
    return f"{number[:3]}********{number[-4:]}"
