"""A family books a cremation: prices from the list alone, nothing ticked, nobody sent away, on line or off."""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import TypeAdapter

from contract.events.visits import Answers
from edge.domain.visits.matters.cremation import BOOKING
from edge.domain.visits.questions import Choice, Counted, Review, Said
from edge.kiosk.words.cremation import WORDS
from tests.unit.edge.domain.visits.conversation_driver import MAN, STROKES, Talk, visit
from tests.unit.edge.domain.visits.matters.mourners import SECOND_PHONE, known, places
from tests.unit.edge.domain.visits.matters.walked import CERTIFICATE, PHONE, unsaid, wander

NINE = "cremation/2026-11-26/09:00"


def begin(*, online: bool = True, snapshots: Any = None, taken: Any = None, card: bool = True) -> Talk:
    """A son with his card, up to the certificate."""
    about = visit(online=online, snapshots=known() if snapshots is None else snapshots)
    taken = taken or {}
    talk = Talk(BOOKING, replace(about, booked=lambda slot: taken.get(slot, 0))).says(chosen="family")
    talk = talk.lays(MAN) if card else talk.says(instead="no_card")
    return talk.says(chosen="child")


def at_services(**how: Any) -> Talk:
    return begin(**how).says(code=CERTIFICATE).says(chosen="yes").says(chosen="2026-11-26").says(chosen=NINE)


def at_review(**how: Any) -> Talk:
    talk = at_services(**how).says(**{"n_pick-up": "1", "n_cremation": "1", "n_storage-more": "2"})
    return talk.says().says(**{"n_urn-paper": "1"})


def at_telling(**how: Any) -> Talk:
    return at_review(**how).says(right="1").says(chosen="book").says(strokes=STROKES)


def told(talk: Talk) -> Talk:
    return talk.says(chosen="message").says(typed=PHONE).says(skip="1").says(right="1")


def zh(text: str | Said) -> str:
    return text.zh if isinstance(text, Said) else text


def test_a_booking_has_its_time_its_bill_and_its_message() -> None:
    ending = told(at_telling()).ending
    assert (ending.key, ending.state, ending.ticket, ending.staff) == ("booked", "submitted", None, "")
    assert NINE in ending.slots
    assert ending.reference == ("price_list@1",)
    assert (ending.answers["list"], ending.answers["to_pay_fen"], ending.answers["lines"]) == ("2026-1", "30000", "4")
    (message,) = ending.messages
    assert message.phone == PHONE
    assert message.items == ("services", "process", "prices", "supervision_phone")


def test_nothing_is_ticked_and_the_cheapest_of_a_category_comes_first() -> None:
    talk = at_services()
    for group, keys in (
        ("basic", ["pick-up", "cremation", "storage-more"]),
        ("important", ["furnace-ash"]),
        ("regular", ["urn-paper", "urn-pine", "candle"]),
    ):
        question = talk.question
        assert isinstance(question, Counted)
        assert (question.name, [item.key for item in question.items]) == (group, keys)
        assert question.read({}) == {"counts": {}}
        talk.says()
    assert talk.at == "check"


def test_the_review_shows_every_line_the_relief_the_list_and_what_is_to_pay() -> None:
    question = at_review().question
    assert isinstance(question, Review)
    told_lines = {zh(line.label): zh(line.value) for line in question.lines}
    assert told_lines["样例storage-more × 2"] == "180.00 元"
    assert told_lines["样例pick-up × 1"] == "0.00 元"
    assert told_lines["cremation.price"] == "980.00 元"
    assert told_lines["cremation.relief"] == "680.00 元"
    assert told_lines["cremation.list"] == "2026-1 · 2026-01-01"
    assert question.total_fen == 30_000


def test_a_count_that_is_changed_changes_the_bill_and_keeps_the_rest() -> None:
    talk = at_telling()
    talk.answers["regular"] = {"counts": {}}
    ending = told(talk).ending
    assert ending.answers["to_pay_fen"] == "18000"
    assert ending.answers["signed"] == "1"


