"""One person's care (一人一档): the five kinds of data in one answer, and what in them does not fit together.

Each reading is a delivery in the log: who read, what for, by which law, about whom. Staff see what belongs to their
area; that something does not fit is told of the whole, with its days.
"""

import json
from collections.abc import Mapping, Sequence
from typing import Annotated, Any

from pydantic import BaseModel, Field, field_validator
from sqlalchemy import Connection, select

from cloud.domain.actor import Actor, covers
from cloud.domain.forms import Applicant, Words
from cloud.matters.elder_care import care_records as records
from cloud.matters.elder_care import consistency, facts
from cloud.ports import CityLog, Tokens
from cloud.services.casework import NoSuchCase, NotAllowed
from contract.events.city import ShareDelivered

DATASET = "care_person"
ROLES = frozenset({"operator", "clerk", "reviewer", "nurse", "manager"})
_MOST = 200
_f = records.care_fact.c


class PersonAsked(BaseModel):
    """`purpose`: why it is read; `basis`: the law that lets it be read. Both are written down."""

    number: Annotated[str, Field(max_length=18)]
    purpose: Words
    basis: Words

    @field_validator("number")
    @classmethod
    def _is_one(cls, number: str) -> str:
        return Applicant(name="-", number=number).number


class PersonView:
    def __init__(self, log: CityLog, tokens: Tokens) -> None:
        self._log, self._tokens = log, tokens

    def read(self, asked: PersonAsked, actor: Actor) -> dict[str, Any]:
        """Raises NotAllowed, NoSuchCase where the area has nothing of this person, RecordsUnavailable."""
        if actor.role not in ROLES:
            raise NotAllowed(f"a {actor.role} reads no person's care data")
        token = self._tokens.of(asked.number)
        with self._log.writing() as writing:
            known = records.facts_of(writing.books.db, token)
            theirs = [row for row in known if covers(actor.area, row.area)]
            if not theirs:
                raise NoSuchCase("no care data of this person in your area")
            told = {name: [_told(row) for row in theirs if row.ledger == name][:_MOST] for name in facts.FIVE}
            told[facts.WORKER] = told[facts.WORKER] + _workers(writing.books.db, theirs, actor)
            writing.append(ShareDelivered(
                dataset=DATASET, unit=actor.unit or actor.area, by=actor.number, purpose=asked.purpose,
                basis=asked.basis, fields=facts.FIVE, about=token, rows=sum(map(len, told.values())),
            ))  # fmt: skip
        return {"about": token, **told, "counts": _counts(theirs), "warnings": warned(known)}


def warned(rows: Sequence[Any]) -> list[dict[str, Any]]:
    """Of one person's rows: rule and days."""
    told = consistency.warnings(consistency.Fact(row.ledger, row.key, row.since, row.until) for row in rows)
    return [
        {
            "rule": one.rule, "since": one.since, "until": None if one.until == records.OPEN else one.until,
            "records": [f"{fact.ledger}/{fact.key}" for fact in (one.first, one.second)],
        }
        for one in told
    ]  # fmt: skip


def _counts(rows: Sequence[Any]) -> Mapping[str, int]:
    return {name: sum(row.ledger == name for row in rows) for name in facts.FIVE}


def _told(row: Any) -> dict[str, Any]:
    about: dict[str, Any] = json.loads(row.row)
    return {name: value for name, value in about.items() if name != "token"}


def _workers(db: Connection, rows: Sequence[Any], actor: Actor) -> list[dict[str, Any]]:
    """Who came to this person, as the ledger of workers knows them."""
    came = {json.loads(row.row).get("worker") for row in rows if row.ledger != facts.WORKER} - {None}
    query = select(records.care_fact).where(_f.ledger == facts.WORKER, _f.key.in_(sorted(came)), _f.void.is_(False))
    return [_told(row) for row in db.execute(query.order_by(_f.key)) if covers(actor.area, row.area)]
