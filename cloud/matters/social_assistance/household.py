"""A household (家庭) as its form describes it; the words of the codes are the kiosk's."""

from typing import Annotated, Literal

from pydantic import Field, field_validator

from cloud.domain.forms import Applicant, Form

Status = Literal["low_income", "extreme_poverty", "none", "unknown"]
Need = Literal["food", "illness", "work", "disability", "school", "housing", "sudden"]
House = Literal["no", "one", "more"]
"""Of their own."""
Relation = Literal["spouse", "child", "parent", "sibling", "grandchild", "other"]


class Member(Form):
    """家庭成员. Whose card was not there has no number."""

    relation: Relation
    name: Annotated[str, Field(max_length=64, pattern=r"^[^\x00-\x1f]*$")] = ""
    number: Annotated[str, Field(max_length=18)] = ""

    @field_validator("number")
    @classmethod
    def _is_one(cls, number: str) -> str:
        return Applicant(name="-", number=number).number if number else number


class Income(Form):
    """收入. `of`: 0 the applicant, then the members in their order. `range`: a month."""

    of: Annotated[int, Field(ge=0, le=20)]
    source: Literal["wage", "farming", "pension", "none"]
    range: Literal["low", "middle", "more", "high"] | None = None
