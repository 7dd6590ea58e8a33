"""An alarm is raised once, is never forgotten, and climbs the ladder while nobody acknowledges it."""

from collections.abc import Callable
from itertools import count

import pytest

from contract.events.data import EventData
from contract.events.types import AlarmAcknowledged, AlarmAttended, AlarmClosed, AlarmEscalated, AlarmRaised
from edge.domain.alarms import Alarm, AlarmBook, NotPossible
from tests.unit.edge.moments import START_MS, at

LADDER = (60, 180, 300)


def alarm_book(*open_alarms: Alarm, now: float = 0) -> AlarmBook:
    numbers = count(1)
    return AlarmBook(lambda _ms: f"alarm-{next(numbers)}", LADDER, {"call-1": "101室"}, open_alarms, at(now))


def levels(events: list[EventData]) -> list[int]:
    return [event.level for event in events if isinstance(event, AlarmEscalated)]


def test_an_alarm_says_where_it_is() -> None:
    assert alarm_book().raise_alarm("call-1", "call", at(0)) == [
        AlarmRaised(alarm="alarm-1", device="call-1", rule="call", location="101室")
    ]


def test_a_device_without_a_location_can_raise_one_too() -> None:
    (raised,) = alarm_book().raise_alarm("call-9", "call", at(0))
    assert isinstance(raised, AlarmRaised)
    assert raised.location == ""


def test_a_second_press_while_the_first_is_open_is_the_same_call() -> None:
    book = alarm_book()
    book.raise_alarm("call-1", "call", at(0))
    assert book.raise_alarm("call-1", "call", at(30)) == []
    book.acknowledge("alarm-1", "nurse-3")
    assert book.raise_alarm("call-1", "call", at(40)) == []
    assert [alarm.id for alarm in book.open_alarms] == ["alarm-1"]


def test_two_buttons_are_two_alarms_and_two_rules_of_one_device_too() -> None:
    book = alarm_book()
    for device, rule in (("call-1", "call"), ("call-2", "call"), ("radar-1", "fall"), ("radar-1", "stationary")):
        assert len(book.raise_alarm(device, rule, at(0))) == 1  # type: ignore[arg-type]
    assert len(book.open_alarms) == 4


def test_the_whole_life_of_an_alarm() -> None:
    book = alarm_book()
    book.raise_alarm("call-1", "call", at(0))
    assert book.acknowledge("alarm-1", "nurse-3", "c1") == [
        AlarmAcknowledged(alarm="alarm-1", device="call-1", by="nurse-3", command="c1")
    ]
    assert book.attend("alarm-1", "bedside") == [AlarmAttended(alarm="alarm-1", device="call-1", by="bedside")]
    assert book.close("alarm-1", "nurse-3", "false_alarm", "c2") == [
        AlarmClosed(alarm="alarm-1", device="call-1", by="nurse-3", reason="false_alarm", command="c2")
    ]
    assert book.open_alarms == []
    assert len(book.raise_alarm("call-1", "call", at(500))) == 1


def test_being_there_is_more_than_knowing_of_it() -> None:
    book = alarm_book()
    book.raise_alarm("call-1", "call", at(0))
    assert len(book.attend("alarm-1", "bedside")) == 1
    assert book.acknowledge("alarm-1", "nurse-3") == []


@pytest.mark.parametrize("step", ["acknowledge", "attend"])
def test_a_step_taken_twice_is_one_step(step: str) -> None:
    book = alarm_book()
    book.raise_alarm("call-1", "call", at(0))
    take: Callable[[str, str], list[EventData]] = getattr(book, step)
    assert [len(take("alarm-1", "nurse-3")), len(take("alarm-1", "nurse-4"))] == [1, 0]


def test_an_alarm_that_nobody_acknowledged_cannot_be_closed() -> None:
    book = alarm_book()
    book.raise_alarm("call-1", "call", at(0))
    with pytest.raises(NotPossible, match="acknowledge or attend it before closing"):
        book.close("alarm-1", "nurse-3", "done")
    assert [alarm.state for alarm in book.open_alarms] == ["raised"]


def test_a_step_of_an_unknown_alarm_is_refused_by_name() -> None:
    book = alarm_book()
    for step in (book.acknowledge, book.attend):
        with pytest.raises(NotPossible, match="no open alarm alarm-7 here"):
            step("alarm-7", "nurse-3")
    with pytest.raises(NotPossible, match="no open alarm alarm-7 here"):
        book.close("alarm-7", "nurse-3", "done")


def test_a_technical_alarm_closes_itself_when_the_condition_ends() -> None:
    book = alarm_book()
    book.raise_alarm("radar-1", "device_silent", at(0))
    assert book.recover("radar-1", "device_silent") == [
        AlarmClosed(alarm="alarm-1", device="radar-1", by="system", reason="recovered")
    ]
    assert book.recover("radar-1", "device_silent") == []


def test_the_ladder_is_climbed_at_60_180_and_300_seconds() -> None:
    book = alarm_book()
    book.raise_alarm("call-1", "call", at(0))
    climbed = {second: levels(book.escalate(at(second))) for second in (59.9, 60, 61, 179, 180, 299, 300, 9999)}
    assert climbed == {59.9: [], 60: [1], 61: [], 179: [], 180: [2], 299: [], 300: [3], 9999: []}


@pytest.mark.parametrize("wall_jump_s", [-86_400, 86_400])
def test_the_ladder_counts_real_seconds_when_the_wall_clock_jumps(wall_jump_s: int) -> None:
    book = alarm_book()
    book.raise_alarm("call-1", "call", at(0))
    assert levels(book.escalate(at(59, wall_jump_s=wall_jump_s))) == []
    assert levels(book.escalate(at(60, wall_jump_s=wall_jump_s))) == [1]


def test_an_acknowledged_alarm_climbs_no_further() -> None:
    book = alarm_book()
    book.raise_alarm("call-1", "call", at(0))
    book.escalate(at(60))
    book.acknowledge("alarm-1", "nurse-3")
    assert book.escalate(at(1000)) == []


def test_the_ladder_goes_on_where_it_was_after_a_restart() -> None:
    book = alarm_book(Alarm("a", "call-1", "call", "raised", START_MS, level=1), now=100)
    assert levels(book.escalate(at(100))) == []
    assert levels(book.escalate(at(180))) == [2]


def test_after_a_long_absence_only_the_step_that_is_due_is_told() -> None:
    book = alarm_book(Alarm("a", "call-1", "call", "raised", START_MS), now=1000)
    assert levels(book.escalate(at(1000))) == [3]


def test_an_alarm_raised_in_the_future_of_our_clock_counts_from_now() -> None:
    book = alarm_book(Alarm("a", "call-1", "call", "raised", START_MS + 3_600_000))
    assert levels(book.escalate(at(59))) == []
    assert levels(book.escalate(at(60))) == [1]


def test_who_was_attended_and_calls_again_is_heard_again() -> None:
    book = alarm_book()
    book.raise_alarm("call-1", "call", at(0))
    assert book.raise_alarm("call-1", "call", at(5)) == []  # nobody came yet: the same call
    book.attend("alarm-1", "bedside")
    assert len(book.raise_alarm("call-1", "call", at(3600))) == 1
    newest = book.find("call-1", "call")
    assert newest is not None
    assert newest.id == "alarm-2"
    assert levels(book.escalate(at(3600 + 61))) == [1]
    book.attend("alarm-2", "bedside")
    assert {alarm.state for alarm in book.open_alarms} == {"attended"}
