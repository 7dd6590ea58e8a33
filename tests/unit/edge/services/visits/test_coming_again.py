"""Who comes again for a case that is still open has a number of today: for a receipt of yesterday nobody is called."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.domain.visits.case import State
from edge.domain.visits.conversation import Ending, Flow, Matter, Ticket, Visit
from edge.domain.visits.questions import Choice, Option
from edge.domain.visits.queue import Place
from edge.services.visits import Look
from tests.unit.edge.services.visits.counter_hall import Hall, Visitor

DAY_S = 24 * 3600
ABOUT = "a" * 64


def permit(_visit: Visit) -> Flow:
    yield Choice(name="what", options=(Option(key="apply"),))
    return Ending(key="desk", once=ABOUT, ticket=Ticket(queue="other"))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path, matters=(Matter(name="permit", theme="funeral", open=permit),))
    yield hall
    hall.store.close()


def applies(hall: Hall) -> Visitor:
    visitor = Visitor(hall, "permit")
    visitor.says(chosen="apply")
    return visitor


def becomes(hall: Hall, *states: State, invited: bool = False) -> None:
    (case,) = hall.store.in_state(("submitted", "awaiting_applicant"))
    for state in states:
        case.step(state)
    case.desk["invited"] = invited
    with hall.store.transaction() as writing:
        writing.keep(case)


def code_of(hall: Hall, visitor: Visitor) -> str:
    return hall.visits.view(visitor.session).code


def numbers(hall: Hall) -> list[Place]:
    return hall.queueing.today()


def is_served(hall: Hall) -> None:
    place = hall.queueing.call_next("1", "s1")
    assert place is not None
    hall.queueing.serve(place.id, "s1")
    hall.queueing.done(place.id, "s1")


def test_the_code_gives_a_number_of_today_for_an_open_case(hall: Hall) -> None:
    code = code_of(hall, applies(hall))
    hall.clock.passed_s += DAY_S
    session = hall.visits.resume(code, Look())
    (place,) = numbers(hall)
    page = hall.visits.view(session).page
    assert (place.state, place.number) == ("waiting", getattr(page, "ticket", ""))
    assert hall.events().count("queue.ticket") == 2


def test_who_was_invited_after_an_outage_goes_first(hall: Hall) -> None:
    code = code_of(hall, applies(hall))
    becomes(hall, "accepted", invited=True)
    hall.clock.passed_s += DAY_S
    hall.visits.resume(code, Look())
    assert [place.rule for place in numbers(hall)] == ["outage_token"]


def test_who_did_the_same_again_has_a_number_of_today(hall: Hall) -> None:
    applies(hall)
    hall.clock.passed_s += DAY_S
    again = applies(hall)
    assert hall.visits.view(again.session).page.is_first_again  # type: ignore[union-attr]
    assert [place.state for place in numbers(hall)] == ["waiting"]


def test_nobody_stands_in_line_twice(hall: Hall) -> None:
    code = code_of(hall, applies(hall))
    hall.visits.resume(code, Look())
    applies(hall)
    assert len(numbers(hall)) == 1


def test_who_was_served_today_needs_no_other_number(hall: Hall) -> None:
    code = code_of(hall, applies(hall))
    is_served(hall)
    hall.visits.resume(code, Look())
    assert len(numbers(hall)) == 1


def test_who_was_sent_for_a_paper_comes_back_the_same_day(hall: Hall) -> None:
    code = code_of(hall, applies(hall))
    is_served(hall)
    becomes(hall, "accepted", "awaiting_applicant")
    hall.visits.resume(code, Look())
    assert [place.state for place in numbers(hall)] == ["served", "waiting"]


@pytest.mark.parametrize("end", ["closed", "refused"])
def test_a_case_that_has_ended_shows_its_receipt_and_gives_no_number(hall: Hall, end: State) -> None:
    code = code_of(hall, applies(hall))
    is_served(hall)
    becomes(hall, end)
    hall.clock.passed_s += DAY_S
    hall.visits.resume(code, Look())
    assert numbers(hall) == []


def test_who_was_called_in_vain_has_another_number(hall: Hall) -> None:
    code = code_of(hall, applies(hall))
    place = hall.queueing.call_next("1", "s1")
    assert place is not None
    hall.queueing.no_show(place.id, "s1")
    hall.visits.resume(code, Look())
    assert [place.state for place in numbers(hall)] == ["no_show", "waiting"]
