"""The wires against the host's own links, where there is one; against a broker in tests/integration."""

import socket
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from firmware_bridge.links import Link, LinkLost, LinkUnavailable, open_link
from firmware_bridge.session import Line
from simulators.wires import Terminal, free_port, make_terminal
from simulators.wires.mqtt_publisher import MqttPublisher

pytestmark = pytest.mark.loopback

ALL_BYTES = bytes(range(256))
LINE = Line(9600)


def make(wire: str, tmp_path: Path) -> Terminal:
    return make_terminal(wire, tmp_path / "ttyTEST", "mqtt://127.0.0.1:1883")


def until(what: Callable[[], bytes], *, length: int = 1) -> bytes:
    data, end = b"", time.monotonic() + 5
    while len(data) < length and time.monotonic() < end:
        data += what()
        time.sleep(0.001)
    return data


def hears(host: Link, length: int) -> bytes:
    return until(lambda: host.read(0.1), length=length)


@pytest.mark.parametrize("wire", ["serial", "hid", "tcp"])
def test_bytes_go_both_ways_unchanged(wire: str, tmp_path: Path) -> None:
    device = make(wire, tmp_path)
    device.plug()
    host = open_link(device.link, LINE)
    host.write(ALL_BYTES)
    assert until(device.read, length=256) == ALL_BYTES
    device.write(ALL_BYTES)
    assert hears(host, 256) == ALL_BYTES
    host.close()
    device.unplug()


@pytest.mark.parametrize("wire", ["serial", "hid", "tcp"])
def test_pulled_out_it_is_lost_and_plugged_in_it_is_found_under_the_same_name(wire: str, tmp_path: Path) -> None:
    device = make(wire, tmp_path)
    with pytest.raises(LinkUnavailable):
        open_link(device.link, LINE)
    link = device.link
    for _ in range(2):
        device.plug()
        host = open_link(link, LINE)
        device.read()
        device.unplug()
        with pytest.raises(LinkLost):
            hears(host, 1)
        host.close()
        assert device.fileno() == -1
        assert device.read() == b""
        device.write(b"nobody hears this")


@pytest.mark.parametrize("wire", ["serial", "tcp"])
def test_the_host_can_come_back(wire: str, tmp_path: Path) -> None:
    device = make(wire, tmp_path)
    device.plug()
    for _ in range(3):
        host = open_link(device.link, LINE)
        host.write(b"ask")
        assert until(device.read, length=3) == b"ask"
        device.write(b"answer")
        assert hears(host, 6) == b"answer"
        host.close()
    device.unplug()


def test_of_a_listening_device_the_newest_host_is_served(tmp_path: Path) -> None:
    device = make("tcp", tmp_path)
    device.plug()
    old, new = open_link(device.link, LINE), open_link(device.link, LINE)
    new.write(b"me")
    assert until(device.read, length=2) == b"me"
    device.write(b"you")
    assert hears(new, 3) == b"you"
    with pytest.raises(LinkLost):
        hears(old, 1)
    for host in (old, new):
        host.close()
    device.unplug()


def test_what_a_host_does_not_take_is_dropped_and_never_waited_for(tmp_path: Path) -> None:
    device = make("tcp", tmp_path)
    device.plug()
    host = open_link(device.link, LINE)
    device.read()
    for _ in range(500):
        device.write(bytes(65536))
    host.close()
    device.unplug()


class Host:
    """A host that waits for devices to connect."""

    def __init__(self, link: str) -> None:
        self.server = socket.create_server(("127.0.0.1", int(link.rpartition(":")[2])))
        self.server.settimeout(5)

    def accept(self) -> socket.socket:
        peer, _ = self.server.accept()
        peer.settimeout(5)
        return peer


def test_a_pushing_device_connects_when_it_has_something_to_say_and_again_after_the_host_has_closed(
    tmp_path: Path,
) -> None:
    device = make("listen", tmp_path)
    host = Host(device.link)
    device.plug()
    assert device.fileno() == -1
    for _ in range(3):
        device.write(b"POST ")
        device.write(b"event")
        assert device.fileno() >= 0
        peer = host.accept()
        assert until(lambda peer=peer: peer.recv(10), length=10) == b"POST event"
        peer.sendall(b"200 OK")
        peer.close()
        assert until(device.read, length=6) == b"200 OK"
    device.unplug()
    device.write(b"too late")
    host.server.settimeout(0.1)
    with pytest.raises(TimeoutError):
        host.accept()
    host.server.close()


def test_an_answer_that_was_not_read_yet_is_kept_when_the_device_speaks_again(tmp_path: Path) -> None:
    device = make("listen", tmp_path)
    host = Host(device.link)
    device.plug()
    device.write(b"one")
    first = host.accept()
    first.sendall(b"first answer")
    first.close()
    time.sleep(0.05)
    device.write(b"two")
    second = host.accept()
    assert second.recv(3) == b"two"
    assert device.read() == b"first answer"
    second.close()
    host.server.close()
    device.unplug()


def test_a_pushing_device_whose_host_is_away_loses_what_it_says_and_goes_on(tmp_path: Path) -> None:
    device = make("listen", tmp_path)
    device.plug()
    device.write(b"nobody is there")
    assert device.read() == b""
    host = Host(device.link)
    device.write(b"now")
    peer = host.accept()
    assert peer.recv(3) == b"now"
    peer.close()
    host.server.close()
    device.unplug()


def test_a_pushing_device_reaches_the_hosts_own_link(tmp_path: Path) -> None:
    device = make("listen", tmp_path)
    device.plug()
    host = open_link(device.link, LINE)
    device.write(ALL_BYTES)
    assert hears(host, 256) == ALL_BYTES
    host.write(b"200 OK")
    assert until(device.read, length=6) == b"200 OK"
    host.close()
    device.unplug()


def test_an_mqtt_link_names_the_broker_and_the_filter(tmp_path: Path) -> None:
    device = make("mqtt:application/+/device/+/event/up", tmp_path)
    assert device.link == "mqtt://127.0.0.1:1883/application/+/device/+/event/up"
    assert device.fileno() == -1
    device.write(b"a/b 2\nhi")  # not plugged in: nobody hears it, nothing waits
    device.unplug()


def test_messages_are_found_in_any_cutting_and_nonsense_is_passed_over() -> None:
    said = b"a/b 5\nh\nllo" + b"spoilt\n" + b"with space x 3\n" + b"x/+ 1\nz\n" + b"c 0\n" + b"d 2\nok"
    gateway = MqttPublisher("mqtt://127.0.0.1:1", "#")
    sent: list[tuple[str, bytes]] = []

    class Broker:
        def publish(self, topic: str, payload: bytes, qos: int) -> None:
            assert qos == 1
            sent.append((topic, payload))

    gateway._client = Broker()  # type: ignore[assignment]
    for byte in said:
        gateway.write(bytes([byte]))
    assert sent == [("a/b", b"h\nllo"), ("c", b""), ("d", b"ok")]


def test_an_unknown_wire_is_refused_with_what_there_is(tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="no wire 'can'; there are: serial, hid, tcp, listen, mqtt"):
        make("can", tmp_path)


def test_ports_are_free_and_below_those_the_system_hands_out() -> None:
    port = free_port()
    assert port < 32768
    socket.create_server(("127.0.0.1", port)).close()
