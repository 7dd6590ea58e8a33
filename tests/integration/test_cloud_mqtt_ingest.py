"""The ingest's two MQTT sessions against a real Mosquitto, which is killed under them."""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from cloud.adapters.mqtt_ingest import EventConnection, HostConnection, Inbox
from cloud.ports import CONNECTION_LOST, Message
from contract.sparkplug.commands import state_birth, state_death
from contract.sparkplug.topics import State, decode_state, state_topic
from tests import servers

WAIT_S = 10
ROOM = 64 << 20


@pytest.fixture(scope="module")
def broker() -> Iterator[servers.Mosquitto]:
    with servers.mosquitto() as server:
        yield server


@pytest.fixture
def name(request: pytest.FixtureRequest) -> str:
    return f"host-{abs(hash(request.node.nodeid)) % 10**8}"


class Clock:
    def __init__(self) -> None:
        self.ahead_ms = 0

    def __call__(self) -> int:
        return time.time_ns() // 1_000_000 + self.ahead_ms


@contextmanager
def running(connection: HostConnection | EventConnection) -> Iterator[None]:
    connection.start()
    try:
        eventually("connected", lambda: connection.connected)
        yield
    finally:
        connection.stop()


@contextmanager
def onlooker(url: str, topic: str) -> Iterator[tuple[mqtt.Client, "queue.Queue[mqtt.MQTTMessage]"]]:
    """Somebody else at the broker: sees the topic, may publish."""
    inbox: queue.Queue[mqtt.MQTTMessage] = queue.Queue()
    ready = threading.Event()
    one = mqtt.Client(CallbackAPIVersion.VERSION2)
    one.on_message = lambda _client, _data, message: inbox.put(message)
    one.on_subscribe = lambda *_: ready.set()
    place = urlsplit(url)
    one.connect(place.hostname or "", place.port or 0)
    one.subscribe(topic, qos=1)
    one.loop_start()
    assert ready.wait(WAIT_S)
    try:
        yield one, inbox
    finally:
        one.disconnect()
        one.loop_stop()


def publish(client: mqtt.Client, topic: str, payload: bytes, *, retain: bool = False) -> None:
    client.publish(topic, payload, qos=1, retain=retain).wait_for_publish(WAIT_S)


def next_state(inbox: "queue.Queue[mqtt.MQTTMessage]", *, online: bool = True) -> State:
    """The next STATE that says so; a repeat of the other one may stand before it."""
    while True:
        state = decode_state(inbox.get(timeout=WAIT_S).payload)
        if state.online == online:
            return state


def next_message(inbox: Inbox, topic: str) -> Message:
    """The next message of that topic; others are passed over."""
    until = time.monotonic() + WAIT_S
    while True:
        message = inbox.get(timeout=max(0.01, until - time.monotonic()))
        if message.topic == topic:
            return message


def eventually(what: str, ready: Callable[[], bool]) -> None:
    until = time.monotonic() + WAIT_S
    while not ready():
        assert time.monotonic() < until, what
        time.sleep(0.01)


def test_host_is_online_with_the_time_of_its_will_and_offline_when_it_stops(
    broker: servers.Mosquitto, name: str
) -> None:
    connection = HostConnection(broker.url, name, Inbox(ROOM), Clock())
    with onlooker(broker.url, state_topic(name)) as (_, states):
        with running(connection):
            birth = next_state(states)
            link = connection._client.socket()
            assert link is not None
            link.shutdown(2)
            assert next_state(states, online=False) == State(online=False, timestamp_ms=birth.timestamp_ms)
            again = next_state(states)
            assert again.timestamp_ms > birth.timestamp_ms
        assert next_state(states, online=False).timestamp_ms >= again.timestamp_ms


def test_host_says_that_it_is_online_only_when_it_hears_the_nodes(broker: servers.Mosquitto, name: str) -> None:
    inbox = Inbox(ROOM)
    host = HostConnection(broker.url, name, inbox, Clock())
    with onlooker(broker.url, state_topic(name)) as (other, states), running(host):
        next_state(states)
        publish(other, f"spBv1.0/330803/NBIRTH/{name}", b"x")
        assert next_message(inbox, f"spBv1.0/330803/NBIRTH/{name}").payload == b"x"


def test_retained_offline_message_of_an_earlier_life_is_answered(broker: servers.Mosquitto, name: str) -> None:
    clock = Clock()
    with onlooker(broker.url, state_topic(name)) as (other, states):
        old = state_death(name, clock() - 60_000)
        publish(other, old.topic, old.payload, retain=True)
        assert next_state(states, online=False).timestamp_ms < clock()
        with running(HostConnection(broker.url, name, Inbox(ROOM), clock)):
            first = next_state(states)
            publish(other, old.topic, old.payload, retain=True)  # and once more while we are there
            next_state(states, online=False)
            assert next_state(states) == first


