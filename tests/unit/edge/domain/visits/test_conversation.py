"""A matter is what it asks: walking it again from the answers finds the page."""

from dataclasses import replace
from datetime import date

import pytest

from edge.domain.visits.conversation import LONGEST, Ending, Flow, Matter, Visit, walk
from edge.domain.visits.questions import Choice, Notice, Option, Review


def visit(*, online: bool = True) -> Visit:
    return Visit(
        case="c",
        place="kiosk-1",
        facility="f",
        area="330802",
        now_ms=0,
        day=date(2026, 11, 25),
        minute=600,
        is_online=online,
        has_camera=False,
        has_scanner=False,
        snapshot=lambda _dataset: None,
    )


def tea(visit: Visit) -> Flow:
    kind = yield Choice(name="kind", options=(Option(key="green"), Option(key="black")))
    if kind["chosen"] == "black":
        yield Choice(name="milk", options=(Option(key="yes"), Option(key="no")))
    yield Review(name="check", lines=())
    return Ending(key=f"{kind['chosen']}.{'now' if visit.is_online else 'later'}")


TEA = Matter(name="tea", theme="neutral", open=tea, theme_by=("kind", {"black": "marriage"}))


def test_the_page_is_the_first_question_without_an_answer() -> None:
    at = walk(TEA, visit(), {"kind": {"chosen": "black"}})
    assert at.at.name == "milk"  # type: ignore[union-attr]
    assert [question.name for question in at.asked] == ["kind"]


def test_it_ends_when_all_is_answered_and_the_ending_knows_whether_the_network_works() -> None:
    answers = {"kind": {"chosen": "green"}, "check": {"right": True}}
    assert walk(TEA, visit(), answers).at == Ending(key="green.now")
    assert walk(TEA, replace(visit(), is_online=False), answers).at == Ending(key="green.later")


def test_a_changed_answer_keeps_the_others_and_asks_only_what_is_new() -> None:
    answers = {"kind": {"chosen": "green"}, "check": {"right": True}}
    at = walk(TEA, visit(), {**answers, "kind": {"chosen": "black"}})
    assert at.at.name == "milk"  # type: ignore[union-attr]
    assert walk(TEA, visit(), {**answers, "kind": {"chosen": "black"}, "milk": {"chosen": "no"}}).at == Ending(
        key="black.now"
    )


def test_an_answer_that_is_none_any_more_is_asked_for_again() -> None:
    at = walk(TEA, visit(), {"kind": {"chosen": "red"}, "check": {"right": True}})
    assert at.at.name == "kind"  # type: ignore[union-attr]


def test_the_theme_follows_the_answer_that_chooses_it() -> None:
    assert TEA.theme_of({}) == "neutral"
    assert TEA.theme_of({"kind": {"chosen": "black"}}) == "marriage"
    assert TEA.theme_of({"kind": {"chosen": "green"}}) == "neutral"


def test_a_matter_that_never_ends_is_a_mistake_that_is_told() -> None:
    def endless(_visit: Visit) -> Flow:
        number = 0
        while True:
            yield Notice(name=f"n{number}")
            number += 1

    answers = {f"n{number}": {"seen": True} for number in range(LONGEST + 5)}
    with pytest.raises(RuntimeError, match="endless asks without an end"):
        walk(Matter(name="endless", theme="neutral", open=endless), visit(), answers)
