"""A couple at the kiosk: every way leads to the window with a number, and none completes a registration."""

from datetime import date
from types import SimpleNamespace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.visits.conversation import LONGEST, Ending
from edge.domain.visits.matters.marriage import REGISTRATION, claim_window
from edge.domain.visits.questions import Card, Choice, Consent, Face, Pad, Review, Sign
from tests.unit.edge.domain.visits.conversation_driver import MAN, STROKES, WOMAN, Talk, visit


def couple(kind: str = "marriage", *, online: bool = True, face: bool = False) -> Talk:
    """Up to the review."""
    talk = Talk(REGISTRATION, visit(online=online)).says(chosen=kind)
    if kind == "divorce":
        talk.says(chosen="first")
    for person in (MAN, WOMAN):
        talk.lays(person).says(way="yes" if face else "no")
        if face:
            talk.hears({"result": "match"})
    return talk.says(skip="1")


def to_the_end(talk: Talk) -> Ending:
    return talk.says(right="1").says(chosen="all").says(strokes=STROKES).says(strokes=STROKES).ending


def test_two_cards_two_signatures_and_a_number() -> None:
    ending = to_the_end(couple())
    assert (ending.key, ending.state, ending.wants) == ("ticket", "submitted", "online_check")
    assert ending.ticket is not None
    assert (ending.ticket.queue, ending.ticket.oldest_age, ending.ticket.face) == ("marriage", 36, "not_used")
    assert ending.answers["signed"] == "2"


def test_off_line_the_couple_is_held_for_the_check_and_never_registered() -> None:
    ending = to_the_end(couple(online=False))
    assert (ending.key, ending.state, ending.wants) == ("ticket_offline", "awaiting_online_check", "online_check")
    assert ending.ticket is not None


def test_who_does_not_want_the_camera_stands_in_the_same_queue() -> None:
    without, with_face = to_the_end(couple()), to_the_end(couple(face=True))
    assert without.ticket is not None
    assert with_face.ticket is not None
    assert without.ticket.queue == with_face.ticket.queue
    assert (without.answers["first"], with_face.answers["first"]) == ("window", "card_and_face")


@pytest.mark.parametrize("day", [date(2026, 11, 25), date(2026, 11, 26)])
def test_neither_way_is_always_the_first_one(day: date) -> None:
    talk = Talk(REGISTRATION, visit(day=day)).says(chosen="marriage").lays(MAN)
    question = talk.question
    assert isinstance(question, Consent)
    assert question.first == ("face" if day.toordinal() % 2 == 0 else "other")


def test_a_face_that_was_not_recognised_goes_to_the_window_with_its_number() -> None:
    talk = Talk(REGISTRATION, visit()).says(chosen="marriage")
    talk.lays(MAN).says(way="yes").hears({"result": "window", "attempts": 3, "why": "mismatch"})
    talk.lays(WOMAN).says(way="no").says(skip="1")
    ending = to_the_end(talk)
    assert (ending.answers["first"], ending.answers["why"]) == ("window", "mismatch")


def test_without_any_card_there_is_a_number_all_the_same() -> None:
    talk = Talk(REGISTRATION, visit()).says(chosen="marriage").says(instead="no_card").says(instead="no_card")
    ending = talk.says(skip="1").says(right="1").says(chosen="all").ending
    assert ending.ticket is not None
    assert ending.persons == ()
    assert ending.answers["why"] == "no_card,no_card"


def test_the_same_card_cannot_be_both_of_a_couple() -> None:
    talk = Talk(REGISTRATION, visit()).says(chosen="marriage").lays(MAN).says(way="no")
    question = talk.question
    assert isinstance(question, Card)
    assert question.not_tokens == {MAN.token}


def test_a_missing_paper_sends_nobody_away() -> None:
    ending = couple().says(right="1").says(chosen="lacking").ending
    assert ending.ticket is not None
    assert ending.trip_reason == "missing_document"


def test_a_booking_of_today_is_found_by_either_of_them_and_keeps_its_time() -> None:
    row = SimpleNamespace(booking="b-7", date="2026-11-25", time="10:30", persons=[SimpleNamespace(token=WOMAN.token)])
    talk = Talk(REGISTRATION, visit(snapshots={"bookings": [row]})).says(chosen="marriage")
    talk.lays(MAN).says(way="no").lays(WOMAN).says(way="no").says(skip="1")
    ending = to_the_end(talk)
    assert ending.ticket is not None
    assert (ending.ticket.booked_minute, ending.answers["booking"]) == (630, "b-7")


def test_red_is_shown_for_a_wedding_only() -> None:
    assert REGISTRATION.theme_of({"kind": {"chosen": "marriage"}}) == "marriage"
    for kind in ("divorce", "other"):
        assert REGISTRATION.theme_of({"kind": {"chosen": kind}}) == "neutral"


def test_what_tells_who_they_are_is_only_in_the_sealed_part() -> None:
    ending = to_the_end(couple())
    assert MAN.name in repr(ending.sealed)
    assert MAN.name not in repr(ending.answers)
    assert MAN.number not in repr(ending.answers)


def test_a_divorce_can_be_claimed_from_the_thirty_first_day_on_for_thirty_days() -> None:
    first, last = claim_window(date(2026, 1, 1))
    assert (first, last) == (date(2026, 2, 1), date(2026, 3, 2))
    assert (last - first).days == 29


@given(st.data())
def test_whatever_is_answered_it_ends_with_a_place_in_a_queue(data: st.DataObject) -> None:
    talk = Talk(REGISTRATION, visit(online=data.draw(st.booleans()), camera=data.draw(st.booleans())))
    people = iter((MAN, WOMAN))
    for _ in range(LONGEST):
        match talk.walk.at:
            case Ending() as ending:
                assert ending.ticket is not None
                assert ending.state in ("submitted", "awaiting_online_check")
                return
            case Choice() as choice:
                talk.says(chosen=data.draw(st.sampled_from([option.key for option in choice.options])))
            case Card():
                here = next(people, None)
                if here is not None and data.draw(st.booleans()):
                    talk.lays(here)
                else:
                    talk.hears({"instead": data.draw(st.sampled_from(["no_card", "unreadable", "expired"]))})
            case Consent():
                talk.says(way=data.draw(st.sampled_from(["yes", "no"])))
            case Face():
                talk.hears({"result": data.draw(st.sampled_from(["match", "window"]))})
            case Pad():
                talk.says(skip="1")
            case Sign():
                talk.says(**data.draw(st.sampled_from([{"strokes": STROKES}, {"instead": "window"}])))
            case Review():
                talk.says(right="1")
    raise AssertionError("it asks without an end")
