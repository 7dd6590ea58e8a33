"""A name for a place: looked up in the county, handed in by whoever wants it, decided by people."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.identifiers.area import AREAS
from contract.reference_rows import PlaceName
from edge.domain.visits.matters.place_names import APPLICATION, COUNTIES, MOST_TRIES, same_name
from edge.domain.visits.questions import Choice, Consent, Face, Line, Review
from edge.kiosk.words.place_names import WORDS
from tests.unit.edge.domain.visits.conversation_driver import MAN, Talk, visit
from tests.unit.edge.domain.visits.matters.walked import unsaid, wander

IN_USE = [
    PlaceName(county="330802", name="样例一路", kind="road"),
    PlaceName(county="330803", name="测试二桥", kind="bridge"),
]
KNOWN = {"place_names": IN_USE}


def naming(name: str, *, county: str = "330802", online: bool = True, snapshots: Any = KNOWN) -> Talk:
    """Up to what follows the name."""
    talk = Talk(APPLICATION, visit(online=online, snapshots=snapshots)).says(chosen="naming")
    return talk.says(chosen=county).says(chosen="road").says(typed=name)


def to_the_end(talk: Talk, *, card: bool = True) -> Talk:
    talk.says(chosen="new")
    talk = talk.lays(MAN) if card else talk.says(instead="no_card")
    return talk.says(typed="000-12345678").says(chosen="here").says(right="1")


def test_a_free_name_is_handed_in() -> None:
    ending = to_the_end(naming("样例九路")).ending
    assert (ending.key, ending.state, ending.target) == ("submitted", "submitted", "naming.330802.样例九路")
    assert (ending.answers["duplicates"], ending.reference) == ("free", ("place_names@1",))
    assert ending.ticket is None


def test_a_name_that_is_taken_in_the_county_is_told_and_another_one_asked_for() -> None:
    talk = naming("样例一路")
    assert (talk.at, talk.question.values["name"]) == ("taken.1", "样例一路")
    ending = to_the_end(talk.says(chosen="another").says(typed="样例八路")).ending
    assert (ending.answers["name"], ending.answers["duplicates"]) == ("样例八路", "free")


def test_who_wants_the_taken_name_hands_it_in_for_people_to_decide() -> None:
    ending = to_the_end(naming("样例一路").says(chosen="keep")).ending
    assert (ending.key, ending.state, ending.answers["duplicates"]) == ("taken", "submitted", "taken")


def test_nobody_is_asked_for_names_without_an_end() -> None:
    talk = naming("样例一路")
    for _ in range(MOST_TRIES - 1):
        talk.says(chosen="another").says(typed="样例一路")
    assert talk.at == "reason.naming"


def test_the_same_name_in_another_county_is_free() -> None:
    assert naming("样例一路", county="330803").at == "reason.naming"


def test_another_county_chosen_later_is_looked_up_again() -> None:
    talk = naming("测试二桥").says(chosen="new")
    talk.answers["county"] = {"chosen": "330803"}
    assert talk.at == "taken.1"


def test_a_new_name_that_is_the_old_one_is_asked_for_again() -> None:
    talk = Talk(APPLICATION, visit(snapshots=KNOWN)).says(chosen="renaming").says(chosen="330881").says(chosen="estate")
    assert talk.says(typed="样例小区").says(typed="样例小区").at == "taken.1"
    ending = to_the_end_of_renaming(talk.says(chosen="another").says(typed="样例花苑"))
    assert (ending.answers["old"], ending.answers["name"]) == ("样例小区", "样例花苑")
    assert Line("place_names.old", "样例小区", "old") in ending.receipt


def to_the_end_of_renaming(talk: Talk) -> Any:
    return talk.says(chosen="twin").lays(MAN).says(skip="1").says(chosen="later").says(right="1").ending


def test_without_the_list_of_names_the_application_is_taken_and_says_what_waits() -> None:
    ending = to_the_end(naming("样例一路", online=False, snapshots={})).ending
    assert (ending.key, ending.state) == ("submitted_offline", "submitted")
    assert (ending.answers["duplicates"], ending.reference) == ("unchecked", ())


def test_off_line_a_name_is_looked_up_in_the_list_that_is_here_and_again_later() -> None:
    ending = to_the_end(naming("样例九路", online=False)).ending
    assert (ending.key, ending.answers["duplicates"]) == ("submitted_offline", "free")


def test_without_a_card_everything_is_kept_for_the_window() -> None:
    ending = to_the_end(naming("样例九路"), card=False).ending
    assert (ending.key, ending.state, ending.answers["why"]) == ("window", "submitted", "no_card")
    assert ending.ticket is not None
    assert ending.answers["name"] == "样例九路"


def test_a_plan_that_is_not_here_yet_sends_nobody_away() -> None:
    talk = naming("样例九路").says(chosen="new").lays(MAN).says(skip="1").says(chosen="later").says(right="1")
    assert (talk.ending.key, talk.ending.trip_reason) == ("submitted", "missing_document")


def test_who_applies_is_masked_on_the_page_and_sealed_in_the_record() -> None:
    talk = to_the_end(naming("样例九路"))
    review = talk.walk.question("check")
    assert isinstance(review, Review)
    told = repr((review.lines, talk.ending.answers, talk.ending.receipt))
    assert MAN.name_masked in told
    assert MAN.name not in told
    assert "000-12345678" not in told
    assert talk.ending.sealed == {"persons": [MAN.as_json()], "phone": "000-12345678"}


def test_each_line_of_the_review_can_be_changed() -> None:
    talk = to_the_end(naming("样例一路").says(chosen="another").says(typed="样例八路"))
    review = talk.walk.question("check")
    assert isinstance(review, Review)
    assert {line.change for line in review.lines} <= set(talk.answers)
    assert next(line.change for line in review.lines if line.label == "place_names.name") == "name.2"


@pytest.mark.parametrize(("one", "other"), [("样例 一路", "样例一路"), ("样例Ａ座", "样例a座")])
def test_spaces_and_wide_letters_make_no_other_name(one: str, other: str) -> None:
    assert same_name(one, other)
    assert not same_name("样例一路", "样例二路")


def test_the_six_counties_can_be_chosen_and_the_city_is_none_of_them() -> None:
    question = Talk(APPLICATION, visit()).says(chosen="naming").question
    assert isinstance(question, Choice)
    assert [option.key for option in question.options] == list(COUNTIES)
    assert set(AREAS) - set(COUNTIES) == {"330800"}


@given(st.data())
def test_whatever_is_answered_it_ends_with_an_application_and_never_asks_for_a_face(data: st.DataObject) -> None:
    known = data.draw(st.sampled_from([KNOWN, {}]))
    talk = Talk(APPLICATION, visit(online=data.draw(st.booleans()), snapshots=known))
    ending = wander(talk, data)
    assert ending.state == "submitted"
    assert ending.key in ("submitted", "submitted_offline", "taken", "window")
    assert not any(isinstance(question, Face | Consent) for question in talk.walk.asked)
    assert len(ending.receipt) <= 8
    assert unsaid(talk, WORDS) == set()
