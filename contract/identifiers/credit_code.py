"""Unified social credit codes (GB 32100-2015), with the organisation code inside (GB 11714-1997).

R K AAAAAA OOOOOOOO o C     registering department, kind, area, organisation code, its check, check character
"""

from dataclasses import dataclass

_LENGTH = 18
_ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"  # no I O S V Z
_WEIGHTS = tuple(pow(3, exponent, 31) for exponent in range(17))
_ORGANISATION_ALPHABET = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZ"
_ORGANISATION_WEIGHTS = (3, 7, 9, 10, 5, 8, 4, 2)

KINDS = {
    "11": "government",
    "12": "public institution",
    "51": "association",
    "52": "private non-enterprise unit",
    "53": "foundation",
}


class BadCreditCode(ValueError):
    """The code cannot be an organisation's; the text says why."""


@dataclass(frozen=True, slots=True)
class CreditCode:
    code: str
    area: str
    organisation: str

    @property
    def kind(self) -> str | None:
        """What sort of organisation it is, where civil affairs has to know."""
        return KINDS.get(self.code[:2])


def parse(code: str) -> CreditCode:
    """BadCreditCode unless both check characters match."""
    text = code.strip().upper()
    if len(text) != _LENGTH:
        raise BadCreditCode(f"a unified social credit code has {_LENGTH} characters, not {len(text)}")
    for place, character in enumerate(text, start=1):
        if character not in _ALPHABET:
            raise BadCreditCode(f"character {place} ({character!r}) is not used in these codes")
    if not text[2:8].isdecimal():
        raise BadCreditCode("characters 3 to 8 (the area) must be digits")
    if text[16] != organisation_check_character(text[8:16]):
        raise BadCreditCode("the organisation code inside (characters 9 to 17) fails its check")
    if text[17] != check_character(text[:17]):
        raise BadCreditCode("the check character does not match: one character is wrong or two are swapped")
    return CreditCode(text, area=text[2:8], organisation=text[8:17])


def check_character(first_17: str) -> str:
    """The 18th character that belongs to these 17."""
    total = sum(_ALPHABET.index(c) * weight for c, weight in zip(first_17, _WEIGHTS, strict=True))
    return _ALPHABET[-total % 31]


def organisation_check_character(first_8: str) -> str:
    """The 9th character of an organisation code (GB 11714)."""
    pairs = zip(first_8, _ORGANISATION_WEIGHTS, strict=True)
    return "0123456789X"[-sum(_ORGANISATION_ALPHABET.index(c) * weight for c, weight in pairs) % 11]
