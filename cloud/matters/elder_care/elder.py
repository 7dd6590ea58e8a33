"""Whom a record of care is about (老年人), and the days that records of care have."""

from datetime import date
from typing import Annotated, Any

from pydantic import BeforeValidator, Field, field_validator

from cloud.domain.forms import Applicant, Form

Id = Annotated[str, Field(pattern=r"^[0-9A-Za-z-]{1,64}$")]
OPEN_ENDED = "长期"


def _no_last_day(told: Any) -> Any:
    return None if told == OPEN_ENDED else told


LastDay = Annotated[date | None, BeforeValidator(_no_last_day)]
"""None, or 长期: there is none yet."""


class OfElder(Form):
    """The number's check digit must be right; `token` stands for it in the records, and the city makes it."""

    personal = frozenset({"elder_name", "elder_number"})
    elder_name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
    elder_number: Annotated[str, Field(max_length=18)]
    token: Annotated[str, Field(max_length=64, json_schema_extra={"readOnly": True})] = ""

    @field_validator("elder_number")
    @classmethod
    def _is_one(cls, number: str) -> str:
        return Applicant(name="-", number=number).number

    def persons(self) -> dict[str, str]:
        return {"token": self.elder_number}
