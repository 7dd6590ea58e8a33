"""A page that calls staff by itself, and one that may be walked away from: the relief station's first touch."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.domain.visits.matters.relief import RELIEF
from edge.services.visits import NoSession
from tests.unit.edge.services.visits.counter_hall import CARD, ERRAND, Hall, Visitor

TOUCHED = ["relief.reception", "staff.called"]


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path, matters=(RELIEF, ERRAND))
    yield hall
    hall.store.close()


def touched(hall: Hall, need: str = "food") -> Visitor:
    visitor = Visitor(hall, "relief")
    visitor.says(chosen=need)
    return visitor


def test_one_touch_is_a_reception_and_a_call_and_the_page_tells_how_long_it_has_been(hall: Hall) -> None:
    visitor = touched(hall)
    assert hall.events() == TOUCHED
    assert [(call.about, call.case != "") for call in hall.store.open_calls()] == [("food", True)]
    hall.clock.passed_s = 7
    assert hall.visits.view(visitor.session).staff_called_s == 7


def test_after_a_power_cut_the_touch_still_stands(hall: Hall) -> None:
    touched(hall)
    hall.power_cut()
    assert hall.events() == TOUCHED
    assert len(hall.store.open_calls()) == 1


def test_who_walks_away_has_asked_for_help_all_the_same(hall: Hall) -> None:
    visitor = touched(hall, "bed")
    hall.clock.passed_s = 301
    hall.visits.tick()
    with pytest.raises(NoSession):
        hall.visits.view(visitor.session)
    assert hall.events() == [*TOUCHED, "case.submitted"]
    assert len(hall.store.open_calls()) == 1


def test_who_leaves_before_the_first_touch_leaves_nothing(hall: Hall) -> None:
    hall.visits.leave(Visitor(hall, "relief").session)
    assert hall.events() == []
    assert not hall.store.has_drafts()


def test_who_leaves_another_matter_unfinished_has_not_submitted_it(hall: Hall) -> None:
    visitor = Visitor(hall)
    visitor.says(chosen="now")
    hall.visits.leave(visitor.session)
    assert hall.events() == []


def test_another_need_chosen_after_going_back_is_told_and_the_same_people_come(hall: Hall) -> None:
    visitor = touched(hall)
    hall.visits.back(visitor.session, hall.visits.view(visitor.session).rev)
    visitor.says(chosen="bed")
    assert hall.events() == [*TOUCHED, "relief.reception"]
    assert len(hall.store.open_calls()) == 1


def test_danger_is_told_to_staff_besides_the_first_call(hall: Hall) -> None:
    visitor = touched(hall)
    hall.clock.passed_s = 1
    visitor.says(chosen="harmed")
    assert [call.about for call in hall.store.open_calls()] == ["food", "danger"]


def test_a_card_laid_while_waiting_is_kept_to_the_end_and_the_name_is_in_no_event(hall: Hall) -> None:
    visitor = touched(hall)
    visitor.says(chosen="fine")
    visitor.says(chosen="have")
    hall.visits.on_card(CARD)
    hall.visits.leave(visitor.session)
    assert hall.events() == [*TOUCHED, "case.submitted", "visit.checkin"]
    assert CARD["name"].encode() not in hall.bodies()
