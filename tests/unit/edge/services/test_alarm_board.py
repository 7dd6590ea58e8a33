"""The alarm board: every open alarm stands on it once, the worst first; a step that cannot be is refused."""

from collections.abc import Iterator, Mapping
from concurrent.futures import Future
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contract.events.data import EventData
from contract.events.types import RULES, AlarmAcknowledged, AlarmAttended, AlarmClosed
from edge.domain.alarms import STATES
from edge.domain.drills import Drill
from edge.domain.moment import Moment
from edge.domain.news import DeviceNews
from edge.services.alarm_board import AlarmBoard, NotSeen, NotTaken, OpenAlarm, board_of
from edge.services.requests import Request, StepAlarm, from_json
from edge.services.workbench import Workbench
from tests.unit.edge.moments import at
from tests.unit.edge.services.test_field import PORT, Home

MINUTE_MS = 60_000
ALARMS = st.builds(
    OpenAlarm,
    id=st.uuids().map(str),
    device=st.sampled_from(["fall-101", "call-101-1", "fridge-1"]),
    location=st.sampled_from(["101室", "102室", ""]),
    rule=st.sampled_from(RULES),
    state=st.sampled_from(STATES),
    level=st.integers(0, 3),
    raised_at_ms=st.integers(0, 10 * MINUTE_MS),
    drill=st.sampled_from(["", "d-1"]),
)


def alarm(name: str, rule: str = "call", at_min: int = 0, **more: Any) -> OpenAlarm:
    about = {"location": name, "state": "raised", "level": 0, "drill": "", **more}
    return OpenAlarm(id=name, device=f"device-{name}", rule=rule, raised_at_ms=at_min * MINUTE_MS, **about)  # type: ignore[arg-type]


def order(*alarms: OpenAlarm) -> list[str]:
    return [one.id for group in board_of(alarms).groups for one in group.alarms]


def test_who_may_be_in_danger_comes_before_what_is_out_of_order() -> None:
    fridge, call, fall, fire = (alarm(rule, rule) for rule in ("out_of_range", "call", "fall", "fire"))
    assert order(fridge, call, fall, fire) == ["fire", "fall", "call", "out_of_range"]


def test_what_nobody_answered_comes_before_what_somebody_goes_to() -> None:
    assert order(
        alarm("there", "fall", state="attended"), alarm("going", "fall", state="acknowledged"), alarm("new", "call")
    ) == ["new", "going", "there"]


def test_of_the_same_kind_the_longest_wait_comes_first() -> None:
    assert order(alarm("b", at_min=5), alarm("a", at_min=3), alarm("c", at_min=9, level=1)) == ["c", "a", "b"]


def test_alarms_of_one_place_stand_together_at_the_place_of_the_worst() -> None:
    board = board_of(
        [alarm("x", "call", location="102室"), alarm("y", "bed_exit", location="101室"),
         alarm("z", "fall", location="101室")]
    )  # fmt: skip
    assert [(group.place, [one.id for one in group.alarms]) for group in board.groups] == [
        ("101室", ["z", "y"]),
        ("102室", ["x"]),
    ]


def test_silent_devices_stand_together_and_last() -> None:
    board = board_of([alarm(f"s-{n}", "device_silent") for n in range(5)] + [alarm("late", "call", at_min=9)])
    assert [(group.silent, len(group.alarms)) for group in board.groups] == [(False, 1), (True, 5)]


def test_drills_stand_apart_and_nobody_waits_in_them() -> None:
    board = board_of([alarm("a", drill="d-1"), alarm("b")])
    assert [[one.id for one in group.alarms] for group in (*board.groups, *board.drills)] == [["b"], ["a"]]
    assert board.unanswered == 1


@given(st.lists(ALARMS, unique_by=lambda one: one.id))
def test_no_alarm_is_lost_and_none_stands_there_twice(alarms: list[OpenAlarm]) -> None:
    board = board_of(alarms)
    shown = [one for group in (*board.groups, *board.drills) for one in group.alarms]
    assert sorted(one.id for one in shown) == sorted(one.id for one in alarms)
    assert {one.id for group in board.drills for one in group.alarms} == {one.id for one in alarms if one.drill}


