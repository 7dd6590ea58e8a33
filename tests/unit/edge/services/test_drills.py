"""Drills: what is pretended is marked in every record and ends without a trace; what is real stays real."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from contract.events.data import EventData
from contract.events.types import AlarmRaised
from edge.domain.alarms import NotPossible
from edge.domain.drills import Drill, DrillKind
from edge.domain.news import DeviceNews, PortNews
from edge.domain.proofs import Proving
from tests.unit.edge.moments import at
from tests.unit.edge.services.test_field import PORT, Home

ALL = ("radar-1", "call-1", "fridge-1")
PROVING = {"call-1": Proving(("call_pressed",), 30), "radar-1": Proving(("Fall/Detected",), None)}


@pytest.fixture
def home(tmp_path: Path) -> Iterator[Home]:
    made = Home(tmp_path, PROVING)
    yield made
    made.close()


def drill(home: Home, kind: DrillKind, device: str, second: float, for_s: int = 60) -> str:
    devices = ALL if kind == "fault" else (device,)
    begun = Drill(f"drill-{second}", kind, device, devices, "as asked", "t-17", for_s, at(second + for_s).monotonic)
    home.field.start_drill(begun, at(second))
    return begun.id


def pretend(home: Home, second: float, drill_id: str, device: str, what: str) -> None:
    home.field.take([DeviceNews(at(second), PORT, device, "occurred", what, drill=drill_id)])


def alarms(home: Home) -> list[AlarmRaised]:
    return [event for event in saved(home) if isinstance(event, AlarmRaised)]


def saved(home: Home) -> list[EventData]:
    assert home.field.save()
    return home.events


def test_a_pretended_press_raises_an_alarm_that_is_marked_to_its_end(home: Home) -> None:
    one = drill(home, "bytes", "call-1", 1, for_s=30)
    pretend(home, 2, one, "call-1", "call_pressed")
    home.field.tick(at(31), at(31))
    events = [event for event in saved(home) if event.type_name != "onetrip.device.fault.v1"]  # an overdue proof
    assert [e.type_name.split(".")[1:3] for e in events] == [
        ["drill", "started"],
        ["alarm", "raised"],
        ["alarm", "closed"],
        ["drill", "ended"],
    ]
    assert {event.drill for event in events} == {one}
    assert home.store.open_alarms() == []


def test_a_real_press_in_the_middle_of_a_drill_is_an_alarm_of_its_own(home: Home) -> None:
    one = drill(home, "bytes", "call-1", 1)
    pretend(home, 2, one, "call-1", "call_pressed")
    home.occurred(3, "call-1", "call_pressed")
    home.field.end_drill(one, "stopped", at(4))
    assert [alarm.drill for alarm in alarms(home)] == [one, ""]
    assert [alarm.drill for alarm in home.store.open_alarms()] == [""]


def test_pretended_values_raise_their_alarm_and_are_nobodys_last_value(home: Home) -> None:
    home.measured(1, "radar-1", {"Heart/Rate": 70})
    one = drill(home, "bytes", "radar-1", 2)
    home.field.take([DeviceNews(at(3), PORT, "radar-1", "measured", values={"Fall/Detected": True}, drill=one)])
    assert [(alarm.rule, alarm.drill) for alarm in alarms(home)] == [("fall", one)]
    stored = home.outbox.readings_after(0, 10)
    assert [(row.reading.values, row.reading.drill) for row in stored] == [
        ({"Heart/Rate": 70}, ""),
        ({"Fall/Detected": True}, one),
    ]
    assert ("radar-1", "Fall/Detected") not in home.store.latest()


def test_what_a_drill_pretends_does_not_keep_a_silent_device_on_line(home: Home) -> None:
    home.heard(0, "radar-1")
    one = drill(home, "bytes", "radar-1", 1, for_s=600)
    for second in range(2, 50):
        home.field.take([DeviceNews(at(second), PORT, "radar-1", "heard", drill=one)])
    home.field.tick(at(50), at(50))
    assert [(alarm.device, alarm.rule, alarm.drill) for alarm in alarms(home)] == [("radar-1", "device_silent", "")]


def test_a_device_that_a_drill_pulls_out_is_off_line_because_of_the_drill(home: Home) -> None:
    for device in ALL:
        home.heard(0, device)
    one = drill(home, "fault", "radar-1", 1)
    home.field.take([PortNews(at(2), PORT, ALL, is_open=False, drill=one)])
    raised = alarms(home)
    assert {alarm.drill for alarm in raised} == {one}
    assert {alarm.device for alarm in raised} == {"radar-1", "call-1"}
    assert {(state.online, state.cause) for state in home.field.states} == {(False, "drill")}


def test_a_device_that_stays_away_after_the_drill_is_a_real_alarm(home: Home) -> None:
    for device in ALL:
        home.heard(0, device)
    one = drill(home, "fault", "radar-1", 1)
    home.field.take([PortNews(at(2), PORT, ALL, is_open=False, drill=one)])
    home.field.end_drill(one, "stopped", at(10))
    home.field.take([PortNews(at(11), PORT, ALL, is_open=True)])
    home.field.tick(at(60), at(60))
    real = [alarm for alarm in alarms(home) if not alarm.drill]
    assert [(alarm.device, alarm.rule) for alarm in real] == [("radar-1", "device_silent")]
    assert next(state for state in home.field.states if state.id == "radar-1").cause == "device"


def test_a_call_that_a_disturbed_line_lets_through_is_real(home: Home) -> None:
    drill(home, "fault", "call-1", 1)
    home.occurred(2, "call-1", "call_pressed")
    assert [alarm.drill for alarm in alarms(home)] == [""]


@pytest.mark.parametrize("by", ["", "x" * 65, "\ud800"])
def test_a_drill_that_no_event_can_tell_of_is_none_and_hides_no_call(home: Home, by: str) -> None:
    with pytest.raises(ValueError, match="by"):
        home.field.start_drill(Drill("d", "test", "call-1", ("call-1",), "", by, 600, at(600).monotonic), at(1))
    assert home.field.drills.active == []
    home.occurred(2, "call-1", "call_pressed")
    assert [alarm.drill for alarm in alarms(home)] == [""]


def test_a_button_that_fell_silent_in_a_drill_and_stays_so_is_a_real_alarm(home: Home) -> None:
    """Its driver told it once; nobody waits for its frames."""
    home.heard(0, "call-1")
    one = drill(home, "fault", "call-1", 1)
    home.field.take([DeviceNews(at(2), PORT, "call-1", "faulted", "no heartbeat")])
    assert home.field.failures == 0
    home.field.end_drill(one, "stopped", at(10))
    assert [(alarm.rule, alarm.drill) for alarm in alarms(home)] == [("device_silent", one), ("device_silent", "")]
    assert [alarm.drill for alarm in home.store.open_alarms()] == [""]


def test_one_drill_at_a_time_for_each_device(home: Home) -> None:
    drill(home, "fault", "radar-1", 1)
    with pytest.raises(NotPossible, match="a drill is on already at radar-1, by t-17"):
        drill(home, "bytes", "call-1", 2)


def test_a_restart_ends_a_drill_that_nobody_ended(tmp_path: Path) -> None:
    before = Home(tmp_path)
    one = drill(before, "bytes", "call-1", 1)
    pretend(before, 2, one, "call-1", "call_pressed")
    saved(before)
    before.close()
    after = Home(tmp_path)
    after.field.resume(at(20))
    events = saved(after)
    assert [(e.type_name, e.drill) for e in events[-2:]] == [
        ("onetrip.alarm.closed.v1", one),
        ("onetrip.drill.ended.v1", one),
    ]
    assert after.store.open_alarms() == []
    after.close()


# proof of life


def proven(home: Home, device: str) -> int | None:
    return next(state.proven_at_ms for state in home.field.states if state.id == device)


def test_a_press_in_a_test_proves_the_button_and_ends_the_test(home: Home) -> None:
    assert proven(home, "call-1") is None
    one = drill(home, "test", "call-1", 1)
    home.occurred(5, "call-1", "call_pressed")
    assert proven(home, "call-1") == at(5).wall_ms
    events = saved(home)
    assert {event.drill for event in events} == {one}
    (proof,) = [event for event in events if event.type_name == "onetrip.device.proven.v1"]
    assert (proof.how, proof.what, proof.by) == ("test", "call_pressed", "t-17")  # type: ignore[attr-defined]
    assert home.store.open_alarms() == []
    assert home.field.drills.active == []


def test_real_use_proves_too_and_is_told_once_a_day(home: Home) -> None:
    for hour in (0, 1, 2, 27):
        home.occurred(hour * 3600 + 1, "call-1", "call_pressed")
        home.occurred(hour * 3600 + 2, "call-1", "call_cancelled")
    assert proven(home, "call-1") == at(27 * 3600 + 1).wall_ms
    saved(home)
    assert home.told.count("device.proven") == 2


def test_a_fall_radar_is_proven_by_a_fall_and_not_by_being_on_line(home: Home) -> None:
    home.measured(1, "radar-1", {"Fall/Detected": False, "Heart/Rate": 70})
    assert proven(home, "radar-1") is None
    home.measured(2, "radar-1", {"Fall/Detected": True})
    assert proven(home, "radar-1") == at(2).wall_ms


def test_bytes_that_a_drill_puts_in_prove_nothing(home: Home) -> None:
    one = drill(home, "bytes", "call-1", 1)
    pretend(home, 2, one, "call-1", "call_pressed")
    assert proven(home, "call-1") is None
    saved(home)
    assert "device.proven" not in home.told


def test_an_overdue_proof_is_told_every_day_until_it_is_given(home: Home) -> None:
    day = 86_400
    for second in (1, 2, day + 2):
        home.field.tick(at(second), at(second))
    home.occurred(day + 3, "call-1", "call_pressed")
    for later in (2, 15, 32):
        home.field.tick(at(later * day), at(later * day))
    overdue = [e for e in saved(home) if getattr(e, "what", "") == "proof_overdue"]
    assert [getattr(e, "detail", "")[:12] for e in overdue] == ["never proven", "never proven", "proven_at_ms"]
    assert {getattr(e, "device", "") for e in overdue} == {"call-1"}


def test_a_proof_that_a_wrong_clock_put_into_the_future_does_not_count_for_years(home: Home) -> None:
    year, far = 365 * 86_400, 9 * 365 * 86_400
    home.occurred(far, "call-1", "call_pressed")
    for second in (2, 3):
        home.field.tick(at(second), at(second))
    home.occurred(4, "call-1", "call_cancelled")
    home.occurred(5, "call-1", "call_pressed")
    home.field.tick(at(6), at(6))
    assert proven(home, "call-1") == at(5).wall_ms
    home.field.tick(at(year), at(year))
    events = saved(home)
    assert len([e for e in events if getattr(e, "what", "") == "proof_overdue"]) == 2
    assert home.told.count("device.proven") == 2


# identity


def identify(home: Home, second: float, fingerprint: str) -> None:
    home.field.take([DeviceNews(at(second), PORT, "radar-1", "identified", fingerprint)])


def test_a_swapped_device_is_told_and_keeps_its_id(home: Home) -> None:
    for second, fingerprint in enumerate(("SN-1", "SN-1", "SN-2"), start=1):
        identify(home, second, fingerprint)
    told = [e for e in saved(home) if e.type_name == "onetrip.device.identified.v1"]
    assert [(e.outcome, e.was, e.fingerprint) for e in told] == [  # type: ignore[attr-defined]
        ("first", "", "SN-1"),
        ("swapped", "SN-1", "SN-2"),
    ]
    assert next(d.fingerprint for d in home.store.devices() if d.id == "radar-1") == "SN-2"
