"""The times a site may give away: what is past is gone, what is full leads to the nearest that are left."""

from collections.abc import Generator, Mapping
from dataclasses import replace
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.visits.appointments import NEAREST, Time, ask_time, minute_of, nearest, said_day, times
from edge.domain.visits.conversation import Ending, Flow, Matter, Visit
from edge.domain.visits.questions import Choice
from tests.unit.edge.domain.visits.conversation_driver import DAY, Talk, visit
from tests.unit.edge.domain.visits.matters.care_talks import slots

THREE_DAYS = slots("care_visit", (1, "09:30", 1), (1, "10:30", 2), (2, "09:30", 1), (2, "15:30", 1), (3, "09:30", 1))


def at(minute_of_day: str, left: int, days: int = 0) -> Time:
    day = date.fromordinal(DAY.toordinal() + days)
    return Time(f"m/{day}/{minute_of_day}", day, minute_of_day, left)


def site(rows: Any, taken: Mapping[str, int] | None = None) -> Visit:
    return replace(visit(snapshots={"slots": rows}), booked=lambda key: (taken or {}).get(key, 0))


def asking(about: Visit) -> Talk:
    def only_the_time(seen: Visit) -> Flow:
        chosen = yield from ask_time(seen, "m", "", times(seen, "care_visit"))
        return Ending(key=chosen.key if chosen else "none")

    return Talk(Matter(name="m", theme="care", open=only_the_time), about)


def test_a_time_that_is_past_or_of_another_matter_or_without_any_place_is_not_offered() -> None:
    rows = [
        *slots("care_visit", (0, "09:59", 3), (0, "10:00", 3), (0, "10:01", 3), (6, "09:00", 1), (7, "09:00", 1)),
        *slots("care_visit", (1, "09:00", 0)),
        *slots("cremation", (1, "09:00", 3)),
    ]
    offered = times(site(rows), "care_visit")  # it is ten o'clock
    assert [(one.day.isoformat(), one.time) for one in offered] == [("2026-11-25", "10:01"), ("2026-12-01", "09:00")]


def test_the_places_that_were_given_away_here_are_no_longer_left() -> None:
    key = THREE_DAYS[1].key
    offered = times(site(THREE_DAYS, {key: 1}), "care_visit")
    assert {one.key: one.left for one in offered}[key] == 1
    assert [one.left for one in times(site(THREE_DAYS, {key: 7}), "care_visit") if one.key == key] == [0]


def test_without_the_citys_times_there_is_none() -> None:
    assert times(visit(), "care_visit") == []


def test_a_day_without_visits_says_so_and_cannot_be_chosen() -> None:
    question = asking(site(THREE_DAYS)).question
    assert isinstance(question, Choice)
    assert [option.off for option in question.options] == ["m.closed", *[None] * 3, *["m.closed"] * 3]
    assert question.options[1].text == ("11月26日 周四", "Thu 26 Nov")


def test_who_chose_the_last_place_that_somebody_else_has_just_taken_sees_the_three_nearest() -> None:
    taken: dict[str, int] = {}
    talk = asking(site(THREE_DAYS, taken))
    talk.says(chosen="2026-11-26").says(chosen=THREE_DAYS[0].key)
    assert talk.ending.key == THREE_DAYS[0].key
    taken[THREE_DAYS[0].key] = 1
    question = talk.question
    assert isinstance(question, Choice)
    assert question.name == "nearest"
    assert [option.key for option in question.options] == [THREE_DAYS[n].key for n in (1, 2, 3)]
    assert set(talk.answers) == {"date", "time"}
    assert talk.says(chosen=THREE_DAYS[2].key).ending.key == THREE_DAYS[2].key


def test_where_the_nearest_one_is_taken_too_the_next_nearest_are_shown() -> None:
    taken = {THREE_DAYS[0].key: 1}
    talk = asking(site(THREE_DAYS, taken))
    talk.says(chosen="2026-11-26").says(chosen=THREE_DAYS[0].key).says(chosen=THREE_DAYS[2].key)
    taken[THREE_DAYS[2].key] = 1
    question = talk.question
    assert isinstance(question, Choice)
    assert [option.key for option in question.options] == [THREE_DAYS[n].key for n in (1, 3, 4)]


def test_where_no_place_is_left_at_all_no_time_is_asked() -> None:
    assert asking(site(THREE_DAYS, {row.key: 9 for row in THREE_DAYS})).ending.key == "none"


def test_a_day_is_told_with_its_weekday() -> None:
    assert said_day(date(2026, 11, 29)) == ("11月29日 周日", "Sun 29 Nov")
    assert minute_of("15:30") == 930


@pytest.mark.parametrize(
    ("wanted", "found"),
    [("09:00", ["09:30", "10:30", "14:00"]), ("14:30", ["10:30", "14:00", "16:00"])],
)
def test_nearest_is_by_time_and_told_in_order(wanted: str, found: list[str]) -> None:
    among = [at("09:30", 1), at("10:30", 1), at("14:00", 2), at("14:30", 0), at("16:00", 1), at("09:00", 1, days=1)]
    assert [one.time for one in nearest(at(wanted, 0), among)] == found


@given(st.lists(st.tuples(st.integers(0, 6), st.integers(0, 23), st.integers(0, 2)), max_size=12))
def test_what_is_offered_instead_has_a_place_and_none_that_is_nearer_was_left_out(
    drawn: list[tuple[int, int, int]],
) -> None:
    among = [at(f"{hour:02d}:00", left, days) for days, hour, left in drawn]
    wanted = at("10:00", 0, days=3)
    found = nearest(wanted, among)
    assert len(found) == min(NEAREST, sum(one.left > 0 for one in among))
    assert all(one.left for one in found)
    furthest = max((abs(one.minute - wanted.minute) for one in found), default=0)
    assert sum(abs(one.minute - wanted.minute) < furthest for one in among if one.left) < NEAREST


def test_the_questions_are_asked_one_after_the_other() -> None:
    flow: Generator[Any, Any, Time | None] = ask_time(site(THREE_DAYS), "m", "", times(site(THREE_DAYS), "care_visit"))
    assert next(flow).name == "date"
    assert flow.send({"chosen": "2026-11-28"}).name == "time"
    flow.close()
