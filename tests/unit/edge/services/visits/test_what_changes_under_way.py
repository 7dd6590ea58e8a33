"""Reference data or the network change between two pages (中途变化): the visitor still comes to an end that counts."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.questions import Choice, Lookup, Notice, Option
from edge.services.visits import Look, Result
from tests.unit.edge.services.visits.counter_hall import Hall, Visitor


@dataclass
class Listed:
    version: int = 1
    as_of_ms: int = 0
    rows: Any = field(default_factory=list)


def fetching(visit: Visit) -> Flow:
    """With a list there is something to choose from it; without, staff do it."""
    yield Choice(name="what", options=(Option(key="now"),))
    if visit.snapshot("list") is not None:
        yield Notice(name="read")
        yield Choice(name="which", options=(Option(key="one"),))
    if visit.is_online:
        yield Lookup(name="ask", kind="certificates", about={})
        yield Notice(name="found")
    return Ending(key="done", slots=("morning",))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path, matters=(Matter(name="fetching", theme="neutral", open=fetching, keeps_draft=True),))
    made.online = False
    made.snapshot = lambda _dataset: Listed()
    yield made
    made.store.close()


def is_submitted(hall: Hall, visitor: Visitor) -> bool:
    page = hall.visits.view(visitor.session).page
    assert isinstance(page, Result)
    return (page.key, page.state, bool(page.number)) == ("done", "submitted", True) and hall.store.booked(
        "morning"
    ) == 1


def comes_to(hall: Hall, question: str) -> Visitor:
    visitor = Visitor(hall, "fetching")
    while visitor.at != question:
        visitor.says(chosen="now") if visitor.at == "what" else visitor.says(chosen="one")
    return visitor


def test_data_that_went_while_somebody_was_away_lead_to_the_end_when_they_go_on(hall: Hall) -> None:
    visitor = comes_to(hall, "which")
    code = hall.visits.view(visitor.session).code
    hall.snapshot = lambda _dataset: None
    hall.power_cut()
    visitor.session = hall.visits.resume(code, Look())
    assert is_submitted(hall, visitor)
    assert hall.events().count("case.submitted") == 1


def test_going_back_to_where_the_data_are_gone_is_an_end_too(hall: Hall) -> None:
    visitor = comes_to(hall, "which")
    hall.snapshot = lambda _dataset: None
    hall.visits.back(visitor.session, hall.visits.view(visitor.session).rev)
    assert is_submitted(hall, visitor)


def test_a_network_that_went_makes_the_last_page_the_end(hall: Hall) -> None:
    hall.online, hall.snapshot = True, lambda _dataset: None
    visitor = comes_to(hall, "ask")
    hall.online = False
    hall.visits.set_look(visitor.session, Look(size="xl"))
    assert is_submitted(hall, visitor)


def test_a_page_that_a_machine_must_answer_asks_it_also_when_the_network_brought_the_page(hall: Hall) -> None:
    asked: list[str] = []
    hall.visits.on_page = lambda _session, question: asked.append(question.name)
    hall.snapshot = lambda _dataset: None

    def waiting(visit: Visit) -> Flow:
        if visit.is_online:
            yield Lookup(name="ask", kind="certificates", about={})
        yield Notice(name="without")
        return Ending(key="done")

    hall.matters = (Matter(name="waiting", theme="neutral", open=waiting),)
    hall.power_cut()
    hall.visits.on_page = lambda _session, question: asked.append(question.name)
    visitor = Visitor(hall, "waiting")
    hall.online = True
    hall.visits.set_look(visitor.session, Look(size="xl"))
    assert (visitor.at, asked) == ("ask", ["ask"])
    assert hall.visits.give(visitor.session, "ask", {"found": []})


def test_what_has_ended_asks_nothing_any_more_whatever_changes(hall: Hall) -> None:
    hall.snapshot = lambda _dataset: None
    asked: list[str] = []
    hall.visits.on_page = lambda _session, question: asked.append(question.name)
    visitor = comes_to(hall, "end:done")
    code = hall.visits.view(visitor.session).code
    hall.online = True
    hall.visits.set_look(visitor.session, Look(size="xl"))
    visitor.session = hall.visits.resume(code, Look())
    assert is_submitted(hall, visitor)
    assert not hall.visits.give(visitor.session, "ask", {"found": []})
    hall.visits.answer(visitor.session, "ask", 1, {"instead": ["later"]})
    assert is_submitted(hall, visitor)
    assert asked == []
