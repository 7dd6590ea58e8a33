"""What a person began on the web and goes on with at a kiosk (网上填报、现场接着办): one case, one code.

A form's fields stand as a kiosk's page would have sent them, by the question's name; the box reads them by its own
rules and asks whatever it does not take. Nobody says on the web who they are: that is checked where people are.
"""

from typing import Annotated, Literal

from pydantic import BaseModel, ConfigDict, Field

from contract.events.data import CaseId, Name

CODE = r"[1-9]\d{8}"
"""Nine digits; a box's own codes have four, six or eight, so that one is never taken for the other."""
MOST_FIELDS, LONGEST_FIELD = 32, 64
Matter = Literal["place_names"]
MATTERS: frozenset[str] = frozenset({"place_names"})
_Values = Annotated[tuple[Annotated[str, Field(max_length=LONGEST_FIELD)], ...], Field(max_length=8)]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", hide_input_in_errors=True)


class Asked(_Frozen):
    """A box asks for the draft of a code; the same box again is answered the same."""

    facility: Name
    code: Annotated[str, Field(pattern=f"^{CODE}$")]


class WebDraft(_Frozen):
    """`forms`: question -> field -> values."""

    case: CaseId
    code: Annotated[str, Field(pattern=f"^{CODE}$")]
    matter: Matter
    forms: Annotated[dict[Name, Annotated[dict[Name, _Values], Field(max_length=4)]], Field(max_length=MOST_FIELDS)]
