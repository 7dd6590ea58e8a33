"""Who a marriage's papers are about (当事人): the applicant and the other of the two; how each was checked."""

import json
from typing import Annotated, ClassVar, Literal, get_args

from pydantic import Field, field_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.forms import Applicant, Form

Rung = Literal["card_and_face", "card_and_registrar", "temporary_proof", "police_query"]
"""By what at the window (contract.events.visits.Rung); a face alone is none, and none is a lesser one."""
RUNGS: tuple[Rung, ...] = get_args(Rung)
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
_s = c.case_step.c


class Partner(Form):
    """另一方. The city makes `partner`, the token of the number."""

    personal: ClassVar[frozenset[str]] = frozenset({"partner_name", "partner_number"})
    partner_name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
    partner_number: Annotated[str, Field(max_length=18)]
    partner: Annotated[str, Field(max_length=64, json_schema_extra={"readOnly": True})] = ""

    @field_validator("partner_number")
    @classmethod
    def _is_one(cls, number: str) -> str:
        return Applicant(name="-", number=number).number

    def persons(self) -> dict[str, str]:
        return {"partner": self.partner_number}


def partners(db: Connection, case: str) -> frozenset[str]:
    """Tokens of who was named as the other one, when it was opened or since."""
    forms = db.scalars(select(_s.form).where(_s.case == case))
    return frozenset(told["partner"] for form in forms if (told := json.loads(form)).get("partner"))
