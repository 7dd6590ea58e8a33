"""A collector's days: whatever the network does, each point is the city's once."""

from collections.abc import Sequence
from itertools import count
from pathlib import Path
from typing import Any

import pytest

from contract.doorplates import Answer, Point, Returned, Synced
from edge.adapters.survey_book import SurveyBook
from edge.domain.survey import BadPoint, NoNetwork
from edge.services.surveying import Surveying

FILLED: dict[str, Any] = {"area": "330802013201", "written": "荷花中路1号", "lon": 118.8, "lat": 28.9}


class City:
    """Takes each revision once. `lost_at`: of these calls the answer does not arrive."""

    def __init__(self, *lost_at: int) -> None:
        self.rows: dict[str, Point] = {}
        self.returned: dict[str, str] = {}
        self._calls, self._lost_at = count(1), lost_at

    def send(self, points: Sequence[Point]) -> Synced:
        answers = []
        for point in points:
            mine = self.rows.get(point.point)
            outcome = "new" if mine is None else "same" if mine.revision == point.revision else "corrected"
            if outcome == "corrected":
                self.returned.pop(point.point, None)
            if outcome != "same":
                self.rows[point.point] = point
            answers.append(Answer(point=point.point, revision=point.revision, outcome=outcome, state="collected"))
        if next(self._calls) in self._lost_at:
            raise NoNetwork("timed out")
        back = (Returned(point=one, revision=self.rows[one].revision, reason=why) for one, why in self.returned.items())
        return Synced(answers=tuple(answers), returned=tuple(back))


@pytest.fixture
def work(tmp_path: Path) -> Surveying:
    ids = (f"01900000-0000-7000-8000-{n:012}" for n in count())
    return Surveying(SurveyBook(tmp_path / "book.ndjson", "book"), lambda: 1_790_000_000_000, lambda: next(ids))


def test_an_answer_that_is_lost_is_asked_for_again_and_no_point_is_there_twice(work: Surveying) -> None:
    table = "area,written,lon,lat\n" + "".join(f"330802013201,荷花中路{n}号,118.8,28.9\n" for n in range(250))
    assert work.take_csv(table) == (250, 250)
    assert work.take_csv(table) == (250, 0)
    city = City(2, 3)
    assert (first := work.sync(city)).lost == "timed out"
    assert (first.sent, first.waiting) == (100, 150)
    assert work.sync(city).waiting == 150
    assert (last := work.sync(city)).lost == ""
    assert (last.sent, last.waiting, len(city.rows)) == (150, 0, 250)
    assert {one.standing for one in work.kept()} == {"taken"}


def test_what_was_sent_back_is_heard_of_also_when_there_is_nothing_to_send(work: Surveying) -> None:
    point, city = work.add(FILLED), City()
    work.sync(city)
    city.returned[point.point] = "看不清"
    done = work.sync(city)
    assert (done.sent, done.returned) == (0, 1)
    assert [one.reason for one in work.kept()] == ["看不清"]
    again = work.correct(point.point[-4:], {"written": "荷花中路7号"})
    assert work.sync(city).returned == 0
    assert city.rows == {point.point: again}


def test_a_book_without_points_asks_nobody(work: Surveying) -> None:
    assert work.sync(City(1)).lost == ""


def test_an_end_that_names_no_point_or_several_is_told(work: Surveying) -> None:
    work.add(FILLED)
    work.add(FILLED)
    for end in ("", "x"):
        with pytest.raises(BadPoint, match="points end in"):
            work.correct(end, {})


def test_a_point_that_cannot_be_is_not_kept(work: Surveying) -> None:
    with pytest.raises(BadPoint, match="lat"):
        work.add({**FILLED, "lat": 91.0})
    assert work.kept() == []
