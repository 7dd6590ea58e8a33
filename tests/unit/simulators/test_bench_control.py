"""Over the real socket, as a technician's tool speaks to it."""

import json
import socket
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from simulators.bench import Bench
from simulators.bench_control import MOST_REQUEST, BenchControl
from simulators.facilities import CARE_HOME, DEVICE_FAIR, MARRIAGE_OFFICE, RELIEF_STATION
from tests.unit.simulators.golden import VECTORS, hex_bytes
from tests.unit.simulators.wire import Clock, Wire, build

pytestmark = pytest.mark.loopback


class Client:
    def __init__(self, path: Path) -> None:
        self._socket = socket.socket(socket.AF_UNIX)
        self._socket.settimeout(5)
        self._socket.connect(str(path))
        self._file = self._socket.makefile("rb")

    def say(self, line: bytes) -> Any:
        self._socket.sendall(line)
        return json.loads(self._file.readline())

    def ask(self, **request: Any) -> Any:
        return self.say(json.dumps(request).encode() + b"\n")

    def close(self) -> None:
        self._file.close()
        self._socket.close()


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def wires() -> dict[str, Wire]:
    return {}


@pytest.fixture
def bench(clock: Clock, wires: dict[str, Wire]) -> Bench:
    """Nobody steps it but the test."""
    ports, made = build(CARE_HOME, MARRIAGE_OFFICE, RELIEF_STATION)
    wires.update(made)
    return Bench(ports, clock=clock, wall_clock=lambda: 1000.0 + clock.now)


@pytest.fixture
def control(bench: Bench, tmp_path: Path) -> Iterator[BenchControl]:
    with BenchControl(bench, tmp_path) as one:
        yield one


@pytest.fixture
def client(control: BenchControl) -> Iterator[Client]:
    one = Client(control.path)
    yield one
    one.close()


def test_the_socket_is_for_this_user_only_and_goes_with_the_bench(bench: Bench, tmp_path: Path) -> None:
    with BenchControl(bench, tmp_path) as control:
        assert stat.S_IMODE(control.path.stat().st_mode) == 0o600
        assert control.path == tmp_path / "bench.sock"
    assert not control.path.exists()


def test_a_deep_folder_is_no_obstacle(bench: Bench, tmp_path: Path) -> None:
    with BenchControl(bench, tmp_path / ("x" * 100)) as control:
        assert control.path.is_socket()


def test_list_says_what_there_is_and_what_can_be_done(client: Client) -> None:
    told = client.ask(do="list")
    port = next(one for one in told["ports"] if one["port"] == "CARE-CALL")
    assert port["facility"] == "330803-care-01"
    assert port["link"] == "serial:///dev/CARE-CALL"
    assert port["driver"] == "call_button_ev1527"
    assert port["model"] == "CallButtonBridge"
    assert port["devices"][0] == {"id": "call-101-1", "location": "101室1床床头"}
    assert port["verbs"] == {"press": ["key"]}
    assert "loss" in port["faults"]
    assert port["active"] == []
    assert port["broken"] == ""
    loss = next(one for one in told["faults"] if one["name"] == "loss")
    assert loss["zh"] == "丢帧"
    assert loss["parameters"]["p"] == {"default": 0.1, "low": 0, "high": 1, "zh": "概率", "en": "probability"}


def test_a_fault_is_switched_on_seen_and_switched_off(client: Client, bench: Bench, wires: dict[str, Wire]) -> None:
    done = {"done": True}
    assert client.ask(do="fault", device="call-101-1", name="loss", parameters={"p": 1}) == done
    (active,) = [port["active"] for port in client.ask(do="list")["ports"] if port["active"]]
    assert active == [{"name": "loss", "device": "", "parameters": {"p": 1.0}}]
    assert client.ask(do="act", device="call-101-1", verb="press") == done
    bench.step()
    assert wires["CARE-CALL"].to_host == []
    assert client.ask(do="clear", device="CARE-CALL", name="loss") == done
    assert client.ask(do="act", device="call-101-2", verb="press", args=[8]) == done
    bench.step()
    assert wires["CARE-CALL"].to_host != []


