"""What a visitor may not do any more is said, with what to do instead: a late 撤回, a change of what was paid for."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.questions import Choice, Notice, Option, Pay
from edge.kiosk.words import WORDS
from edge.services.desk.deeds import changing
from tests.unit.edge.services.visits.counter_hall import Hall, Visitor

PAID = {"state": "paid", "reference": "p-1", "provider": "sandbox"}


def paying(_visit: Visit) -> Flow:
    size = yield Choice(name="size", options=(Option(key="small"), Option(key="large")))
    yield Pay(name="pay", order=f"o-{size['chosen']}", amount_fen=2500 if size["chosen"] == "small" else 9900)
    yield Choice(name="colour", options=(Option(key="red"), Option(key="white")))
    yield Notice(name="last")
    return Ending(key="done")


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path)
    hall.matters = (*hall.matters, Matter(name="paying", theme="care", open=paying))
    hall.power_cut()
    yield hall
    hall.store.close()


def notices(visitor: Visitor) -> list[str]:
    told = list(visitor.hall.visits.view(visitor.session).notices)
    assert all(one in WORDS for one in told)
    return told


def submitted(hall: Hall) -> Visitor:
    visitor = Visitor(hall)
    visitor.goes_to_the_end()
    return visitor


# taking back


def test_after_ten_minutes_the_page_says_where_it_is_taken_back_instead(hall: Hall) -> None:
    visitor = submitted(hall)
    hall.clock.passed_s = 601
    assert not hall.visits.undo(visitor.session)
    assert notices(visitor) == ["undo.late"]


@pytest.mark.parametrize(
    ("steps", "notice"),
    [(("accepted",), "undo.begun"), (("accepted", "in_review"), "undo.begun"), (("refused",), "undo.over")],
)
def test_what_staff_have_gone_on_with_is_taken_back_at_the_window(
    hall: Hall, steps: tuple[str, ...], notice: str
) -> None:
    visitor = submitted(hall)
    (case,) = hall.store.in_state(("submitted",))
    with changing(hall.store, case.id, hall.clock.now()) as change:
        for step in steps:
            change.case.step(step)  # type: ignore[arg-type]
    assert not hall.visits.undo(visitor.session)
    assert notices(visitor) == [notice]


def test_taken_back_in_time_nothing_more_is_said_however_often_the_button_is_pressed(hall: Hall) -> None:
    visitor = submitted(hall)
    assert hall.visits.undo(visitor.session)
    assert notices(visitor) == []
    assert not hall.visits.undo(visitor.session)
    assert notices(visitor) == []


# what was paid for


def paid(hall: Hall) -> Visitor:
    visitor = Visitor(hall, "paying")
    visitor.says(chosen="small")
    assert hall.visits.give(visitor.session, "pay", PAID)
    assert visitor.at == "colour"
    return visitor


def change(visitor: Visitor, question: str) -> None:
    visits = visitor.hall.visits
    visits.change(visitor.session, question, visits.view(visitor.session).rev)


@pytest.mark.parametrize("question", ["size", "pay"])
def test_a_forged_form_does_not_change_what_was_paid_or_what_its_amount_rests_on(hall: Hall, question: str) -> None:
    visitor = paid(hall)
    before = dict(hall.visits.view(visitor.session).answers)
    change(visitor, question)
    assert visitor.at == "colour"
    assert notices(visitor) == ["pay.stands"]
    assert dict(hall.visits.view(visitor.session).answers) == before


def test_back_stops_at_what_was_paid_and_says_so(hall: Hall) -> None:
    visitor = paid(hall)
    hall.visits.back(visitor.session, hall.visits.view(visitor.session).rev)
    assert (visitor.at, notices(visitor)) == ("colour", ["pay.stands"])


def test_what_was_said_after_the_payment_is_changed_as_ever(hall: Hall) -> None:
    visitor = paid(hall)
    visitor.says(chosen="red")
    change(visitor, "colour")
    assert (visitor.at, notices(visitor)) == ("colour", [])


def test_who_pays_at_the_window_may_still_change_their_mind(hall: Hall) -> None:
    visitor = Visitor(hall, "paying")
    visitor.says(chosen="small")
    visitor.says(instead="at_counter")
    change(visitor, "size")
    assert visitor.at == "size"
