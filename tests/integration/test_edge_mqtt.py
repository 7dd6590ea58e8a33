"""The uplink's MQTT connection against a real Mosquitto: wills, refusals, brokers that vanish or hang."""

import os
import signal
import socket
import threading
import time
import uuid
from collections.abc import Iterator

import pytest

from contract.sparkplug.topics import Publish
from edge.adapters import mqtt_broker
from edge.adapters.mqtt_broker import MqttBroker
from edge.ports import CloudUnreachable
from tests import servers

WILL = Publish("edge-test/unused", b"will", 1, retain=False)


@pytest.fixture
def place() -> str:
    """A topic of this test's own."""
    return f"edge-test/{uuid.uuid4().hex}"


class Connections:
    def __init__(self) -> None:
        self._made: list[MqttBroker] = []

    def open(self, url: str, *topics: str, will: Publish = WILL, client_id: str | None = None) -> MqttBroker:
        broker = MqttBroker(url, client_id or f"edge-{uuid.uuid4().hex}")
        self._made.append(broker)
        broker.open(will, [(topic, 1) for topic in (*topics, "edge-test/nothing")])
        return broker

    def close(self) -> None:
        for broker in self._made:
            broker.close()


@pytest.fixture
def connections() -> Iterator[Connections]:
    made = Connections()
    yield made
    made.close()


@pytest.fixture
def own_broker() -> Iterator[servers.Mosquitto]:
    """One that a test may stop or kill."""
    with servers.mosquitto() as broker:
        yield broker


def receive(broker: MqttBroker, number: int = 1, seconds: float = 5) -> list[tuple[str, bytes]]:
    got: list[tuple[str, bytes]] = []
    end = time.monotonic() + seconds
    while len(got) < number and time.monotonic() < end:
        got += broker.received(0.05)
    return got


def test_what_one_publishes_the_other_receives(mosquitto_url: str, connections: Connections, place: str) -> None:
    listener, speaker = connections.open(mosquitto_url, f"{place}/#"), connections.open(mosquitto_url)
    for number in range(100):
        speaker.publish(Publish(f"{place}/{number % 2}", str(number).encode(), number % 2, retain=False))
    assert receive(listener, 100) == [(f"{place}/{n % 2}", str(n).encode()) for n in range(100)]
    assert listener.received(0.01) == []


def test_a_retained_message_is_there_when_open_returns(
    mosquitto_url: str, connections: Connections, place: str
) -> None:
    connections.open(mosquitto_url).publish(Publish(place, b"on line", 1, retain=True))
    time.sleep(0.2)
    assert receive(connections.open(mosquitto_url, place)) == [(place, b"on line")]


def test_the_will_is_delivered_when_the_line_is_cut(mosquitto_url: str, connections: Connections, place: str) -> None:
    listener = connections.open(mosquitto_url, place)
    victim = connections.open(mosquitto_url, will=Publish(place, b"bdSeq 7", 1, retain=False))
    assert victim._client is not None
    line = victim._client.socket()
    assert isinstance(line, socket.socket)
    line.shutdown(socket.SHUT_RDWR)
    assert receive(listener) == [(place, b"bdSeq 7")]
    with pytest.raises(CloudUnreachable, match="the connection to the broker is gone"):
        receive(victim)


@pytest.mark.parametrize("unanswered", [0, 300])  # 300: more than paho would keep in flight by itself
def test_however_we_end_the_host_hears_of_it(
    mosquitto_url: str, connections: Connections, place: str, unanswered: int
) -> None:
    """By our last word; or by the will, when the kernel cuts a line on which PUBACKs are still unread."""
    listener = connections.open(mosquitto_url, f"{place}/#")
    death = Publish(f"{place}/death", b"bdSeq 7", 1, retain=False)
    speaker = connections.open(mosquitto_url, will=death)
    for number in range(unanswered):
        speaker.publish(Publish(f"{place}/event", str(number).encode(), 1, retain=False))
    speaker.publish(death)
    speaker.close()
    got = receive(listener, unanswered + 2, seconds=1)
    assert got[-1] == (f"{place}/death", b"bdSeq 7")
    if not unanswered:
        assert len(got) == 1


