"""The eleven key fields (关键字段) of a marriage archive, as two clerks read them from the paper, each alone (双录).

No source names the eleven; these are the project's proposal: what a certificate says, and by whom it was given.
Two readings are compared by *marks*: keyed tokens of each field, so that nobody opens one to write the other. Pure.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping
from datetime import date
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from cloud.domain.forms import Applicant, Form

FIELDS = (
    "certificate", "matter", "registered_on", "office", "registrar", "man_name", "man_number", "man_born", "woman_name",
    "woman_number", "woman_born",
)  # fmt: skip
NUMBERS = ("man_number", "woman_number")
MARK = 16  # hex digits: enough to tell eleven values apart, and little to read past in a history
Line = Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f\x7f]+$")]
Number = Annotated[str, Field(max_length=18, pattern=r"^([0-9A-Za-z]{4,18})?$")]
_OLD_NUMBER = re.compile(r"[0-9]{15}")  # before 1999
_LABELS = {  # as forms of several years print them, without spaces
    "certificate": r"(?:结婚证|离婚证)?字号",
    "registered_on": r"登记日期",
    "office": r"(?:婚姻)?登记机关",
    "registrar": r"(?:婚姻)?登记员",
    "man_name": r"男方姓名",
    "man_number": r"男方(?:身份)?证件?号码?",
    "man_born": r"男方出生日期",
    "woman_name": r"女方姓名",
    "woman_number": r"女方(?:身份)?证件?号码?",
    "woman_born": r"女方出生日期",
}
_DAY = re.compile(r"(\d{4})\D{1,3}(\d{1,2})\D{1,3}(\d{1,2})")


class KeyFields(Form):
    """`as_written` (照录): a number is taken although its check digit is wrong: the paper has it so. A number may be
    missing, as in old files; fifteen digits are one of before 1999. `marks`: made by the city, whatever was sent.
    """

    personal = frozenset(FIELDS)
    certificate: Line
    matter: Literal["marriage", "divorce"]
    registered_on: date
    office: Line
    registrar: Line
    man_name: Line
    man_number: Number = ""
    man_born: date
    woman_name: Line
    woman_number: Number = ""
    woman_born: date
    as_written: bool = False
    marks: Annotated[dict[str, str], Field(max_length=len(FIELDS), json_schema_extra={"readOnly": True})] = {}  # noqa: RUF012

    @model_validator(mode="after")
    def _numbers_can_be(self) -> Self:
        for field in () if self.as_written else NUMBERS:
            number = getattr(self, field)
            if number and not _OLD_NUMBER.fullmatch(number):
                try:
                    Applicant(name="-", number=number)
                except ValueError:
                    raise ValueError(
                        f"{field}: its check character is wrong; read it again, or say as_written: the paper has it so"
                    ) from None
        return self

    def tokened(self, token: Callable[[str], str]) -> Self:
        values = self.model_dump(mode="json")
        marks = {field: token(f"{field}\n{normal(str(values[field]))}")[:MARK] for field in FIELDS}
        return super().tokened(token).model_copy(update={"marks": marks})


def normal(text: str) -> str:
    """As it is compared: width, spaces and case of letters are no differences."""
    upper = unicodedata.normalize("NFKC", text).upper()
    return unicodedata.normalize("NFKC", re.sub(r"\s+", "", upper))


def differing(first: Mapping[str, str], second: Mapping[str, str]) -> tuple[str, ...]:
    """Fields whose marks differ, in their order."""
    return tuple(field for field in FIELDS if first.get(field) != second.get(field))


def suggested(lines: Iterable[str]) -> dict[str, str]:
    """What recognised lines seem to say of the key fields: a help for the first clerk, who decides. Days are ISO."""
    found: dict[str, str] = {}
    for line in map(normal, lines):
        for field, label in _LABELS.items():
            match = re.search(rf"{label}[::](.+)$", line)
            if match and field not in found and (value := _value(field, match[1])):
                found[field] = value
        if "matter" not in found and (heading := re.search("结婚|离婚", line)):
            found["matter"] = "marriage" if heading[0] == "结婚" else "divorce"
    return found


def _value(field: str, text: str) -> str:
    if not field.endswith(("_on", "_born")):
        return text[:64]
    if not (parts := _DAY.search(text)):
        return ""
    try:
        return date(*(int(part) for part in parts.groups())).isoformat()
    except ValueError:
        return ""