def test_a_fault_ends_by_itself(client: Client, bench: Bench, clock: Clock, wires: dict[str, Wire]) -> None:
    wires["CARE-FALL-101"].plug()
    assert client.ask(do="fault", device="fall-101", name="unplug", for_s=30) == {"done": True}
    assert not wires["CARE-FALL-101"].plugged
    clock.now = 30.0
    bench.step()
    assert wires["CARE-FALL-101"].plugged


def test_clear_without_a_name_ends_all_of_a_port(client: Client, bench: Bench) -> None:
    client.ask(do="fault", device="fridge-1", name="drift")
    client.ask(do="fault", device="fridge-1", name="split")
    assert client.ask(do="clear", device="fridge-1") == {"done": True}
    assert bench.find("330803-care-01", "fridge-1").faults == ()


def test_incidents_are_numbered_and_asked_for_from_the_last(client: Client, bench: Bench) -> None:
    for device in ("call-101-1", "call-101-2"):
        client.ask(do="act", device=device, verb="press")
        bench.step()
    told = client.ask(do="incidents")
    assert told["last"] == 2
    assert told["incidents"][0] == {
        "n": 1,
        "at_wall_ms": 1_000_000,
        "facility": "330803-care-01",
        "device": "call-101-1",
        "what": "call",
    }
    assert [one["n"] for one in client.ask(do="incidents", after=1)["incidents"]] == [2]
    assert client.ask(do="incidents", after=2) == {"incidents": [], "last": 2}


def test_a_made_up_person_lays_a_card_on_a_reader(client: Client, bench: Bench, wires: dict[str, Wire]) -> None:
    told = client.ask(do="act", device="kiosk-1-reader", verb="present", args=[{"person": 7}])
    assert told == {"done": True}
    wires["MARRIAGE-KIOSK-1"].from_host = hex_bytes(VECTORS["sam"]["cmd"]["find"])
    bench.step()
    assert wires["MARRIAGE-KIOSK-1"].to_host == [hex_bytes(VECTORS["sam"]["rsp"]["find_ok"])]


def test_a_broken_port_is_named_and_refuses_to_act(client: Client, bench: Bench) -> None:
    bench.find("330803-care-01", "fall-101").break_down(ZeroDivisionError("oh"))
    (broken,) = [port for port in client.ask(do="list")["ports"] if port["broken"]]
    assert (broken["port"], broken["broken"]) == ("CARE-FALL-101", "ZeroDivisionError: oh")
    said = client.ask(do="act", device="fall-101", verb="fall")["error"]
    assert said == "fall-101 is broken (ZeroDivisionError: oh); start the simulator again"


@pytest.mark.parametrize(
    ("device", "verb", "args", "says"),
    [
        ("face-isapi", "face_passes", [{"person": 7}], "person is {'person': 7}; write text, such as \"1001\""),
        ("call-1", "press", [99], "key is 99; write 0 to 15"),
        ("call-1", "press", ["8"], "key is '8'; write a whole number"),
        ("presence-radar", "enter", ["near"], "cm is 'near'; write a whole number"),
        ("blood-pressure", "measure", ["high"], "systolic is 'high'; write a whole number"),
        ("tag-reader", "carry_past", [[1]], "epc is [1]; write text"),
        ("gnss", "move", ["north", 1], "latitude is 'north'; write a number"),
        ("temperature-1", "set_temperature", ["cold"], "celsius is 'cold'; write a number"),
        ("cremator", "start_batch", ["first"], "batch is 'first'; write a whole number"),
        ("co2", "close_contact", [], "cannot be done here"),
    ],
)
def test_wrong_arguments_are_refused_with_what_to_write(
    tmp_path: Path, device: str, verb: str, args: list[Any], says: str
) -> None:
    ports, _ = build(DEVICE_FAIR)
    bench = Bench(ports, clock=Clock())
    with BenchControl(bench, tmp_path) as control:
        client = Client(control.path)
        assert says in client.ask(do="act", device=device, verb=verb, args=args)["error"]
        assert client.ask(do="act", device="face-isapi", verb="face_passes", args=["1001"]) == {"done": True}
        bench.step()
        assert [port["port"] for port in client.ask(do="list")["ports"] if port["broken"]] == []
        client.close()


