"""What a card on the reader means for the page that asks for one."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from edge.domain.visits.person import NotUsable, Person, read_card
from edge.domain.visits.questions import Answer, Card

TRIES = 3


@dataclass(frozen=True, slots=True)
class Verdict:
    """Either an answer, or a hint of what to do now and how many times it was tried."""

    answer: Answer | None = None
    person: Person | None = None
    hint: str = ""
    tries: int = 0
    notice: str = ""


def judge_card(
    asked: Card, fields: Mapping[str, Any], day: date, tries: int, site_key: bytes, *, simulated: bool
) -> Verdict:
    try:
        person = read_card(fields, site_key, simulated=simulated)
    except NotUsable as wrong:
        return judge_failure("unreadable", tries, wrong.why)
    if person.token in asked.not_tokens:
        return Verdict(hint="card.same", tries=tries)
    if asked.on and person.has_expired(day):
        return Verdict({"instead": "expired"}, notice="card.expired")
    return Verdict({"person": person.as_json()}, person)


def judge_failure(why: str, tries: int, hint: str = "card.retry") -> Verdict:
    """A card that cannot be read is tried three times; one of another kind is for the window at once."""
    if why == "unsupported" or tries + 1 >= TRIES:
        return Verdict({"instead": why}, tries=tries + 1)
    return Verdict(hint=hint, tries=tries + 1)
