"""Cremations as facts (火化记录), by the token of the deceased.

A furnace tells its cycles alone (onetrip.cremation.step.v1): which batch, not whose. Who it was, the crematory's
staff enter here.
"""

from datetime import date
from typing import Annotated

from pydantic import Field, field_validator
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.deadline import day_of
from cloud.domain.forms import Applicant, Form, Words
from cloud.services.ledgers import Entering, Ledger, Refused

NAME = "cremation"
_e = c.ledger_entry.c


class OfDeceased(Form):
    """逝者. The number's check digit must be right; `token` stands for it in the records, and the city makes it."""

    personal = frozenset({"deceased_name", "deceased_number"})
    deceased_name: Annotated[str, Field(min_length=1, max_length=64, pattern=r"^[^\x00-\x1f]+$")]
    deceased_number: Annotated[str, Field(max_length=18)]
    token: Annotated[str, Field(max_length=64, json_schema_extra={"readOnly": True})] = ""

    @field_validator("deceased_number")
    @classmethod
    def _is_one(cls, number: str) -> str:
        return Applicant(name="-", number=number).number

    def persons(self) -> dict[str, str]:
        return {"token": self.deceased_number}


class Cremation(OfDeceased):
    """火化记录. `home`: the facility; `batch`: the furnace's own count."""

    home: Words
    batch: Annotated[int, Field(ge=0)] = 0
    day: date


def _was(entering: Entering) -> None:
    assert isinstance(entering.row, Cremation)
    if entering.row.day > day_of(entering.now_ms):
        raise Refused("day: not before it was", "日期不能晚于今天")


LEDGER = Ledger(
    name=NAME,
    model=Cremation,
    key=lambda row: row.token,
    enters=frozenset({"attendant", "clerk", "manager"}),
    signed=True,
    check=_was,
)


def is_recorded(db: Connection, token: str) -> bool:
    return db.execute(select(_e.key).where(_e.ledger == NAME, _e.key == token, _e.current)).first() is not None
