"""Remains leave the city with one visit to one desk: what is there is kept, what is missing is told once."""

from datetime import date
from typing import Any

from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from contract.events.visits import Answers
from edge.domain.visits.matters.outbound_transfer import APPLYING, PROVINCES
from edge.domain.visits.permit import permit_of
from edge.domain.visits.questions import Card
from edge.kiosk.words.outbound_transfer import WORDS
from tests.unit.edge.domain.visits.conversation_driver import MAN, STROKES, WOMAN, Talk, visit
from tests.unit.edge.domain.visits.matters.walked import CERTIFICATE, PHONE, unsaid, wander

HOME = "样例市殡仪馆"


def at_check(*, online: bool = True) -> Talk:
    """A daughter's way, with everything at hand; `MAN` is who died."""
    talk = Talk(APPLYING, visit(online=online)).says(chosen="family").lays(WOMAN).says(chosen="child")
    talk.says(code=CERTIFICATE).says(chosen="yes").lays(MAN).says(chosen="here").says(typed=HOME)
    return talk.says(chosen="浙").says(typed="H12345").says(typed=PHONE)


def whole(**how: Any) -> Talk:
    return at_check(**how).says(right="1").says(strokes=STROKES)


def bare() -> Talk:
    """Somebody from a hospital who has nothing with them."""
    talk = Talk(APPLYING, visit()).says(chosen="unit").says(instead="no_card").says(chosen="later")
    talk.says(instead="no_code").says(instead="no_card").says(chosen="later").says(skip="1")
    return talk.says(chosen="later").says(skip="1").says(right="1")


def test_with_all_papers_the_desk_has_all_that_a_permit_needs() -> None:
    ending = whole().ending
    assert (ending.key, ending.state, ending.answers["missing"], ending.receipt) == ("desk", "submitted", "", ())
    assert (ending.ticket.queue if ending.ticket else "", ending.staff) == ("transfer", "help")
    permit = permit_of("330802-funeral-01-20261125-0001", ending.sealed, date(2026, 11, 25))
    assert (permit.deceased, permit.home, permit.plate, permit.last_day) == (
        "测**", HOME, "浙H12345", date(2026, 11, 27),
    )  # fmt: skip


def test_off_line_it_is_the_same() -> None:
    on, off = whole().ending, whole(online=False).ending
    assert (on.key, on.state, on.sealed) == (off.key, off.state, off.sealed)


def test_what_is_missing_is_told_once_and_whole_and_there_is_a_number_all_the_same() -> None:
    ending = bare().ending
    assert (ending.key, ending.state, ending.trip_reason) == ("incomplete", "submitted", "missing_document")
    assert ending.answers["missing"] == "card,letter,certificate,identity,acceptance,home,plate"
    assert [line.value for line in ending.receipt] == [
        f"outbound_transfer.bring.{what}" for what in ending.answers["missing"].split(",")
    ]
    assert ending.ticket is not None


def test_the_card_of_the_deceased_may_have_run_out_and_is_not_the_applicants() -> None:
    talk = Talk(APPLYING, visit()).says(chosen="family").lays(WOMAN).says(chosen="child").says(instead="no_code")
    question = talk.question
    assert isinstance(question, Card)
    assert (question.on, question.not_tokens) == ("", {WOMAN.token})


def test_the_deceased_is_no_visitor() -> None:
    assert whole().ending.persons == (WOMAN,)


def test_nobody_is_asked_for_a_face() -> None:
    assert not {type(question).__name__ for question in whole().walk.asked} & {"Consent", "Face"}


def test_who_cannot_sign_here_signs_at_the_desk() -> None:
    ending = at_check().says(right="1").says(instead="window").ending
    assert (ending.key, ending.answers["missing"]) == ("incomplete", "signature")


def test_another_hearse_changes_the_plate_and_nothing_else() -> None:
    talk = whole()
    talk.answers["plate"] = {"typed": "HF12345"}
    assert talk.ending.sealed["plate"] == "浙HF12345"
    assert talk.ending.key == "desk"


def test_two_relatives_make_one_application() -> None:
    other = Talk(APPLYING, visit()).says(chosen="family").lays(MAN).says(chosen="parent").says(code=CERTIFICATE)
    other.says(chosen="yes").says(instead="no_card").says(chosen="here").says(typed=HOME).says(chosen="later")
    assert other.says(skip="1").says(right="1").says(strokes=STROKES).ending.once == whole().ending.once != ""


def test_all_provinces_are_there_once() -> None:
    assert len(set(PROVINCES)) == len(PROVINCES) == 31


def test_what_tells_who_somebody_is_stands_only_in_the_sealed_part() -> None:
    ending = whole().ending
    shown = repr((ending.answers, ending.receipt, ending.target, ending.values))
    for private in (MAN.name, MAN.number, WOMAN.name, WOMAN.number, PHONE, "2026330899000001"):
        assert private not in shown


@given(st.data())
def test_whatever_is_answered_it_ends_at_the_desk_with_words_for_all_of_it(data: st.DataObject) -> None:
    talk = Talk(APPLYING, visit(online=data.draw(st.booleans())))
    ending = wander(talk, data)
    TypeAdapter(Answers).validate_python(ending.answers, strict=True)
    assert (ending.state, ending.ticket is not None, len(ending.receipt) <= 8) == ("submitted", True, True)
    assert unsaid(talk, WORDS) == set()
