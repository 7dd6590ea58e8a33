"""Somebody in need before the screen: one touch is enough, and nothing that is asked after it can cost the help."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.events.visits import ReliefReceived, StaffCalled
from edge.domain.visits.conversation import Ending
from edge.domain.visits.matters.relief import COMPANY, LEFT, NEEDS, PAPERS, RELIEF
from edge.domain.visits.questions import Card, Choice, Consent, Face, Pay
from edge.kiosk.words.relief import WORDS
from tests.unit.edge.domain.visits.conversation_driver import MAN, Talk, visit
from tests.unit.edge.domain.visits.matters.walked import unsaid, wander


def asks(need: str, *, online: bool = True) -> Talk:
    return Talk(RELIEF, visit(online=online)).says(chosen=need)


def test_four_pictures_are_all_there_is_to_begin_with() -> None:
    question = Talk(RELIEF, visit()).question
    assert isinstance(question, Choice)
    assert question.style == "pictures"
    assert [option.key for option in question.options] == ["food", "bed", "medical", "home"]


@pytest.mark.parametrize("need", ["food", "bed", "home"])
def test_one_touch_calls_staff_and_records_the_reception_before_anything_else_is_asked(need: str) -> None:
    question = asks(need).question
    assert question.calls == need
    assert [(type(event), event.need) for event in question.tells if isinstance(event, ReliefReceived)] == [
        (ReliefReceived, need)
    ]


@pytest.mark.parametrize("online", [True, False])
def test_who_wants_a_doctor_is_asked_nothing_at_all(online: bool) -> None:
    ending = asks("medical", online=online).ending
    assert (ending.key, ending.staff, ending.state) == ("medical", "medical", "submitted")
    assert [event.type_name for event in ending.events] == ["onetrip.relief.reception.v1"]


def test_every_page_after_the_touch_may_be_walked_away_from() -> None:
    talk = asks("bed").says(chosen="fine").says(chosen="have").hears({"instead": "no_card"}).says(chosen="alone")
    for question in talk.walk.asked[1:]:
        assert question.left is not None
        left = asks("bed")
        while left.at != question.name:
            left.hears(talk.answers[left.at])
        while not isinstance(at := left.walk.at, Ending):
            assert at.left is not None
            left.hears(at.left)
        assert left.ending.key == "coming"


def test_being_hurt_comes_before_the_papers() -> None:
    ending = asks("food").says(chosen="hurt").ending
    assert (ending.key, ending.staff) == ("medical", "medical")


def test_who_is_harmed_sees_what_everybody_sees_while_staff_hear_of_danger() -> None:
    harmed, waiting = asks("food").says(chosen="harmed").ending, asks("food").hears(LEFT).ending
    assert (harmed.staff, waiting.staff) == ("danger", "")
    assert (harmed.key, harmed.values, harmed.receipt) == (waiting.key, waiting.values, waiting.receipt)


def test_a_child_alone_gets_somebody_at_once() -> None:
    assert asks("home").says(chosen="child").ending.staff == "child_alone"


def test_a_card_of_a_child_who_came_with_nobody_says_the_same() -> None:
    then = date(2007, 3, 8)
    talk = Talk(RELIEF, visit(day=then)).says(chosen="bed").says(chosen="fine").says(chosen="have")
    assert MAN.age(then) == 17
    assert talk.lays(MAN).says(chosen="alone").ending.staff == "child_alone"
    talk.answers["company"] = {"chosen": "old"}
    assert talk.ending.staff == ""


@pytest.mark.parametrize("paper", ["none", "rather_not"])
def test_with_papers_without_and_unwilling_go_the_same_way(paper: str) -> None:
    without = asks("bed").says(chosen="fine").says(chosen=paper)
    with_card = asks("bed").says(chosen="fine").says(chosen="have").lays(MAN)
    assert without.at == with_card.at == "company"
    ends = [talk.says(chosen="alone").ending for talk in (without, with_card)]
    assert ends[0].key == ends[1].key
    assert ends[0].receipt == ends[1].receipt


@pytest.mark.parametrize("why", ["no_card", "unreadable", "expired", "reader_gone", "unsupported"])
def test_a_card_that_cannot_be_read_changes_nothing(why: str) -> None:
    ending = asks("bed").says(chosen="fine").says(chosen="have").hears({"instead": why}).says(chosen="pet").ending
    assert (ending.key, ending.persons, ending.answers["paper"]) == ("coming", (), why)


def test_who_only_waits_is_asked_no_more() -> None:
    assert asks("food").says(chosen="fine").says(chosen="wait").at == "end:coming"


def test_asking_twice_a_day_is_two_receptions_and_the_name_stays_sealed() -> None:
    ending = asks("food").says(chosen="fine").says(chosen="have").lays(MAN).says(chosen="alone").ending
    assert ending.target == visit().case
    assert MAN.name in repr(ending.sealed)
    assert MAN.name not in repr((ending.answers, ending.receipt, ending.values))


def test_staff_can_be_told_of_every_need() -> None:
    for need in NEEDS:
        StaffCalled.model_validate({"call": "c-1", "place": "kiosk-1", "about": need})


@given(st.data())
def test_whatever_is_touched_ends_with_help_and_never_with_a_face_or_a_fee(data: st.DataObject) -> None:
    talk = Talk(RELIEF, visit(online=data.draw(st.booleans()), camera=data.draw(st.booleans())))
    ending = wander(talk, data)
    assert (ending.key in ("coming", "medical"), ending.state) == (True, "submitted")
    assert not ending.undo
    assert not ending.rating
    assert all(isinstance(question, Choice | Card) for question in talk.walk.asked)
    assert not any(isinstance(question, Face | Consent | Pay) for question in talk.walk.asked)
    assert len(ending.receipt) <= 8
    assert unsaid(talk, WORDS) == set()


def test_a_picture_has_a_word_or_two() -> None:
    pictures = [f"relief.need.{need}" for need in NEEDS]
    pictures += [f"relief.paper.{paper}" for paper in PAPERS] + [f"relief.company.{one}" for one in COMPANY]
    assert [key for key in pictures if len(WORDS[key].zh) > 4] == []


def test_no_word_blames_and_none_names_what_somebody_is() -> None:
    texts = " ".join(said.zh for said in WORDS.values())
    assert [word for word in ("流浪", "乞讨", "失败", "异常", "非法", "错误", "超时", "不予") if word in texts] == []
