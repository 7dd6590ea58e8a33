"""Faults of a port and of its devices: begun, ended, over in time, refused with what there is."""

from random import Random

import pytest

from firmware_bridge.faults import DEVICE_FAULTS, LINE_FAULTS, BadFault
from simulators.bench import Bench
from simulators.facilities import CARE_HOME, FUNERAL_HOME
from simulators.port_simulator import BadVerb, PortSimulator
from tests.unit.simulators.golden import hex_bytes
from tests.unit.simulators.wire import Clock, Wire, build

FRIDGE_POLL = hex_bytes("01 04 00 01 00 02 20 0B")


def port_of(device: str, *, of: str = CARE_HOME.id) -> tuple[PortSimulator, Wire]:
    ports, wires = build(CARE_HOME, FUNERAL_HOME)
    port = Bench(ports).find(of, device)
    return port, wires[port.port.name]


def begin(port: PortSimulator, name: str, **about: float) -> None:
    port.begin_fault(name, about, Random(1))


def fridge_says(port: PortSimulator, wire: Wire, now: float) -> float:
    wire.from_host = FRIDGE_POLL
    port.step(now)
    return int.from_bytes(wire.to_host[-1][3:5], signed=True) / 10


def test_an_unplugged_port_vanishes_until_it_is_plugged_in() -> None:
    port, wire = port_of("fridge-1")
    wire.plug()
    begin(port, "unplug")
    assert not wire.plugged
    port.end_fault("unplug")
    assert wire.plugged


def test_a_fault_is_over_in_time() -> None:
    port, wire = port_of("call-101-1")
    port.begin_fault("silence", {}, Random(1), until=5.0)
    port.act("call-101-1", "press")
    port.step(0.0)
    assert wire.to_host == []
    port.act("call-101-1", "press")
    port.step(5.0)
    assert wire.to_host
    assert port.faults == ()


def test_an_unplugged_port_comes_back_in_time() -> None:
    port, wire = port_of("fridge-1")
    wire.plug()
    port.begin_fault("unplug", {}, Random(1), until=5.0)
    port.step(4.9)
    assert not wire.plugged
    port.step(5.0)
    assert wire.plugged


def test_the_same_fault_begins_anew_and_different_ones_are_chained() -> None:
    port, wire = port_of("call-101-1")
    begin(port, "loss", p=1)
    begin(port, "loss", p=0)
    begin(port, "split")
    port.act("call-101-1", "press")
    port.step(0.0)
    assert [(fault.name, fault.parameters) for fault in port.faults] == [("loss", {"p": 0.0}), ("split", {})]
    assert len(wire.to_host) == 12
    port.end_fault()
    assert port.faults == ()


def test_a_fault_of_the_device_itself_is_done_to_its_model() -> None:
    port, wire = port_of("fridge-1")
    port.step(0.0)
    cold = fridge_says(port, wire, 0.0)
    begin(port, "drift", per_minute=60)
    port.step(10.0)
    assert fridge_says(port, wire, 10.0) == pytest.approx(cold + 10, abs=0.5)
    port.end_fault("drift")
    assert fridge_says(port, wire, 20.0) == pytest.approx(cold, abs=0.5)


def test_on_a_port_with_several_devices_it_is_one_devices() -> None:
    port, _ = port_of("cold-1", of=FUNERAL_HOME.id)
    with pytest.raises(BadFault, match="name one of cold-1, cold-2"):
        begin(port, "drift")
    port.begin_fault("drift", {}, Random(1), device="cold-2")
    begin(port, "split")
    assert [(fault.name, fault.device) for fault in port.faults] == [("drift", "cold-2"), ("split", "")]
    port.end_fault("drift", device="cold-2")
    assert [fault.name for fault in port.faults] == ["split"]


def test_what_a_port_cannot_have_is_refused_with_what_it_can() -> None:
    port, _ = port_of("call-101-1")
    assert set(port.fault_names) == {*LINE_FAULTS, "unplug"}
    with pytest.raises(BadFault, match="CARE-CALL cannot have the fault 'drift'; it can have: bit_flips, "):
        begin(port, "drift")
    with pytest.raises(BadFault, match="p is 2"):
        begin(port, "loss", p=2)
    assert port.faults == ()
    with pytest.raises(BadFault, match="cannot have the fault 'gremlins'"):
        port.end_fault("gremlins")


def test_faults_of_devices_are_known_ones() -> None:
    port, _ = port_of("fridge-1")
    assert set(port.fault_names) - set(LINE_FAULTS) <= set(DEVICE_FAULTS)


def test_verbs_are_listed_with_their_arguments_and_wrong_ones_refused() -> None:
    port, _ = port_of("call-101-1")
    assert port.verbs == {"press": ["key"]}
    assert port_of("fall-101")[0].verbs.keys() >= {"fall", "stand_up", "enter", "leave"}
    with pytest.raises(BadVerb, match="no verb 'step'; there are: press"):
        port.act("call-101-1", "step")
    with pytest.raises(BadVerb, match="press: too many positional arguments; its arguments: key"):
        port.act("call-101-1", "press", 8, 9)


def test_live_faults_with_the_same_seed_do_the_same() -> None:
    def run(seed: int) -> list[bytes]:
        ports, wires = build(CARE_HOME)
        clock = Clock()
        bench = Bench(ports, clock=clock, seed=seed)
        bench.begin_fault(bench.find(CARE_HOME.id, "bed-101-1"), "bit_flips", {"p": 0.2})
        for step in range(500):
            clock.now = step / 50
            bench.step()
        return wires["CARE-BED-101-1"].to_host

    assert run(1) == run(1)
    assert run(1) != run(2)
