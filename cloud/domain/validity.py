"""How long something holds (有效期): to the end of a day, or for good (长期). Pure."""

from datetime import date
from typing import Annotated

from pydantic import AfterValidator, Field

LONG_TERM = "长期"


def _is_a_day(text: str) -> str:
    last_day(text)
    return text


def last_day(until: str) -> date | None:
    """None: for good. Raises ValueError for a day that no calendar has."""
    return None if until == LONG_TERM else date.fromisoformat(until)


Validity = Annotated[str, Field(pattern=r"^([0-9]{4}-[0-9]{2}-[0-9]{2}|长期)$"), AfterValidator(_is_a_day)]
"""YYYY-MM-DD, its last day; or 长期."""
