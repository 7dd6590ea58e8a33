"""A disk that is full or broken in the middle of a visit (存储写不进): nothing is shown that is not durable."""

from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, suppress
from pathlib import Path

import pytest

from edge.ports import StoreUnavailable
from edge.services.visits import Look, NoSession, Result
from tests.unit.edge.services.visits.counter_hall import CARD, STROKES, Hall, Visitor

Broken = Callable[[Hall], AbstractContextManager[None]]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    made = Hall(tmp_path)
    yield made
    made.store.close()


@contextmanager
def read_only(hall: Hall) -> Iterator[None]:
    hall.store._db.execute("PRAGMA query_only = 1")
    yield
    hall.store._db.execute("PRAGMA query_only = 0")


@contextmanager
def full(hall: Hall) -> Iterator[None]:
    """The disk takes the beginning of a transaction, and then no more."""
    hall.store._db.execute(
        "CREATE TEMP TRIGGER full BEFORE INSERT ON matter_case BEGIN SELECT RAISE(ABORT, 'disk is full'); END"
    )
    yield
    hall.store._db.execute("DROP TRIGGER full")


def at_the_last_question(hall: Hall) -> Visitor:
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.visits.on_card(CARD)
    visitor.says(way="no")
    visitor.says(strokes=STROKES)
    assert visitor.at == "check"
    return visitor


def result_of(hall: Hall, visitor: Visitor) -> Result:
    page = hall.visits.view(visitor.session).page
    assert isinstance(page, Result)
    return page


@pytest.mark.parametrize("broken", [read_only, full])
def test_a_submission_that_was_not_written_shows_no_receipt_and_goes_through_when_tried_again(
    hall: Hall, broken: Broken
) -> None:
    visitor = at_the_last_question(hall)
    with broken(hall), pytest.raises(StoreUnavailable):
        visitor.says(right="1")
    assert visitor.at == "check"
    visitor.says(right="1")
    assert result_of(hall, visitor).number == "f-1-20251125-0001"
    assert hall.events().count("case.submitted") == 1


@pytest.mark.parametrize("broken", [read_only, full])
def test_what_was_taken_back_without_being_written_is_not_said_to_be(hall: Hall, broken: Broken) -> None:
    visitor = Visitor(hall)
    visitor.goes_to_the_end()
    with broken(hall), pytest.raises(StoreUnavailable):
        hall.visits.undo(visitor.session)
    assert result_of(hall, visitor).state == "submitted"
    assert hall.visits.undo(visitor.session)
    assert result_of(hall, visitor).state == "withdrawn"


def test_a_rating_that_was_not_written_is_asked_for_again(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.goes_to_the_end()
    with read_only(hall), pytest.raises(StoreUnavailable):
        hall.visits.rate(visitor.session, 5)
    assert result_of(hall, visitor).rated is None
    hall.visits.rate(visitor.session, 4)
    assert result_of(hall, visitor).rated == 4


def test_going_back_that_was_not_written_leaves_the_page_as_it_is(hall: Hall) -> None:
    visitor = at_the_last_question(hall)
    rev = hall.visits.view(visitor.session).rev
    with read_only(hall), pytest.raises(StoreUnavailable):
        hall.visits.back(visitor.session, rev)
    assert (visitor.at, hall.visits.view(visitor.session).rev) == ("check", rev)


def test_who_leaves_is_gone_from_the_screen_all_the_same(hall: Hall) -> None:
    visitor = at_the_last_question(hall)
    with read_only(hall):
        hall.visits.leave(visitor.session)
    with pytest.raises(NoSession):
        hall.visits.view(visitor.session)


def test_who_walks_away_is_gone_too_and_so_is_the_next_one(hall: Hall) -> None:
    visitors = [at_the_last_question(hall), Visitor(hall)]
    hall.clock.passed_s = 500
    with read_only(hall), suppress(StoreUnavailable):
        hall.visits.tick()
    for visitor in visitors:
        with pytest.raises(NoSession):
            hall.visits.view(visitor.session)


def test_a_card_that_could_not_be_written_down_is_laid_again(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    with read_only(hall), pytest.raises(StoreUnavailable):
        hall.visits.on_card(CARD)
    assert visitor.at == "who.card"
    hall.visits.on_card(CARD)
    assert visitor.at == "who.way"
    hall.power_cut()
    hall.visits.on_card(CARD)
    assert hall.visits.resume_by_card(Look())
