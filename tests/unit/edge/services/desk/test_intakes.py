"""Taking somebody in at the relief station: from a one-touch call, once, by an attendant; a power cut loses nothing."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contract.events.envelope import decode
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.domain.visits.matters import relief, relief_intake
from edge.domain.visits.staff import ROLES, Role, Staff
from edge.services.desk.calls import DeskCalls
from edge.services.desk.deeds import NotNow, changing
from edge.services.desk.intakes import Intakes, TakenIn
from edge.services.desk.papers import Papers
from edge.services.visits import Look, NotFound
from tests.unit.edge.services.visits.counter_hall import CARD, Hall, Visitor

ATTENDANT, COLLEAGUE = (Staff(number, "值班员", "attendant", "m") for number in ("5001", "5002"))


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path, matters=(relief.RELIEF, relief_intake.INTAKE))
    yield hall
    hall.store.close()


def intakes_of(hall: Hall) -> Intakes:
    return Intakes(hall.store, hall.visits, DeskCalls(hall.store, hall.clock), hall.clock, "f-1-desk")


def asks_for_help(hall: Hall, need: str = "bed") -> str:
    """One touch; the visitor stays at the screen. The reception's case."""
    visitor = Visitor(hall, "relief")
    visitor.says(chosen=need)
    (call,) = hall.store.open_calls()
    return call.case


def answers(hall: Hall, session: str, **form: str) -> str:
    """The next question, or how it ended."""
    view = hall.visits.view(session)
    hall.visits.answer(
        session, getattr(view.page, "name", ""), view.rev, {name: [value] for name, value in form.items()}
    )
    page = hall.visits.view(session).page
    return getattr(page, "name", "") or f"end:{getattr(page, 'key', '')}"


def goes_to_the_end(hall: Hall, session: str) -> str:
    """Who cannot or does not want to say anything."""
    at = getattr(hall.visits.view(session).page, "name", "")
    own = {
        "height": {"skip": "1"}, "slip": {"skip": "1"}, "things": {}, "check": {"right": "1"},
        "bed": {"chosen": "later"}, "agree": {"chosen": "later"},
    }  # fmt: skip
    for _ in range(40):
        if at.startswith("end:"):
            return at
        at = answers(hall, session, **own.get(at, {"chosen": "unknown"}))
    raise AssertionError(at)


def test_taking_in_answers_the_call_and_knows_the_slip(hall: Hall) -> None:
    reception = asks_for_help(hall)
    session = intakes_of(hall).take_in(reception, ATTENDANT, Look())
    assert hall.store.open_calls() == []
    assert "staff.came" in hall.events()
    assert hall.visits.staff_of(session) == ATTENDANT.number
    (draft,) = intakes_of(hall).drafts()
    met = hall.store.case(reception)
    assert met is not None
    assert draft.answers == {"slip": {"typed": met.code}}
    assert (draft.desk["reception"], draft.desk["begun_by"]) == (reception, ATTENDANT.number)


def test_a_reception_is_open_until_it_has_its_intake_and_is_accepted_by_it(hall: Hall) -> None:
    reception = asks_for_help(hall, "medical")
    assert [case.id for case in intakes_of(hall).receptions()] == [reception]
    intakes_of(hall).take_in(reception, ATTENDANT, Look())
    assert intakes_of(hall).receptions() == []
    met = hall.store.case(reception)
    assert met is not None
    assert met.state == "accepted"


def test_taking_in_twice_goes_on_with_the_same_intake(hall: Hall) -> None:
    reception, intakes = asks_for_help(hall), intakes_of(hall)
    first = intakes.take_in(reception, ATTENDANT, Look())
    second = intakes.take_in(reception, COLLEAGUE, Look())
    assert len(intakes.drafts()) == 1
    assert (hall.visits.staff_of(first), hall.visits.staff_of(second)) == ("", COLLEAGUE.number)
    assert goes_to_the_end(hall, second) == "end:helped_first"
    with pytest.raises(TakenIn):
        intakes.take_in(reception, ATTENDANT, Look())


def test_an_intake_that_is_over_is_still_the_one_of_its_reception(hall: Hall) -> None:
    reception, intakes = asks_for_help(hall), intakes_of(hall)
    goes_to_the_end(hall, intakes.take_in(reception, ATTENDANT, Look()))
    intake = intakes.of(reception)
    assert intake is not None
    with changing(hall.store, intake.id, hall.clock.now()) as change:
        change.case.step("accepted")
        change.case.step("closed")
    assert reception not in [case.id for case in intakes.receptions()]
    with pytest.raises(TakenIn):
        intakes.take_in(reception, COLLEAGUE, Look())


