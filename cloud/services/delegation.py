"""Delegation (委托): whose power somebody may use, for which kind of case, until when. A ledger like the others."""

from datetime import date

from pydantic import Field, field_validator

from cloud.domain.actor import Actor, Role
from cloud.domain.deadline import day_of
from cloud.domain.forms import Form, Words, area_code
from cloud.ports import Books

NAME = "delegation"


class Delegation(Form):
    """`giver`, `taker`: staff numbers; `role`, `area`, `unit`: the power that is lent. `until`: its last day."""

    giver: Words
    taker: Words
    kind: Words
    role: Role
    area: str
    unit: str = Field(default="", max_length=64)
    since: date
    until: date

    _area = field_validator("area")(area_code)


def key_of(giver: str, taker: str, kind: str) -> str:
    return f"{giver}/{taker}/{kind}"


def power(books: Books, giver: str, taker: Actor, kind: str, now_ms: int) -> Actor | None:
    """The actor that `taker` may be in the place of `giver`; None without a delegation that is valid today."""
    found = books.ledger_row(NAME, key_of(giver, taker.number, kind))
    if found is None:
        return None
    lent = Delegation.model_validate(found.row)
    if not lent.since <= day_of(now_ms) <= lent.until:
        return None
    return Actor(taker.number, lent.role, lent.area, lent.unit)