def test_offline_message_from_a_clock_ahead_is_outbid(broker: servers.Mosquitto, name: str) -> None:
    clock = Clock()
    future = state_death(name, clock() + 3_600_000)
    with onlooker(broker.url, state_topic(name)) as (other, states):
        publish(other, future.topic, future.payload, retain=True)
        known = next_state(states, online=False).timestamp_ms
        with running(HostConnection(broker.url, name, Inbox(ROOM), clock)):
            state = next_state(states)
            while state.timestamp_ms <= known:
                state = next_state(states)
        ends = [next_state(states, online=False)]
        while ends[-1].timestamp_ms < state.timestamp_ms:  # those before are the earlier connections'
            ends.append(next_state(states, online=False))


def test_malformed_state_is_answered_like_an_offline_one(broker: servers.Mosquitto, name: str) -> None:
    host = HostConnection(broker.url, name, Inbox(ROOM), Clock())
    with onlooker(broker.url, state_topic(name)) as (other, states), running(host):
        next_state(states)
        publish(other, state_topic(name), b"\xff{")
        assert states.get(timeout=WAIT_S).payload == b"\xff{"
        next_state(states)


def test_event_session_gets_what_was_published_while_it_was_away(broker: servers.Mosquitto, name: str) -> None:
    topic = f"onetrip/v1/events/{name}/t"
    with running(EventConnection(broker.url, name, Inbox(ROOM), Clock())):
        pass
    with onlooker(broker.url, "nothing") as (other, _):
        for n in range(30):
            publish(other, topic, str(n).encode())
    inbox = Inbox(ROOM)
    with running(EventConnection(broker.url, name, inbox, Clock())):
        assert [int(next_message(inbox, topic).payload) for _ in range(30)] == list(range(30))


def test_event_without_puback_comes_again_and_one_with_it_does_not(broker: servers.Mosquitto, name: str) -> None:
    topic = f"onetrip/v1/events/{name}/t"
    inbox = Inbox(ROOM)
    with running(EventConnection(broker.url, name, inbox, Clock())), onlooker(broker.url, "nothing") as (other, _):
        publish(other, topic, b"kept")
        publish(other, topic, b"lost")
        first, _second = next_message(inbox, topic), next_message(inbox, topic)
        assert first.done is not None
        first.done()
        time.sleep(0.1)
    again = Inbox(ROOM)
    with running(EventConnection(broker.url, name, again, Clock())):
        assert next_message(again, topic).payload == b"lost"
        with pytest.raises(queue.Empty):
            again.get(timeout=0.2)


def test_puback_for_an_earlier_connection_is_not_sent_on_this_one(broker: servers.Mosquitto, name: str) -> None:
    """The number may belong to another message by now."""
    topic = f"onetrip/v1/events/{name}/t"
    inbox = Inbox(ROOM)
    connection = EventConnection(broker.url, name, inbox, Clock())
    with running(connection), onlooker(broker.url, "nothing") as (other, _):
        publish(other, topic, b"1")
        late = next_message(inbox, topic)
        link = connection._client.socket()
        assert link is not None
        link.shutdown(2)
        same = next_message(inbox, topic)
        assert late.done is not None
        late.done()
        assert same.payload == b"1"
        time.sleep(0.1)
    again = Inbox(ROOM)
    with running(EventConnection(broker.url, name, again, Clock())):
        assert next_message(again, topic).payload == b"1"


def test_killed_broker_is_told_and_found_again(name: str) -> None:
    with servers.mosquitto() as own:
        measurements, events = Inbox(ROOM), Inbox(ROOM)
        host = HostConnection(own.url, name, measurements, Clock())
        with running(host), running(EventConnection(own.url, f"{name}-events", events, Clock())):
            own.kill()
            assert next_message(measurements, CONNECTION_LOST).done is None
            own.start()
            eventually("connected again", lambda: host.connected)
            topic = f"onetrip/v1/events/{name}/t"
            with onlooker(own.url, state_topic(name)) as (other, states):
                next_state(states)
                until = time.monotonic() + WAIT_S
                while events.empty():  # the other session may need a moment more
                    assert time.monotonic() < until
                    publish(other, topic, b"after")
                    time.sleep(0.1)
            assert next_message(events, topic).payload == b"after"


def test_full_inbox_stops_neither_the_end_nor_the_broker(broker: servers.Mosquitto, name: str) -> None:
    topic = f"onetrip/v1/events/{name}/t"
    inbox = Inbox(1)
    begun = time.monotonic()
    with running(EventConnection(broker.url, name, inbox, Clock())), onlooker(broker.url, "nothing") as (other, _):
        for n in range(20):
            publish(other, topic, str(n).encode())
        eventually("the inbox is full", inbox.full)
        begun = time.monotonic()
    assert time.monotonic() - begun < 3


def test_stop_without_a_broker_does_not_hang(name: str) -> None:
    connection = HostConnection(f"mqtt://127.0.0.1:{servers.free_port()}", name, Inbox(ROOM), Clock())
    connection.start()
    connection.publish(state_birth(name, 1))  # nothing to publish to: no error either
    begun = time.monotonic()
    connection.stop()
    assert time.monotonic() - begun < 3
    assert not connection._thread.is_alive()