def test_a_card_laid_at_the_kiosk_is_the_visitors_there_and_never_goes_into_an_intake(hall: Hall) -> None:
    visitor = Visitor(hall, "relief")
    visitor.says(chosen="bed")
    visitor.says(chosen="fine")
    visitor.says(chosen="have")
    session = intakes_of(hall).begin(ATTENDANT, Look())
    at = getattr(hall.visits.view(session).page, "name", "")
    while at != "card":  # the desk's page is touched last
        own = {"slip": {"skip": "1"}, "paper": {"chosen": "have"}, "health": {"chosen": "well"}}
        at = answers(hall, session, **own.get(at, {"chosen": "unknown"}))
        assert not at.startswith("end:"), at
    hall.visits.on_card(CARD)
    assert getattr(hall.visits.view(session).page, "name", "") == "card"
    assert visitor.at == "company"


def test_who_went_to_a_doctor_first_is_taken_in_when_they_are_back(hall: Hall) -> None:
    reception, intakes = asks_for_help(hall), intakes_of(hall)
    session = intakes.take_in(reception, ATTENDANT, Look())
    answers(hall, session, chosen="ill")
    assert answers(hall, session, chosen="go") == "end:hospital"
    assert [case.id for case in intakes.receptions()] == [reception]
    assert goes_to_the_end(hall, intakes.take_in(reception, ATTENDANT, Look())) == "end:helped_first"


def test_it_ends_as_a_case_of_the_desk_whose_papers_can_be_written(hall: Hall) -> None:
    session = intakes_of(hall).begin(ATTENDANT, Look())
    assert goes_to_the_end(hall, session) == "end:helped_first"
    (due,) = Papers(hall.store, hall.clock).due()
    assert due.case.number.startswith("f-1-")
    with closing(SqliteOutbox(hall.directory)) as outbox:
        (data,) = [
            one.data for event in outbox.events_after(0, 99) if "case.submitted" in (one := decode(event.body)).type
        ]
    assert (data["channel"], data["place"]) == ("desk", "f-1-desk")


def test_a_power_cut_loses_no_answer(hall: Hall) -> None:
    session = intakes_of(hall).take_in(asks_for_help(hall), ATTENDANT, Look())
    answers(hall, session, chosen="well")
    assert answers(hall, session, chosen="no") == "paper"
    hall.power_cut()
    (draft,) = intakes_of(hall).drafts()
    session = intakes_of(hall).resume(draft.id, ATTENDANT, Look())
    assert getattr(hall.visits.view(session).page, "name", "") == "paper"


def test_only_attendants_and_managers_take_in(hall: Hall) -> None:
    reception = asks_for_help(hall)

    def may(role: Role) -> bool:
        try:
            intakes_of(hall).take_in(reception, Staff("1", "某", role, "m"), Look())
        except NotNow:
            return False
        return True

    assert {role for role in ROLES if may(role)} == {"attendant", "manager"}


def test_nobody_is_taken_in_from_what_is_no_reception(hall: Hall) -> None:
    intakes_of(hall).begin(ATTENDANT, Look())
    for other in ("nothing", *(case.id for case in intakes_of(hall).drafts())):
        with pytest.raises(NotNow):
            intakes_of(hall).take_in(other, ATTENDANT, Look())


def test_an_intake_is_nothing_that_a_visitor_can_begin_find_or_go_on_with(hall: Hall) -> None:
    assert [matter.name for matter in hall.visits.offered] == ["relief"]
    with pytest.raises(NotFound):
        hall.visits.begin("relief_intake", Look())
    session = intakes_of(hall).begin(ATTENDANT, Look())
    answers(hall, session, chosen="well")
    assert hall.visits.offers_resume == ""
    (draft,) = intakes_of(hall).drafts()
    with pytest.raises(NotFound):
        hall.visits.resume(draft.code, Look())
    with pytest.raises(NotFound):
        hall.visits.begin_by_staff("relief", Look(), ATTENDANT.number, "f-1-desk")


def test_nobody_s_card_leads_a_visitor_to_an_intake(hall: Hall) -> None:
    session = intakes_of(hall).begin(ATTENDANT, Look())
    for form in ({"chosen": "well"}, {"chosen": "no"}, {"skip": "1"}, {"chosen": "have"}):
        answers(hall, session, **form)
    hall.visits.on_card(CARD)
    hall.visits.leave(session)
    hall.visits.on_card(CARD)
    assert hall.visits.offers_resume == ""
