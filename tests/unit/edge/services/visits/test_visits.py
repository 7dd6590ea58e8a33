"""A visitor at a kiosk: nothing is asked twice, nothing is lost, and nobody is stuck."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from edge.domain.visits.questions import NotAnAnswer
from edge.services.visits import Look, NoSession, NotFound, Result
from tests.unit.edge.services.visits.counter_hall import CARD, OTHER_CARD, STROKES, Hall, Visitor


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    with closing(made.store):
        yield made
        made.store.close()


def test_a_visitor_who_does_not_want_the_camera_ends_like_any_other(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.goes_to_the_end()
    result = hall.visits.view(visitor.session).page
    assert isinstance(result, Result)
    assert (result.key, result.state, result.number) == ("done", "submitted", "f-1-20251125-0001")
    assert hall.events() == ["consent.declined", "document.signed", "case.submitted", "visit.checkin"]


def test_no_event_holds_a_name_or_a_number(hall: Hall) -> None:
    Visitor(hall).goes_to_the_end()
    assert CARD["name"].encode() not in hall.bodies()
    assert CARD["id_number"].encode() not in hall.bodies()
    assert b"330899********0016" in hall.bodies()


def test_what_was_said_lies_encrypted_on_the_disk(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.visits.on_card(CARD)
    hall.store.close()
    written = b"".join(path.read_bytes() for path in hall.directory.iterdir() if path.is_file())
    assert CARD["name"].encode() not in written
    assert CARD["id_number"].encode() not in written


def test_consent_is_durable_before_the_camera_page_shows(hall: Hall) -> None:
    seen = []
    hall.visits.on_page = lambda _session, question: seen.append((question.name, hall.events()))
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.visits.on_card(CARD)
    visitor.says(way="yes")
    assert ("who.face", ["consent.given"]) in seen


@pytest.mark.parametrize("steps", range(5))
def test_after_a_power_cut_at_any_step_the_code_leads_back_to_the_same_page(hall: Hall, steps: int) -> None:
    visitor = Visitor(hall)
    for step in (
        lambda: visitor.says(chosen="now"),
        lambda: hall.visits.on_card(CARD),
        lambda: visitor.says(way="no"),
        lambda: visitor.says(strokes=STROKES),
        lambda: visitor.says(right="1"),
    )[: steps + 1]:
        step()
    stood, code, told = visitor.at, hall.visits.view(visitor.session).code, hall.events()
    hall.power_cut()
    with pytest.raises(NoSession):
        hall.visits.view(visitor.session)
    visitor.session = hall.visits.resume(code, Look())
    assert visitor.at == stood
    assert hall.events() == told


def test_the_card_leads_back_too(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.visits.on_card(CARD)
    hall.power_cut()
    assert hall.visits.offers_resume == "code"
    hall.visits.on_card(OTHER_CARD)
    assert hall.visits.offers_resume == "code"
    hall.visits.on_card(CARD)
    assert hall.visits.offers_resume == "card"
    visitor.session = hall.visits.resume_by_card(Look())
    assert visitor.at == "who.way"


def test_the_same_form_sent_twice_changes_nothing(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.goes_to_the_end()
    told = hall.events()
    hall.visits.answer(visitor.session, "check", 4, {})
    assert hall.events() == told


def test_the_same_errand_on_the_same_day_is_the_first_one_again(hall: Hall) -> None:
    first, second = Visitor(hall), Visitor(hall)
    first.goes_to_the_end()
    hall.visits.leave(first.session)
    second.goes_to_the_end()
    result = hall.visits.view(second.session).page
    assert isinstance(result, Result)
    assert result.is_first_again
    assert result.number == "f-1-20251125-0001"
    assert hall.events().count("case.submitted") == 1


def test_taken_back_within_ten_minutes_it_is_withdrawn_and_its_slot_is_free(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.goes_to_the_end()
    assert hall.store.booked("morning") == 1
    assert hall.visits.undo(visitor.session)
    assert hall.store.booked("morning") == 0
    assert hall.events()[-1] == "case.moved"
    assert not hall.visits.undo(visitor.session)


def test_after_ten_minutes_it_is_too_late_for_that(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.goes_to_the_end()
    hall.clock.passed_s = 601
    assert not hall.visits.undo(visitor.session)
    assert "case.moved" not in hall.events()


def test_off_line_the_case_is_held_and_says_so(hall: Hall) -> None:
    hall.online = False
    visitor = Visitor(hall)
    visitor.goes_to_the_end()
    result = hall.visits.view(visitor.session).page
    assert isinstance(result, Result)
    assert result.state == "awaiting_online_check"
    assert b'"offline":true' in hall.bodies()


def test_three_cards_that_cannot_be_read_lead_to_the_window_and_not_to_an_end(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    for tries in (1, 2):
        hall.visits.on_bad_card("unreadable")
        assert hall.visits.view(visitor.session).machine["tries"] == tries
        assert visitor.at == "who.card"
    hall.visits.on_bad_card("unreadable")
    assert visitor.at == "sign"


def test_an_expired_card_goes_on_at_the_window_and_is_told(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.visits.on_card({**CARD, "valid_to": "20200101"})
    assert visitor.at == "sign"
    assert list(hall.visits.view(visitor.session).notices) == ["card.expired"]


def test_a_reader_that_was_pulled_out_is_said_on_the_page(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.visits.on_reader(is_there=False)
    assert hall.visits.view(visitor.session).machine["state"] == "gone"
    visitor.says(instead="no_card")
    assert visitor.at == "sign"


def test_an_answer_that_is_none_keeps_the_page_and_the_answers(hall: Hall) -> None:
    visitor = Visitor(hall)
    with pytest.raises(NotAnAnswer):
        visitor.says(chosen="never")
    view = hall.visits.view(visitor.session)
    assert (visitor.at, view.error, view.rev) == ("kind", "choose.gone", 0)


def test_going_back_asks_the_last_question_again_and_keeps_the_others(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.visits.on_card(CARD)
    visitor.says(way="no")
    hall.visits.back(visitor.session, hall.visits.view(visitor.session).rev)
    assert visitor.at == "who.way"
    hall.visits.change(visitor.session, "kind", hall.visits.view(visitor.session).rev)
    assert visitor.at == "kind"
    visitor.says(chosen="later")
    assert visitor.at == "who.way"


def test_without_a_touch_the_page_asks_and_then_everything_is_gone(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.clock.passed_s = 65
    hall.visits.tick()
    assert hall.visits.view(visitor.session).idle.warning
    hall.visits.extend(visitor.session)
    assert not hall.visits.view(visitor.session).idle.warning
    hall.clock.passed_s = 65 + 91
    hall.visits.tick()
    with pytest.raises(NoSession):
        hall.visits.view(visitor.session)
    assert not hall.store.has_drafts()


def test_a_jump_of_the_wall_clock_ends_no_session(hall: Hall) -> None:
    visitor = Visitor(hall)
    hall.clock.jumped_ms = 48 * 3600_000
    hall.visits.tick()
    assert visitor.at == "kind"


def test_large_type_doubles_the_patience(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.visits.set_look(visitor.session, Look(size="xl"))
    hall.clock.passed_s = 119
    hall.visits.tick()
    assert not hall.visits.view(visitor.session).idle.warning


def test_a_matter_that_keeps_drafts_can_be_left_and_gone_on_with(hall: Hall) -> None:
    visitor = Visitor(hall, "kept")
    visitor.says(chosen="now")
    code = hall.visits.view(visitor.session).code
    hall.visits.leave(visitor.session)
    visitor.session = hall.visits.resume(code, Look())
    assert visitor.at == "who.card"


def test_any_other_draft_is_forgotten_when_its_visitor_leaves(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    code = hall.visits.view(visitor.session).code
    hall.visits.leave(visitor.session)
    with pytest.raises(NotFound):
        hall.visits.resume(code, Look())


def test_codes_cannot_be_tried_out(hall: Hall) -> None:
    for _ in range(5):
        with pytest.raises(NotFound, match=r"resume\.unknown"):
            hall.visits.resume("nope", Look())
    with pytest.raises(NotFound, match=r"resume\.later"):
        hall.visits.resume("nope", Look())
    hall.clock.passed_s = 301
    with pytest.raises(NotFound, match=r"resume\.unknown"):
        hall.visits.resume("nope", Look())


def test_calling_twice_is_one_call(hall: Hall) -> None:
    visitor = Visitor(hall)
    hall.visits.call_staff(visitor.session)
    hall.visits.call_staff(visitor.session)
    hall.visits.call_staff(None)
    hall.visits.call_staff(None)
    assert hall.events() == ["staff.called"] * 2
    hall.clock.passed_s = 5
    assert hall.visits.view(visitor.session).staff_called_s == 5


def test_a_case_is_rated_once(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.goes_to_the_end()
    hall.visits.rate(visitor.session, 5)
    hall.visits.rate(visitor.session, 1)
    assert hall.events().count("case.rated") == 1
    page = hall.visits.view(visitor.session).page
    assert isinstance(page, Result)
    assert page.rated == 5


def test_a_page_is_another_when_the_network_goes_and_when_it_is_back(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    visitor = Visitor(hall)
    hall.visits.tick()
    for online in (False, True):
        seen = hall.visits.view(visitor.session).version
        hall.online = online
        hall.visits.tick()
        view = hall.visits.view(visitor.session)
        assert view.version != seen
        assert view.online == online
