import time
from collections import Counter
from pathlib import Path
from random import Random

import pytest

from firmware_bridge.links import open_link
from firmware_bridge.session import Line
from simulators.bench import Bench, Incident, links, make_ports
from simulators.devices.id_card_reader import IdCardReader
from simulators.facilities import CARE_HOME, FACILITIES, LARGE_HOME, MARRIAGE_OFFICE, Port
from simulators.people import make_person
from simulators.port_simulator import PortSimulator
from simulators.scenario import Story
from tests.unit.simulators.golden import VECTORS, hex_bytes
from tests.unit.simulators.wire import Clock, Wire, build

COMMAND = {name: hex_bytes(text) for name, text in VECTORS["sam"]["cmd"].items()}
READ_CARD = (COMMAND["find"], COMMAND["select"], COMMAND["read"])
POLLS = {"FUNERAL-COLD": "11 03 00 00 00 02 C6 9B", "CARE-FRIDGE": "01 04 00 01 00 02 20 0B"}
TOLD_AS = {"present": "card_read", "open_door": "door_open", "close_door": "door_closed"}


def test_card_is_read_over_the_wire_and_written_down() -> None:
    ports, wires = build(MARRIAGE_OFFICE)
    clock = Clock()
    bench = Bench(ports, clock=clock, wall_clock=lambda: 1000.0 + clock.now)
    bench.act("330802-marriage-01", "kiosk-1-reader", "present", make_person(Random(1)))
    for command in READ_CARD:
        wires["MARRIAGE-KIOSK-1"].from_host = command
        clock.now += 0.25
        bench.step()
    assert [len(data) for data in wires["MARRIAGE-KIOSK-1"].to_host] == [15, 19, 1295]
    assert bench.incidents() == (Incident(1_000_750, "330802-marriage-01", "kiosk-1-reader", "card_read"),)


def test_silent_wire_hides_nothing_from_the_ground_truth() -> None:
    ports, wires = build(CARE_HOME)
    bench = Bench(ports, clock=lambda: 1.0)
    bench.begin_fault(bench.find("330803-care-01", "call-101-2"), "silence")
    bench.act("330803-care-01", "call-101-2", "press", 8)
    bench.step()
    assert wires["CARE-CALL"].to_host == []
    assert [(incident.device, incident.what) for incident in bench.incidents()] == [("call-101-2", "call")]


def test_links_are_what_the_profile_wants() -> None:
    ports, _ = build(MARRIAGE_OFFICE)
    assert links(ports)["MARRIAGE-KIOSK-1"] == "serial:///dev/MARRIAGE-KIOSK-1"


def test_the_incidents_since_the_last_question_can_be_asked_for() -> None:
    ports, _ = build(CARE_HOME)
    bench = Bench(ports, clock=lambda: 1.0)
    for device in ("call-101-1", "call-101-2"):
        bench.act("330803-care-01", device, "press", 8)
        bench.step()
    last, both = bench.incidents_after(0)
    assert (last, [incident.device for incident in both]) == (2, ["call-101-1", "call-101-2"])
    assert [incident.device for incident in bench.incidents_after(1)[1]] == ["call-101-2"]
    assert bench.incidents_after(2) == (2, [])


def test_a_real_terminal_speaks_to_the_host(tmp_path: Path) -> None:
    ports = make_ports(MARRIAGE_OFFICE, tmp_path / "links", seed=1)
    with Bench(ports):
        assert {link.name for link in (tmp_path / "links").iterdir()} == {"ttyMARRIAGE-KIOSK-1", "ttyMARRIAGE-HALL"}
        host = open_link(links(ports)["MARRIAGE-KIOSK-1"], Line(baud=115200))
        host.write(COMMAND["find"])
        assert host.read(2.0) == hex_bytes(VECTORS["sam"]["rsp"]["no_card"])
        host.close()
    assert list((tmp_path / "links").iterdir()) == []


def test_unknown_device_is_named() -> None:
    with pytest.raises(KeyError, match="330803-care-01/bed-9"):
        Bench().find("330803-care-01", "bed-9")


