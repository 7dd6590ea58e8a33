"""What is done once, whoever comes: a second relative finds the one case, and joins it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.questions import Choice, Line, Option
from tests.unit.edge.services.visits.counter_hall import Hall, Visitor

DAY_S = 24 * 3600
ABOUT = "a" * 64


def burial(_visit: Visit) -> Flow:
    what = yield Choice(name="what", options=(Option(key="book"), Option(key="join")))
    if what["chosen"] == "join":
        return Ending(key="joined", state=None, once=ABOUT, joins=True, sealed={"phone": "000-12345678"})
    return Ending(
        key="booked", once=ABOUT, sealed={"phone": "000-87654321"}, slots=("nine",), reference=("price_list@7",),
        receipt=(Line("a", "b"),), slip=(Line("c", "d"),),
    )  # fmt: skip


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path, matters=(Matter(name="burial", theme="funeral", open=burial),))
    yield hall
    hall.store.close()


def comes(hall: Hall, what: str) -> Visitor:
    visitor = Visitor(hall, "burial")
    visitor.says(chosen=what)
    return visitor


def test_on_another_day_it_is_the_same_act(hall: Hall) -> None:
    comes(hall, "book")
    hall.clock.passed_s += 2 * DAY_S
    comes(hall, "book")
    assert hall.events().count("case.submitted") == 1


def test_the_contact_of_who_joins_stands_in_the_one_case(hall: Hall) -> None:
    comes(hall, "book")
    second = comes(hall, "join")
    assert second.at == "end:joined"
    assert hall.events().count("case.submitted") == 1
    assert hall.events().count("case.changed") == 1
    (case,) = hall.store.in_state(("submitted",))
    assert case.desk["contacts"] == [{"phone": "000-12345678"}]
    assert b"000-12345678" not in hall.bodies()


def test_after_it_was_taken_back_it_can_be_done_again(hall: Hall) -> None:
    first = comes(hall, "book")
    hall.visits.undo(first.session)
    assert hall.store.booked("nine") == 0
    comes(hall, "book")
    assert hall.events().count("case.submitted") == 2


def test_who_joins_what_was_taken_back_changes_nothing(hall: Hall) -> None:
    hall.visits.undo(comes(hall, "book").session)
    comes(hall, "join")
    assert "case.changed" not in hall.events()


def test_the_record_says_which_data_was_shown_and_the_slip_is_not_the_page(hall: Hall) -> None:
    visitor = comes(hall, "book")
    assert b'"price_list@7"' in hall.bodies()
    page = hall.visits.view(visitor.session).page
    assert (getattr(page, "lines", None), getattr(page, "slip", None)) == ([("a", "b")], [("c", "d")])
