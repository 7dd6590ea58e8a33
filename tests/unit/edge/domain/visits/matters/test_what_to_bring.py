"""What to bring (办事指南): for everybody, without a card, with and without the city's list."""

import pytest

from edge.domain.visits.matters.what_to_bring import WHAT_TO_BRING, listed
from edge.domain.visits.questions import Line, Notice, Said
from edge.kiosk.words.marriage import WORDS
from tests.unit.edge.domain.visits.conversation_driver import Talk, visit
from tests.unit.edge.domain.visits.matters.office_talks import GUIDE
from tests.unit.edge.domain.visits.matters.walked import unsaid

ALL = [("marriage",), ("divorce.first",), ("divorce.claim",), ("certificates", "marriage"), ("certificates", "divorce")]


def asked(*chosen: str, known: bool = True) -> Talk:
    """Up to the list."""
    talk = Talk(WHAT_TO_BRING, visit(online=False, snapshots={"matters_info": GUIDE} if known else {}))
    for one in chosen:
        talk.says(chosen=one)
    return talk


def test_the_list_names_who_comes_what_to_bring_when_and_where() -> None:
    notice = asked("marriage").question
    assert isinstance(notice, Notice)
    assert notice.lines == (
        Line("what_to_bring.who", Said("两人一起来", "both come")),
        Line("what_to_bring.document", Said("两人的身份证", "both identity cards")),
        Line("what_to_bring.document", Said("合影", "photographs")),
        Line("what_to_bring.hours", Said("工作日 9:00-16:30", "working days")),
        Line("what_to_bring.windows", "1 · 2"),
    )


@pytest.mark.parametrize("chosen", ALL)
@pytest.mark.parametrize("known", [True, False])
def test_everybody_gets_a_list_and_nothing_is_kept(chosen: tuple[str, ...], known: bool) -> None:
    talk = asked(*chosen, known=known)
    notice = talk.question
    assert isinstance(notice, Notice)
    assert notice.lines
    ending = talk.says(right="1").ending
    assert (ending.key, ending.state, ending.persons) == ("seen", None, ())
    assert not any(question.personal for question in talk.walk.asked)
    assert unsaid(talk, WORDS) == set()


def test_several_papers_are_one_text_in_both_languages() -> None:
    assert listed([Said("甲", "a"), Said("乙", "b")]) == Said("甲、乙", "a, b")
    assert not WHAT_TO_BRING.needs_people