def test_the_family_may_take_the_sheet_home_and_book_nothing() -> None:
    ending = at_review().says(right="1").says(chosen="take").ending
    assert (ending.key, ending.state, ending.slots, ending.messages) == ("taken", None, (), ())
    assert len(ending.slip) == 4 + 3


def test_a_time_that_went_meanwhile_is_asked_again_with_the_answers_kept() -> None:
    talk = at_services(taken={NINE: 1})
    question = talk.question
    assert isinstance(question, Choice)
    assert (question.name, [option.key for option in question.options]) == (
        "nearest", ["cremation/2026-11-26/10:00", "cremation/2026-11-26/14:00"],
    )  # fmt: skip
    assert talk.says(chosen="cremation/2026-11-26/10:00").at == "basic"


def test_without_any_place_the_services_are_noted_and_staff_arrange_the_time() -> None:
    talk = begin(snapshots=known(slots=places("09:00", number=0))).says(code=CERTIFICATE).says(chosen="yes")
    talk.says(n_cremation="1").says().says().says(right="1").says(chosen="book").says(strokes=STROKES)
    ending = told(talk).ending
    assert (ending.key, ending.ticket is not None) == ("no_time", True)


def test_off_line_the_place_is_kept_the_message_waits_and_paper_is_given() -> None:
    ending = told(at_telling(online=False)).ending
    assert (ending.key, ending.state) == ("booked_offline", "submitted")
    assert NINE in ending.slots
    assert len(ending.messages) == 1
    assert [(event.type_name, event.reason) for event in ending.events] == [("onetrip.leaflet.given.v1", "offline")]  # type: ignore[attr-defined]


@pytest.mark.parametrize(("way", "reason"), [("paper", "chosen"), ("skip", "no_phone")])
def test_who_wants_no_message_has_the_four_items_on_paper(way: str, reason: str) -> None:
    talk = at_telling()
    ending = (talk.says(chosen="paper") if way == "paper" else talk.says(chosen="message").says(skip="1")).ending
    assert ending.messages == ()
    assert [event.reason for event in ending.events] == [reason]  # type: ignore[attr-defined]
    labels = {line.label for line in ending.receipt}
    assert {"cremation.services", "cremation.process", "cremation.to_pay", "cremation.supervision"} <= labels


def test_two_relatives_get_the_same_words_which_were_shown_before() -> None:
    talk = at_telling().says(chosen="message").says(typed=PHONE).says(typed=SECOND_PHONE)
    shown = talk.question.values["text"]
    ending = talk.says(right="1").ending
    assert [message.phone for message in ending.messages] == [PHONE, SECOND_PHONE]
    assert {message.text for message in ending.messages} == {shown}


def test_the_message_has_parts_of_70_characters_and_no_name_and_the_prices_of_the_list() -> None:
    text = told(at_telling()).ending.messages[0].text
    assert all(len(part) <= 70 for part in text.split("\n"))
    assert "测试丙" not in text
    assert "测" not in text
    for item in (
        "服务项目",
        "流程",
        "价格标准：按公示清单2026-1版，需付300.00元",
        "监督电话：000-96000000",
        "11月26日09:00",
    ):
        assert item in text


def test_without_a_price_list_the_basic_services_are_noted_without_a_price() -> None:
    talk = begin(online=False, snapshots={"slots": places("09:00")}).says(code=CERTIFICATE).says(chosen="yes")
    talk.says(chosen="2026-11-26").says(chosen=NINE).says(chosen=["cremation", "ashes"])
    ending = talk.says(right="1").ending
    assert (ending.key, ending.state, ending.answers["services"]) == ("at_desk", "submitted", "cremation,ashes")
    assert ending.ticket is not None
    assert "to_pay_fen" not in ending.answers


def test_without_a_card_it_all_goes_on_and_is_signed_at_the_window() -> None:
    ending = told(at_review(card=False).says(right="1").says(chosen="book")).ending
    assert (ending.key, ending.persons, ending.answers["signed"]) == ("booked", (), "0")
    assert ending.ticket is not None
    assert "cremation.bring.card" in [line.value for line in ending.receipt]


