"""A person as their identity card tells it (身份证件). It lives in memory and in sealed or encrypted records only."""

import hashlib
import hmac
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from typing import Any

from contract.identifiers import citizen_number, foreign_card

LONG_TERM = "长期"
_SEXES = {"1": "male", "2": "female"}


class NotUsable(ValueError):
    """The card's text cannot be used here; `why` is the catalogue's key of what to do now."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Person:
    """Dates are ISO. `valid_to` is a date or 长期 (open-ended). `token`: HMAC-SHA256 of the number, the site's key.
    `ethnic`: the code of GB/T 3304. The last three are empty where the card has no such field.
    """

    name: str
    number: str
    card_type: str
    sex: str
    birth: str
    valid_to: str
    address: str
    token: str
    id_masked: str
    ethnic: str = ""
    issuer: str = ""
    valid_from: str = ""

    def age(self, on: date) -> int:
        born = date.fromisoformat(self.birth)
        return on.year - born.year - ((on.month, on.day) < (born.month, born.day))

    def has_expired(self, on: date) -> bool:
        return self.valid_to != LONG_TERM and date.fromisoformat(self.valid_to) < on

    @property
    def name_masked(self) -> str:
        return mask_name(self.name)

    def as_json(self) -> dict[str, str]:
        return asdict(self)


def person_of(answer: Mapping[str, Any]) -> Person:
    return Person(**answer["person"])


def read_card(card: Mapping[str, Any], site_key: bytes, *, simulated: bool) -> Person:
    """`card`: the fields of a card_read (firmware_bridge.id_card). Raises NotUsable; never repeats the number."""
    kind = str(card.get("card_type", "resident"))
    try:
        number, masked = check_number(str(card["id_number"]), kind, simulated=simulated)
        birth, valid_to = _day(str(card["birth"])), str(card.get("valid_to", LONG_TERM)).strip()
        valid_from = _day(began) if (began := str(card.get("valid_from", "")).strip()) else ""
        valid_to = LONG_TERM if valid_to in ("", LONG_TERM) else _day(valid_to)
    except (citizen_number.BadCitizenNumber, foreign_card.BadForeignCard):
        raise NotUsable("card.bad_number") from None
    except (KeyError, ValueError):
        raise NotUsable("card.unreadable") from None
    name = str(card.get("name") or card.get("chinese_name") or card.get("english_name") or "").strip()
    if not name:
        raise NotUsable("card.unreadable")
    sex = _SEXES.get(str(card.get("sex", "")).strip(), "unknown")
    address, ethnic, issuer = (str(card.get(field, "")).strip() for field in ("address", "ethnic", "issuer"))
    token = token_of(number, site_key)
    return Person(name, number, kind, sex, birth, valid_to, address, token, masked, ethnic, issuer, valid_from)


def check_number(text: str, card_type: str, *, simulated: bool) -> tuple[str, str]:
    """The number and how it may be shown. Raises BadCitizenNumber, BadForeignCard."""
    if card_type == "foreign_resident":
        number = foreign_card.parse(text, test=simulated)
        return number, foreign_card.mask(number)
    number = citizen_number.parse(text, test=simulated).number
    return number, citizen_number.mask(number)


def token_of(number: str, site_key: bytes) -> str:
    return hmac.new(site_key, number.encode(), hashlib.sha256).hexdigest()


def mask_name(name: str) -> str:
    """张三 -> 张*; 欧阳测试 -> 欧**: the first character and at most two stars. A card without a name gives **."""
    first = name[0] if name and name[0].isprintable() else "*"
    return first + "*" * min(2, max(1, len(name) - 1))


def mask_phone(phone: str) -> str:
    """138****5678; the test form 000-12345678 -> 000-****5678."""
    return f"{phone[: 4 if '-' in phone else 3]}****{phone[-4:]}" if len(phone) >= 8 else "****"


def _day(text: str) -> str:
    digits = text.strip().replace("-", "").replace(".", "")
    return date(int(digits[:4]), int(digits[4:6]), int(digits[6:8])).isoformat()
