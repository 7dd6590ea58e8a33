"""What is filled in (表单), and what in it tells who somebody is. Pure."""

from collections.abc import Callable
from typing import Annotated, Any, ClassVar, Self

from pydantic import BaseModel, ConfigDict, Field, field_validator

from cloud.domain.actor import level_of
from contract.identifiers import citizen_number, foreign_card
from contract.identifiers.area import TEST_AREAS

Words = Annotated[str, Field(min_length=1, max_length=256, pattern=r"^[^\x00-\x1f]+$")]
Remark = Annotated[str, Field(max_length=1024, pattern=r"^[^\x00-\x08\x0b-\x1f]*$")]
Phone = Annotated[str, Field(pattern=r"^(1[3-9]\d{9}|000-\d{8})$")]
"""A mobile number, or of the form that no handset has."""


class Form(BaseModel):
    """`personal`: fields that stand only in the encrypted part of the record."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    personal: ClassVar[frozenset[str]] = frozenset()

    def persons(self) -> dict[str, str]:
        """Field that holds a token -> number of whom it stands for: people beside the applicants (a deceased)."""
        return {}

    def tokened(self, token: Callable[[str], str]) -> Self:
        """With those tokens, whatever stood in their fields."""
        return self.model_copy(update={field: token(number) for field, number in self.persons().items()})

    def parts(self) -> tuple[dict[str, Any], dict[str, Any]]:
        """(what anybody who works on the case may see, what stands sealed), both JSON."""
        whole = self.model_dump(mode="json", exclude_defaults=True)
        return (
            {name: value for name, value in whole.items() if name not in self.personal},
            {name: value for name, value in whole.items() if name in self.personal},
        )


class Nothing(Form):
    """A step that needs nothing but to be taken."""


class Applicant(BaseModel):
    """申请人. The number's check digit must be right."""

    model_config = ConfigDict(frozen=True, extra="forbid", str_strip_whitespace=True)
    name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
    number: Annotated[str, Field(max_length=18)]
    phone: Annotated[Phone | None, Field()] = None

    @field_validator("number")
    @classmethod
    def _is_one(cls, number: str) -> str:
        """Invented numbers are taken as real ones are: which of them may be there at all, the door decides."""
        kind = citizen_number if number[:1].isdigit() else foreign_card
        try:
            kind.parse(number, test=_is_invented(number))
        except ValueError as wrong:
            raise ValueError(str(wrong)) from None
        return number.upper()

    @property
    def masked(self) -> str:
        if self.number[:1].isdigit():
            return citizen_number.mask(self.number)
        return foreign_card.mask(self.number)


def _is_invented(number: str) -> bool:
    return number[:6] in TEST_AREAS or number[:3].upper() == foreign_card.TEST_COUNTRY


class Application(Form):
    """What opens a case: who asks."""

    personal = frozenset({"applicants"})
    applicants: Annotated[tuple[Applicant, ...], Field(max_length=20)] = ()


def area_code(text: str) -> str:
    """For a validator: 6, 9 or 12 digits of this city. Raises ValueError."""
    level_of(text)
    return text