def test_without_a_certificate_staff_comes_and_the_booking_stands() -> None:
    talk = begin().says(instead="no_code").says(chosen="2026-11-26").says(chosen=NINE)
    talk.says(n_cremation="1").says().says().says(right="1").says(chosen="book").says(strokes=STROKES)
    ending = told(talk).ending
    assert (ending.key, ending.staff, ending.once, ending.trip_reason) == ("booked", "help", "", "missing_document")


def test_one_who_comes_for_the_family_may_bring_the_letter_later() -> None:
    talk = Talk(BOOKING, visit(snapshots=known())).says(chosen="trustee").lays(MAN).says(chosen="later")
    talk.says(code=CERTIFICATE).says(chosen="yes").says(chosen="2026-11-26").says(chosen=NINE)
    talk.says().says().says().says(right="1").says(chosen="book").says(strokes=STROKES)
    ending = told(talk).ending
    assert [line.value for line in ending.receipt if line.label == "cremation.bring"] == ["cremation.bring.letter"]


def test_nobody_is_asked_for_a_face() -> None:
    asked = {type(question).__name__ for question in told(at_telling()).walk.asked}
    assert not asked & {"Consent", "Face"}


def test_who_wants_company_presses_once() -> None:
    ending = Talk(BOOKING, visit()).says(chosen="together").ending
    assert (ending.key, ending.staff) == ("together", "help")


def test_the_deceased_is_named_once_and_masked() -> None:
    talk = begin().says(code=CERTIFICATE)
    assert talk.question.values["deceased"] == ("测** 先生", "Mr 测**")
    talk = at_review()
    later = repr(talk.walk.at)
    assert "测试丙" not in later
    assert "测** 先生" not in later


def test_a_second_relative_is_told_of_no_detail_and_is_added_as_a_contact() -> None:
    first = told(at_telling()).ending
    (mark,) = set(first.slots) - {NINE}
    talk = begin(taken={mark: 1}).says(code=CERTIFICATE).says(chosen="yes")
    assert talk.at == "already"
    assert "2026-11-26" not in repr(talk.question)
    ending = talk.says(chosen="add").says(typed=SECOND_PHONE).ending
    assert (ending.key, ending.state, ending.joins, ending.once) == ("contact", None, True, first.once)
    assert ending.sealed["phone"] == SECOND_PHONE
    assert (ending.receipt, ending.slots, ending.messages) == ((), (), ())


def test_a_second_relative_may_leave_it() -> None:
    mark = next(iter(set(told(at_telling()).ending.slots) - {NINE}))
    ending = begin(taken={mark: 1}).says(code=CERTIFICATE).says(chosen="yes").says(chosen="no").ending
    assert (ending.key, ending.state, ending.joins) == ("already", None, False)


def test_what_tells_who_somebody_is_stands_only_in_the_sealed_part() -> None:
    ending = told(at_telling()).ending
    assert "测试丙" in repr(ending.sealed)
    shown = repr((ending.answers, ending.receipt, ending.slip, ending.slots, ending.target, ending.values))
    for private in ("测试丙", "2026330899000001", MAN.name, MAN.number, PHONE):
        assert private not in shown


@given(st.data())
def test_whatever_is_answered_it_ends_with_words_for_all_of_it(data: st.DataObject) -> None:
    snapshots = {name: rows for name, rows in known().items() if data.draw(st.booleans())}
    already = int(data.draw(st.booleans()))
    about = visit(online=data.draw(st.booleans()), snapshots=snapshots)
    talk = Talk(BOOKING, replace(about, booked=lambda slot: already if slot.startswith("deceased/") else 0))
    ending = wander(talk, data)
    TypeAdapter(Answers).validate_python(ending.answers, strict=True)
    assert len(ending.receipt) <= 8
    assert unsaid(talk, WORDS) == set()
