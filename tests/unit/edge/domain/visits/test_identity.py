"""How a person is asked who they are, and how one who was or was not checked stands in a review."""

import pytest

from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.identity import Identified, identify
from edge.domain.visits.questions import Face, Line, Review
from tests.unit.edge.domain.visits.conversation_driver import MAN, WOMAN, Talk, visit


def errand(about: Visit) -> Flow:
    who = yield from identify(about, "who", "who")
    return Ending(key="done", answers={"settled": who.settled, "why": who.why})


def by_face() -> Talk:
    """Somebody whose card was read, and who said yes."""
    return Talk(Matter(name="errand", theme="neutral", open=errand), visit()).lays(MAN).says(way="yes")


def test_a_card_photo_that_cannot_be_read_leads_to_another_document_under_the_same_consent() -> None:
    talk = by_face().hears({"result": "window", "attempts": 1, "why": "no_reference"})
    question = talk.question
    assert isinstance(question, Face)
    assert (question.name, question.reference) == ("who.document", "document_photo")
    assert (question.consent, question.token) == ("who.way", MAN.token)


@pytest.mark.parametrize("why", ["mismatch", "borderline", "not_live", "no_face", "no_camera", "chosen"])
def test_who_was_looked_at_or_chose_the_window_is_asked_for_no_document(why: str) -> None:
    talk = by_face().hears({"result": "window", "attempts": 3, "why": why})
    assert talk.ending.answers == {"settled": "window", "why": why}


def test_a_match_with_a_document_is_for_the_window_to_settle() -> None:
    talk = by_face().hears({"result": "window", "attempts": 1, "why": "no_reference"})
    talk.hears({"result": "match", "attempts": 1})
    assert talk.ending.answers == {"settled": "window", "why": "document_seen"}


def test_who_has_no_other_document_goes_on_with_one_touch() -> None:
    talk = by_face().hears({"result": "window", "attempts": 1, "why": "no_reference"}).says(instead="window")
    assert talk.ending.answers == {"settled": "window", "why": "chosen"}


def test_the_review_says_in_words_of_the_catalogue_how_somebody_is_checked() -> None:
    checked = Identified(MAN, "card_and_face").line("m.first", "first.card")
    assert checked == Line("m.first", "identity.checked", "first.card", private=True, values={"who": "测**"})
    assert Identified(MAN, "window").line("m.first").value == "identity.at_window"


def test_without_a_card_no_name_is_shown() -> None:
    assert Identified(None, "window", "no_card").line("m.first") == Line("m.first", "identity.unread")


def test_another_person_makes_another_review() -> None:
    told = [
        Review(name="check", lines=(Line("m.first", "identity.checked", values={"who": person.token}),))
        for person in (MAN, WOMAN)
    ]
    assert told[0].fingerprint != told[1].fingerprint
