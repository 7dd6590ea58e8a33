"""The embedded broker with real clients: enough MQTT for the demo, and clear words when it cannot start.

With clients it runs as `onetrip broker`, in a process of its own: amqtt ends without closing their connections.
"""

import asyncio
import queue
import signal
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import paho.mqtt.client as mqtt
import pytest
from paho.mqtt.enums import CallbackAPIVersion

from cloud.adapters.embedded_broker import EmbeddedBroker
from tests import servers

WAIT_S = 10


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    number = servers.free_port()
    command = [sys.executable, "-m", "onetrip", "broker", "--listen", f"127.0.0.1:{number}"]
    with subprocess.Popen(command, stderr=subprocess.PIPE) as broker:
        try:
            until = time.monotonic() + WAIT_S
            while not listens(number):
                assert time.monotonic() < until
                time.sleep(0.05)
            yield number
        finally:
            broker.send_signal(signal.SIGTERM)
            assert broker.wait(WAIT_S) == 0


def listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@contextmanager
def client(port: int, *topics: str, will: str = "") -> Iterator[tuple[mqtt.Client, "queue.Queue[mqtt.MQTTMessage]"]]:
    inbox: queue.Queue[mqtt.MQTTMessage] = queue.Queue()
    ready = threading.Event()
    one = mqtt.Client(CallbackAPIVersion.VERSION2)
    one.on_message = lambda _client, _data, message: inbox.put(message)
    one.on_subscribe = lambda *_: ready.set()
    one.on_connect = lambda *_: one.subscribe([(topic, 1) for topic in topics or ("nothing",)])
    if will:
        one.will_set(will, b"gone", qos=1)
    one.connect("127.0.0.1", port)
    one.loop_start()
    assert ready.wait(WAIT_S)
    try:
        yield one, inbox
    finally:
        one.disconnect()
        one.loop_stop()


def next_message(inbox: "queue.Queue[mqtt.MQTTMessage]", topic: str) -> mqtt.MQTTMessage:
    """The next of that topic: amqtt greets every client with the retained messages of everybody's subscriptions."""
    while True:
        message = inbox.get(timeout=WAIT_S)
        if message.topic == topic:
            return message


def test_qos_1_round_trip_of_bytes(port: int) -> None:
    payload = bytes(range(256)) * 1000
    with client(port, "a/+") as (_, inbox), client(port) as (publisher, _):
        publisher.publish("a/b", payload, qos=1).wait_for_publish(WAIT_S)
        message = next_message(inbox, "a/b")
    assert (message.payload, message.qos, message.retain) == (payload, 1, False)


def test_retained_message_meets_who_comes_later(port: int) -> None:
    with client(port) as (publisher, _):
        publisher.publish("state/x", b"online", qos=1, retain=True).wait_for_publish(WAIT_S)
    with client(port, "state/x") as (_, inbox):
        message = next_message(inbox, "state/x")
    assert (message.payload, message.retain) == (b"online", True)


def test_will_of_a_connection_that_is_cut(port: int) -> None:
    with client(port, "will/#") as (_, inbox), client(port, will="will/x") as (cut, _):
        link = cut.socket()
        assert link is not None
        link.shutdown(socket.SHUT_RDWR)
        assert next_message(inbox, "will/x").payload == b"gone"


def test_address_in_use_is_said_with_the_address() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        number = taken.getsockname()[1]
        broker = EmbeddedBroker("127.0.0.1", number)
        with pytest.raises(OSError, match=f"the embedded broker cannot listen on 127.0.0.1:{number}: .*in use"):
            broker.start()
        broker.stop()  # harmless


def test_broker_that_ends_by_itself_is_noticed(monkeypatch: pytest.MonkeyPatch) -> None:
    broker = EmbeddedBroker("127.0.0.1", servers.free_port())
    broker.start()
    asyncio.run_coroutine_threadsafe(_end(broker), broker._loop).result(WAIT_S)
    with pytest.raises(OSError, match="ended by itself"):
        broker.watch(threading.Event())


async def _end(broker: EmbeddedBroker) -> None:
    broker._stopping.set()
