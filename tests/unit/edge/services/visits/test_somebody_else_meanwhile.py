"""Two at one case or at one kiosk: staff decide while the receipt stands on the screen, a page was left open."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.domain.visits.case import Case
from edge.services.desk.deeds import changing
from edge.services.visits import Look, NoSession, Result
from tests.unit.edge.services.visits.counter_hall import CARD, Hall, Visitor


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    yield made
    made.store.close()


def accepted(hall: Hall) -> Visitor:
    """The receipt is on the screen; a clerk has accepted the case and noted something."""
    visitor = Visitor(hall)
    visitor.goes_to_the_end()
    with changing(hall.store, the_case(hall).id, hall.clock.now()) as change:
        change.case.step("accepted")
        change.case.desk["signed"] = {"by": "0007"}
    return visitor


def the_case(hall: Hall) -> Case:
    (case,) = hall.store.in_state(("submitted", "accepted", "withdrawn"))
    return case


def test_a_rating_leaves_what_staff_did_meanwhile(hall: Hall) -> None:
    visitor = accepted(hall)
    hall.visits.rate(visitor.session, 5)
    case = the_case(hall)
    assert (case.state, case.desk["signed"], case.desk["rated"]) == ("accepted", {"by": "0007"}, 5)


def test_what_staff_have_accepted_is_not_taken_back_at_the_kiosk_any_more(hall: Hall) -> None:
    visitor = accepted(hall)
    assert not hall.visits.undo(visitor.session)
    assert the_case(hall).state == "accepted"
    assert hall.store.booked("morning") == 1
    page = hall.visits.view(visitor.session).page
    assert isinstance(page, Result)
    assert page.undo_left_s == 0


def test_rated_at_another_screen_it_is_not_rated_again(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.goes_to_the_end()
    with changing(hall.store, the_case(hall).id, hall.clock.now()) as change:
        change.case.desk["rated"] = 2
    hall.visits.rate(visitor.session, 5)
    assert the_case(hall).desk["rated"] == 2
    assert "case.rated" not in hall.events()


def test_a_card_is_for_who_touched_the_screen_last_and_not_for_a_page_that_was_left_open(hall: Hall) -> None:
    left_open = Visitor(hall)
    left_open.says(chosen="now")
    hall.clock.passed_s = 5
    here = Visitor(hall)
    here.says(chosen="now")
    hall.visits.on_card(CARD)
    assert (left_open.at, here.at) == ("who.card", "who.way")


def test_gone_on_with_at_another_screen_the_machines_of_the_first_one_stop(hall: Hall) -> None:
    left: list[str] = []
    hall.visits.on_leave = lambda session: left.append(session.id)
    first = Visitor(hall, "kept")
    first.says(chosen="now")
    hall.visits.resume(hall.visits.view(first.session).code, Look())
    assert left == [first.session]
    with pytest.raises(NoSession):
        hall.visits.view(first.session)


def test_a_draft_that_is_gone_on_with_is_not_lost_to_a_full_house(hall: Hall) -> None:
    first = Visitor(hall)
    first.says(chosen="now")
    hall.visits.on_card(CARD)
    code = hall.visits.view(first.session).code
    for second in range(1, 8):
        hall.clock.passed_s = second
        Visitor(hall)
    hall.visits.resume(code, Look())
    assert hall.store.by_code(code) is not None


@pytest.mark.parametrize(("in_use", "digits"), [(99, 4), (101, 6), (10_001, 8)])
def test_a_code_is_so_long_that_a_guess_hits_once_in_a_hundred_at_most(hall: Hall, in_use: int, digits: int) -> None:
    with hall.store.transaction() as writing:
        for number in range(in_use):
            now = hall.clock.now().wall_ms
            writing.keep(Case(f"c{number}", "kept", f"{number:08d}", "kiosk-1", now, now))
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.visits.on_card(CARD)
    assert len(hall.visits.view(visitor.session).code) == digits