def test_each_open_is_a_session_of_its_own(mosquitto_url: str, connections: Connections, place: str) -> None:
    broker = connections.open(mosquitto_url, place)
    broker.publish(Publish(place, b"for the session before", 1, retain=False))
    broker.open(WILL, [(f"{place}/new", 1)])
    broker.publish(Publish(place, b"not subscribed any more", 1, retain=False))
    broker.publish(Publish(f"{place}/new", b"this", 1, retain=False))
    assert receive(broker) == [(f"{place}/new", b"this")]


def test_a_second_box_with_our_name_throws_us_out(mosquitto_url: str, connections: Connections) -> None:
    name = f"edge-{uuid.uuid4().hex}"
    first = connections.open(mosquitto_url, client_id=name)
    connections.open(mosquitto_url, client_id=name)
    with pytest.raises(CloudUnreachable):
        receive(first)


@pytest.mark.parametrize("url", ["mqtt://127.0.0.1:{port}", "mqtt://no-such-host.invalid:{port}", "mqtt://{long}:1"])
def test_a_broker_that_cannot_be_reached_is_named(url: str) -> None:
    broker = MqttBroker(url.format(port=servers.free_port(), long="x" * 70), "edge-1")
    with pytest.raises(CloudUnreachable, match=r"^broker (127\.0\.0\.1|no-such-host\.invalid|x{70}):\d+: .+"):
        broker.open(WILL, [])
    broker.close()
    with pytest.raises(CloudUnreachable):
        broker.publish(WILL)


@pytest.mark.parametrize(
    ("answers", "says"),
    [(bytes.fromhex("20 02 00 05"), "refused: Not authorized"), (b"", "no answer in time"), (b"HTTP/1.1 400 \r\n", "")],
    ids=["not authorised", "hangs", "no MQTT"],
)
def test_a_server_that_does_not_let_us_in_is_told_apart(
    answers: bytes, says: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(mqtt_broker, "_CONNECT_S", 0.5)
    monkeypatch.setattr(mqtt_broker, "_CLOSE_S", 0.5)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        ended = threading.Event()

        def serve() -> None:
            line, _ = server.accept()
            with line:
                line.recv(1000)
                line.sendall(answers)
                ended.wait(10)

        thread = threading.Thread(target=serve)
        thread.start()
        broker = MqttBroker(f"mqtt://127.0.0.1:{port}", "edge-1")
        began = time.monotonic()
        with pytest.raises(CloudUnreachable, match=f"broker 127.0.0.1:{port}: {says}"):
            broker.open(WILL, [("a", 1)])
        assert time.monotonic() - began < 3
        ended.set()
        thread.join()


def test_received_and_publish_say_that_the_broker_is_gone(
    own_broker: servers.Mosquitto, connections: Connections
) -> None:
    broker = connections.open(own_broker.url)
    own_broker.kill()
    with pytest.raises(CloudUnreachable, match="the connection to the broker is gone"):
        receive(broker)
    with pytest.raises(CloudUnreachable, match="the connection to the broker is gone"):
        broker.publish(WILL)
    with pytest.raises(CloudUnreachable, match="Connection refused"):
        broker.open(WILL, [])
    own_broker.start()
    broker.open(WILL, [("back", 1)])
    broker.publish(Publish("back", b"again", 1, retain=False))
    assert receive(broker) == [("back", b"again")]


def test_a_broker_that_hangs_does_not_hold_up_the_end(own_broker: servers.Mosquitto, connections: Connections) -> None:
    broker = connections.open(own_broker.url)
    os.kill(own_broker.pid, signal.SIGSTOP)
    try:
        for _ in range(3000):
            broker.publish(Publish("flood", b"x" * 4096, 1, retain=False))
        began = time.monotonic()
        broker.close()
        assert time.monotonic() - began < 5
    finally:
        os.kill(own_broker.pid, signal.SIGCONT)