def ask(ports: list[PortSimulator], wires: dict[str, Wire], step: int) -> None:
    """A host that polls readers every 100 ms, one command after another, and sensors every second."""
    for simulator in ports:
        port: Port = simulator.port
        if isinstance(simulator.model, IdCardReader) and step % 10 == 0:
            wires[port.name].from_host = READ_CARD[step // 10 % 3]
        elif port.name in POLLS and step % 100 == 0:
            wires[port.name].from_host = hex_bytes(POLLS[port.name])


@pytest.mark.parametrize("seed", [1, 2018])
def test_every_incident_of_a_story_is_told_once(seed: int) -> None:
    ports, wires = build(*FACILITIES)
    clock, actions = Clock(), list(Story(seed).actions())
    bench = Bench(ports, clock=clock, wall_clock=clock)
    expected = Counter((one.device, _told_as(one.verb, one.args)) for one in actions if one.is_incident)
    for step in range(3000):
        clock.now = step / 100
        while actions and actions[0].at_s <= clock.now:
            bench.perform(actions.pop(0))
        ask(ports, wires, step)
        bench.step()
    assert Counter((incident.device, incident.what) for incident in bench.incidents()) == expected


def _told_as(verb: str, args: tuple[object, ...]) -> str:
    if verb == "press":
        return "call" if args == (8,) else "cancel"
    return TOLD_AS.get(verb, verb)


def test_thread_steps_by_itself_and_ends() -> None:
    ports, wires = build(CARE_HOME)
    with Bench(ports) as bench:
        assert all(wire.plugged for wire in wires.values())
        bench.act("330803-care-01", "fall-101", "fall")
        deadline = time.monotonic() + 5
        while not bench.incidents() and time.monotonic() < deadline:
            time.sleep(0.01)
    assert [incident.what for incident in bench.incidents()] == ["fall"]
    assert not any(wire.plugged for wire in wires.values())


def test_ports_take_turns_and_a_host_that_writes_is_answered_before_its_turn(tmp_path: Path) -> None:
    ports = make_ports(MARRIAGE_OFFICE, tmp_path, seed=1)
    with Bench(ports, period_s=30):
        host = open_link(links(ports)["MARRIAGE-KIOSK-1"], Line(baud=115200))
        host.write(COMMAND["find"])
        assert host.read(2.0) == hex_bytes(VECTORS["sam"]["rsp"]["no_card"])
        host.close()


def test_a_port_that_was_pulled_out_and_plugged_in_is_heard_again(tmp_path: Path) -> None:
    ports = make_ports(MARRIAGE_OFFICE, tmp_path, seed=1)
    with Bench(ports) as bench:
        port = bench.find("330802-marriage-01", "kiosk-1-reader")
        for _ in range(3):
            bench.do(port.terminal.unplug)
            bench.do(port.terminal.plug)
            host = open_link(port.link, Line(baud=115200))
            host.write(COMMAND["find"])
            assert host.read(2.0) == hex_bytes(VECTORS["sam"]["rsp"]["no_card"])
            host.close()


def test_a_home_of_480_devices_leaves_most_of_a_core_to_others(tmp_path: Path) -> None:
    with Bench(make_ports(LARGE_HOME, tmp_path, seed=1), period_s=0.05):
        used, began = time.process_time(), time.monotonic()
        time.sleep(1.5)
        share = (time.process_time() - used) / (time.monotonic() - began)
    assert share < 0.4


def test_a_models_mistake_ends_its_own_port_and_no_other(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    ports, wires = build(CARE_HOME)
    bench = Bench(ports, clock=lambda: 1.0)
    port = bench.find("330803-care-01", "fall-101")

    def mistaken(now: float) -> bytes:
        raise ZeroDivisionError(f"at {now}")

    monkeypatch.setattr(port.model, "step", mistaken)
    bench.act("330803-care-01", "call-101-1", "press", 8)
    for _ in range(3):
        wires["CARE-FALL-101"].from_host = b"are you there?"
        bench.step()
    assert port.broken == "ZeroDivisionError: at 1.0"
    assert wires["CARE-FALL-101"].to_host == []
    assert wires["CARE-FALL-101"].from_host == b""  # taken off the line
    assert [incident.device for incident in bench.incidents()] == ["call-101-1"]
    assert [record.getMessage() for record in caplog.records] == [
        "330803-care-01: port CARE-FALL-101 is broken and falls silent"
    ]
    assert [one.port.name for one in ports if one.broken] == ["CARE-FALL-101"]
