"""Anybody reads the published prices, without a card and without a name."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.visits.matters.price_list import LOOKING, MOST_LOOKS
from edge.domain.visits.questions import Notice, Said
from edge.kiosk.words.cremation import WORDS
from tests.unit.edge.domain.visits.conversation_driver import Talk, visit
from tests.unit.edge.domain.visits.matters.mourners import known
from tests.unit.edge.domain.visits.matters.walked import unsaid, wander


def look(*, online: bool = True) -> Talk:
    return Talk(LOOKING, visit(online=online, snapshots=known()))


def lines_of(talk: Talk) -> dict[str, str]:
    question = talk.question
    assert isinstance(question, Notice)
    return {
        line.label.zh if isinstance(line.label, Said) else line.label: (
            line.value.zh if isinstance(line.value, Said) else line.value
        )
        for line in question.lines
    }


@pytest.mark.parametrize("online", [True, False])
def test_a_group_is_shown_with_prices_relief_version_issuer_and_basis(*, online: bool) -> None:
    lines = lines_of(look(online=online).says(chosen="basic"))
    assert lines["样例pick-up"] == "260.00 元/次，减免 260.00"
    assert lines["样例storage-more"] == "90.00 元/次"
    assert "样例urn-pine" not in lines
    assert lines["price_list.version"] == "2026-1 · 2026-01-01"
    assert lines["price_list.issuer"] == "样例市民政局"
    assert lines["price_list.basis"] == "样例价〔2026〕1号"
    assert lines["price_list.supervision"] == "000-96000000"


def test_a_category_is_found_over_all_groups() -> None:
    lines = lines_of(look().says(chosen="category").says(chosen="2"))
    assert [name for name in lines if name.startswith("样例")] == ["样例cremation", "样例furnace-ash"]


def test_what_was_seen_last_is_printed() -> None:
    talk = look().says(chosen="basic").says().says(chosen="more").says(chosen="regular").says().says(chosen="print")
    ending = talk.ending
    assert (ending.key, ending.state) == ("printed", None)
    assert [line.label.zh for line in ending.slip if isinstance(line.label, Said)] == [
        "样例urn-paper", "样例urn-pine", "样例candle",
    ]  # fmt: skip


def test_without_a_list_staff_brings_it_on_paper() -> None:
    ending = Talk(LOOKING, visit(online=False)).ending
    assert (ending.key, ending.staff, ending.state) == ("no_list", "help", None)


def test_nobody_is_asked_who_they_are() -> None:
    assert not LOOKING.needs_people
    talk = look().says(chosen="basic").says().says(chosen="done")
    assert all(not question.personal for question in talk.walk.asked)


def test_it_ends_when_somebody_only_leafs() -> None:
    talk = look()
    for _ in range(MOST_LOOKS):
        talk.says(chosen="basic").says().says(chosen="more")
    assert talk.ending.key == "seen"


@given(st.data())
def test_every_way_ends_and_has_its_words(data: st.DataObject) -> None:
    talk = look()
    assert wander(talk, data).state is None
    assert unsaid(talk, WORDS) == set()