def test_a_name_in_two_facilities_needs_the_facility(bench: Bench, tmp_path: Path) -> None:
    ports, _ = build(CARE_HOME)
    again, _ = build(CARE_HOME)
    for port in again:
        port.facility = "330803-care-02"
    with BenchControl(Bench([*ports, *again]), tmp_path / "two") as control:
        client = Client(control.path)
        said = client.ask(do="fault", device="fall-101", name="split")
        assert said == {"error": "'fall-101' is in 330803-care-01, 330803-care-02: add the facility"}
        assert client.ask(do="fault", device="fall-101", facility="330803-care-02", name="split") == {"done": True}
        client.close()


@pytest.mark.parametrize(
    ("request_", "says"),
    [
        ({}, 'write {"do": …} with one of list, fault, clear, act, incidents'),
        ({"do": ["list"]}, 'write {"do": …} with one of list, fault, clear, act, incidents'),
        ({"do": "fault"}, "the request lacks 'device'"),
        ({"do": "fault", "device": "x"}, "no device or port 'x' on this bench"),
        ({"do": "fault", "device": "fall-101"}, "the request lacks 'name'"),
        ({"do": "fault", "device": "fall-101", "name": "rot"}, "cannot have the fault 'rot'; it can have: bit_flips"),
        ({"do": "fault", "device": "fall-101", "name": "loss", "parameters": {"p": 9}}, "p is 9; write a number"),
        ({"do": "fault", "device": "fall-101", "name": "loss", "parameters": 9}, "parameters is 9"),
        ({"do": "fault", "device": "fall-101", "name": "loss", "for_s": 0}, "for_s is 0; write seconds"),
        ({"do": "clear", "device": "fall-101", "name": "rot"}, "cannot have the fault 'rot'"),
        ({"do": "act", "device": "CARE-CALL", "verb": "press"}, "name one of the port's devices: call-101-1, "),
        ({"do": "act", "device": "fall-101", "verb": "dance"}, "no verb 'dance'; there are: "),
        ({"do": "act", "device": "fall-101", "verb": "fall", "args": [1]}, "fall: too many arguments; write none"),
        ({"do": "act", "device": "fall-101", "verb": "fall", "args": 1}, "args is 1; write a list"),
        ({"do": "incidents", "after": -1}, "after is -1"),
    ],
)
def test_what_cannot_be_is_answered_with_what_can(client: Client, request_: dict[str, Any], says: str) -> None:
    assert says in client.ask(**request_)["error"]
    assert "ports" in client.ask(do="list")  # and the line goes on


@pytest.mark.parametrize("line", [b"not json\n", b"[]\n", b"\xff\xfe\n", b"[" * 5000 + b"\n", b"{}\n"])
def test_any_line_is_answered(client: Client, line: bytes) -> None:
    assert "error" in client.say(line)
    assert "ports" in client.ask(do="list")


def test_a_line_without_an_end_is_refused(client: Client) -> None:
    assert client.say(b"x" * (MOST_REQUEST + 1)) == {"error": f"a request has at most {MOST_REQUEST} bytes"}


def test_many_are_served_side_by_side(control: BenchControl) -> None:
    clients = [Client(control.path) for _ in range(20)]
    for client in [*clients, *reversed(clients)]:
        assert client.ask(do="incidents") == {"incidents": [], "last": 0}
    for client in clients:
        client.close()
