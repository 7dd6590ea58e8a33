"""Which devices are on line, and why not; and whether the process that knows it is alive."""

import pytest

from edge.domain.readings import DeviceState
from edge.domain.supervision import Pulse, Supervision
from tests.unit.edge.moments import START_MS, at

SILENCE_S = 45


def device(name: str) -> DeviceState:
    return DeviceState(name, "driver", "", True, (), False, "edge", START_MS)


def supervision() -> Supervision:
    """radar-1 must be heard every 45 s; button-1 says nothing unless it is pressed."""
    return Supervision([(device("radar-1"), SILENCE_S), (device("button-1"), None)])


def says(states: list[DeviceState]) -> list[tuple[str, bool, str]]:
    return [(state.id, state.online, state.cause) for state in states]


def test_nothing_is_known_at_the_start() -> None:
    watching = supervision()
    assert says(watching.states) == [("radar-1", False, "edge"), ("button-1", False, "edge")]
    assert watching.tick(at(1000)) == []


def test_a_device_is_on_line_from_its_first_frame() -> None:
    watching = supervision()
    assert watching.on_port(["radar-1"], at(0), is_open=True) == []
    (state,) = watching.on_heard("radar-1", at(1))
    assert (state.online, state.cause, state.since_ms) == (True, "", START_MS + 1000)
    assert watching.on_heard("radar-1", at(2)) == []


def test_a_device_without_supervision_is_on_line_while_its_port_is() -> None:
    watching = supervision()
    assert says(watching.on_port(["button-1"], at(0), is_open=True)) == [("button-1", True, "")]
    assert watching.tick(at(100_000)) == []
    assert says(watching.on_port(["button-1"], at(100_000), is_open=False)) == [("button-1", False, "port")]


def test_silence_is_the_devices_fault_while_the_port_is_open() -> None:
    watching = supervision()
    watching.on_port(["radar-1"], at(0), is_open=True)
    watching.on_heard("radar-1", at(10))
    assert watching.tick(at(54.9)) == []
    assert says(watching.tick(at(55))) == [("radar-1", False, "device")]
    assert watching.tick(at(56)) == []


def test_a_device_that_was_never_heard_is_silent_too() -> None:
    watching = supervision()
    watching.on_port(["radar-1"], at(0), is_open=True)
    assert says(watching.tick(at(45))) == [("radar-1", False, "device")]


def test_a_lost_port_is_the_cause_for_all_its_devices_and_silence_is_not_added() -> None:
    watching = supervision()
    watching.on_port(["radar-1", "button-1"], at(0), is_open=True)
    watching.on_heard("radar-1", at(1))
    lost = watching.on_port(["radar-1", "button-1"], at(2), is_open=False)
    assert says(lost) == [("radar-1", False, "port"), ("button-1", False, "port")]
    assert watching.tick(at(1000)) == []


def test_after_a_replug_the_device_gets_its_time_to_be_heard() -> None:
    watching = supervision()
    watching.on_port(["radar-1"], at(0), is_open=True)
    watching.on_heard("radar-1", at(1))
    watching.on_port(["radar-1"], at(2), is_open=False)
    watching.on_port(["radar-1"], at(3600), is_open=True)
    assert watching.tick(at(3601)) == []
    assert says(watching.on_heard("radar-1", at(3602))) == [("radar-1", True, "")]


def test_a_fault_puts_it_off_line_until_it_is_heard_again() -> None:
    watching = supervision()
    watching.on_port(["radar-1"], at(0), is_open=True)
    watching.on_heard("radar-1", at(1))
    assert says(watching.on_fault("radar-1", at(2))) == [("radar-1", False, "device")]
    assert says(watching.on_heard("radar-1", at(3))) == [("radar-1", True, "")]


@pytest.mark.parametrize("wall_jump_s", [-86_400, 86_400])
def test_a_wall_clock_that_jumps_makes_nobody_silent(wall_jump_s: int) -> None:
    watching = supervision()
    watching.on_port(["radar-1"], at(0), is_open=True)
    watching.on_heard("radar-1", at(1))
    assert watching.tick(at(2, wall_jump_s=wall_jump_s)) == []
    assert len(watching.tick(at(46, wall_jump_s=wall_jump_s))) == 1


def test_what_no_registered_device_said_is_nobody_s_state() -> None:
    assert supervision().on_heard("", at(0)) == []
    assert supervision().on_fault("stranger", at(0)) == []


def test_a_pulse_lives_while_it_changes() -> None:
    pulse = Pulse(10)
    for second in range(5):
        pulse.on_beat(at(second).wall_ms, at(second))
    assert pulse.is_alive(at(13))
    assert pulse.age_s(at(13)) == pytest.approx(9)
    assert not pulse.is_alive(at(14))


def test_the_first_beat_seen_is_as_old_as_it_says() -> None:
    pulse = Pulse(10)
    pulse.on_beat(at(0).wall_ms, at(60))
    assert not pulse.is_alive(at(60))
    pulse.on_beat(at(61).wall_ms, at(61))
    assert pulse.is_alive(at(61))


@pytest.mark.parametrize("wall_jump_s", [-86_400, 86_400])
def test_a_pulse_neither_dies_nor_lives_on_by_a_wall_clock_that_jumps(wall_jump_s: int) -> None:
    pulse = Pulse(10)
    pulse.on_beat(at(0).wall_ms, at(0))
    pulse.on_beat(at(1, wall_jump_s=wall_jump_s).wall_ms, at(1, wall_jump_s=wall_jump_s))
    assert pulse.is_alive(at(10, wall_jump_s=wall_jump_s))
    assert not pulse.is_alive(at(11))
