"""How a person who was or was not checked stands in a review."""

from edge.domain.visits.identity import Identified
from edge.domain.visits.questions import Line, Review
from tests.unit.edge.domain.visits.conversation_driver import MAN, WOMAN


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
