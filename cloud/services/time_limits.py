"""Time limits (办理时限) that the city sets otherwise than a procedure declares them: a ledger like the others.

A limit keeps its unit, hours or working days; who changes it changes it for what begins afterwards.
"""

from typing import Annotated

from pydantic import Field

from cloud.domain.deadline import Limit
from cloud.domain.forms import Form, Words
from cloud.domain.workflow import Clock
from cloud.ports import Books

NAME = "time_limit"


class TimeLimit(Form):
    """`kind`: of case; `clock`: its limit's name; `length`: hours or working days, as the procedure counts them."""

    kind: Words
    clock: Words
    length: Annotated[int, Field(ge=1, le=1000)]
    basis: Words


def key_of(kind: str, clock: str) -> str:
    return f"{kind}/{clock}"


def limit_of(books: Books, kind: str, clock: Clock) -> Limit:
    found = books.ledger_row(NAME, key_of(kind, clock.name))
    if found is None:
        return clock.limit
    length = TimeLimit.model_validate(found.row).length
    return Limit(hours=length) if clock.limit.hours else Limit(working_days=length)