class HomeControl:
    """What the control socket answers, from a real field on a real store."""

    def __init__(self, home: Home) -> None:
        self.home, self.is_gone = home, False
        field = home.field
        self.bench = Workbench(
            [], {}, lambda: field.states, lambda: field.drills.active, lambda: field.open_alarms, dict, dict,
            lambda: field.failures, self.apply, lambda: "", self,
        )  # fmt: skip

    def now(self) -> Moment:
        return at(10)

    @property
    def events(self) -> list[EventData]:
        assert self.home.field.save()
        return self.home.events

    @property
    def told(self) -> list[str]:
        assert self.home.field.save()
        return self.home.told

    def apply(self, request: Request) -> "Future[None]":
        answer: Future[None] = Future()
        try:
            request.apply(self.home.field, self.now())
            answer.set_result(None)
        except ValueError as refused:
            answer.set_exception(refused)
        return answer

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        if self.is_gone:
            raise OSError("no field process answers")
        if request["do"] == "alarms":
            return self.bench.alarms()
        self.bench.step_alarm(request["alarm"], request["verb"], request["by"], request["reason"])
        return {"done": True}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path)
    made.occurred(1, "call-1", "call_pressed")
    made.field.save()
    yield made
    made.close()


@pytest.fixture
def control(home: Home) -> HomeControl:
    return HomeControl(home)


def test_a_nurse_goes_is_there_and_has_done_it(control: HomeControl) -> None:
    board = AlarmBoard(control)
    board.step("alarm-1", "acknowledge", "n-07")
    board.step("alarm-1", "attend", "n-07")
    board.step("alarm-1", "close", "n-07", "recovered")
    assert control.events[1:] == [
        AlarmAcknowledged(alarm="alarm-1", device="call-1", by="n-07"),
        AlarmAttended(alarm="alarm-1", device="call-1", by="n-07"),
        AlarmClosed(alarm="alarm-1", device="call-1", by="n-07", reason="recovered"),
    ]
    assert board.look()[1].groups == ()


def test_two_nurses_press_at_the_same_time_and_one_event_is_told(control: HomeControl) -> None:
    board = AlarmBoard(control)
    board.step("alarm-1", "acknowledge", "n-07")
    with pytest.raises(NotTaken) as refused:
        board.step("alarm-1", "acknowledge", "n-08")
    assert refused.value.state == "acknowledged"
    assert control.told == ["alarm.raised", "alarm.acknowledged"]


def test_what_is_closed_is_closed(control: HomeControl) -> None:
    board = AlarmBoard(control)
    board.step("alarm-1", "attend", "n-07")
    board.step("alarm-1", "close", "n-07", "false_alarm")
    with pytest.raises(NotTaken) as refused:
        board.step("alarm-1", "close", "n-08", "done")
    assert refused.value.state == ""
    assert control.told[-1] == "alarm.closed"


@pytest.mark.parametrize(("by", "reason"), [("n-07", "bored"), ("", "done"), ("n" * 65, "done")])
def test_a_step_without_a_name_or_with_another_reason_is_no_step(control: HomeControl, by: str, reason: str) -> None:
    board = AlarmBoard(control)
    board.step("alarm-1", "attend", "n-07")
    with pytest.raises(NotTaken) as refused:
        board.step("alarm-1", "close", by, reason)
    assert refused.value.state == "attended"
    assert control.told == ["alarm.raised", "alarm.attended"]


def test_nobody_closes_what_nobody_answered(control: HomeControl) -> None:
    with pytest.raises(NotTaken) as refused:
        AlarmBoard(control).step("alarm-1", "close", "n-07", "done")
    assert refused.value.state == "raised"


def test_a_board_that_sees_nothing_does_not_say_that_there_is_nothing(control: HomeControl) -> None:
    control.is_gone = True
    with pytest.raises(NotSeen):
        AlarmBoard(control).look()
    with pytest.raises(NotSeen):
        AlarmBoard(control).step("alarm-1", "attend", "n-07")


def test_the_hand_over_is_told_of_real_alarms_only(home: Home, control: HomeControl) -> None:
    until = at(60).monotonic
    home.field.start_drill(Drill("d-1", "bytes", "call-1", ("call-1",), "53", "t-17", 60, until), at(2))
    home.field.take([DeviceNews(at(3), PORT, "call-1", "occurred", "call_pressed", drill="d-1")])
    board = AlarmBoard(control)
    assert [one.id for one in board.open_alarms()] == ["alarm-1"]
    assert len(board.look()[1].drills) == 1


def test_a_request_is_read_again_as_it_was_written() -> None:
    request = StepAlarm("alarm-1", "close", "n-07", "done")
    assert from_json(request.as_json()) == request
