"""Each server fixture against its real server: what the other tests build on."""

import json
import queue
import socket
import threading
import time
import urllib.parse
import urllib.request
import uuid
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
import pytest
import sqlalchemy
from influxdb_client import InfluxDBClient, Point, WritePrecision
from influxdb_client.client.write_api import SYNCHRONOUS
from paho.mqtt.enums import CallbackAPIVersion, MQTTProtocolVersion

from tests import servers

if TYPE_CHECKING:
    from playwright.sync_api import Browser

WAIT_S = 10


@contextmanager
def mqtt_client(url: str) -> Iterator[tuple[mqtt.Client, "queue.Queue[mqtt.MQTTMessage]"]]:
    """A connected client and the messages it receives."""
    inbox: queue.Queue[mqtt.MQTTMessage] = queue.Queue()
    connected = threading.Event()
    client = mqtt.Client(CallbackAPIVersion.VERSION2, protocol=MQTTProtocolVersion.MQTTv5)
    client.on_connect = lambda *_: connected.set()
    client.on_message = lambda _client, _userdata, message: inbox.put(message)
    place = urlsplit(url)
    client.connect(place.hostname or "", place.port or 0)
    client.loop_start()
    try:
        assert connected.wait(WAIT_S)  # a publish before the broker's answer would be refused by the client
        yield client, inbox
    finally:
        client.disconnect()
        client.loop_stop()


def subscribe(client: mqtt.Client, topic: str) -> None:
    subscribed = threading.Event()
    client.on_subscribe = lambda *_: subscribed.set()
    client.subscribe(topic, qos=1)
    assert subscribed.wait(WAIT_S)


def select(url: str, statement: str) -> list[tuple[object, ...]]:
    engine = sqlalchemy.create_engine(url)
    with engine.begin() as connection:
        result = connection.execute(sqlalchemy.text(statement))
        rows = [tuple(row) for row in result] if result.returns_rows else []
    engine.dispose()
    return rows


def write_temperature(http_url: str, sensor: str, value: float, at_ms: int) -> None:
    point = Point("room").tag("sensor", sensor).field("temperature", value).time(at_ms, WritePrecision.MS)
    with InfluxDBClient(url=http_url, token="any", org="any", enable_gzip=True) as client:
        client.write_api(write_options=SYNCHRONOUS).write("any", "any", point, write_precision=WritePrecision.MS)


def read_temperature(http_url: str, sensor: str, at_ms: int) -> list[float]:
    urllib.request.urlopen(f"{http_url}/internal/force_flush").close()
    # nocache: else an instant query within 30 s of now is answered for 30 s ago (-search.latencyOffset)
    selector = f'room_temperature{{sensor="{sensor}"}}'
    query = urllib.parse.urlencode({"query": selector, "time": at_ms / 1000, "nocache": 1})
    with urllib.request.urlopen(f"{http_url}/api/v1/query?{query}") as response:
        return [float(series["value"][1]) for series in json.load(response)["data"]["result"]]


def test_mosquitto_delivers_qos_1(mosquitto_url: str) -> None:
    topic = f"test/{uuid.uuid4()}"
    with mqtt_client(mosquitto_url) as (client, inbox):
        subscribe(client, topic)
        client.publish(topic, "跑一次", qos=1).wait_for_publish(WAIT_S)
        message = inbox.get(timeout=WAIT_S)
    assert (message.payload.decode(), message.qos) == ("跑一次", 1)


def test_mosquitto_keeps_a_saved_retained_message_through_kill_9(tmp_path: Path) -> None:
    with servers.mosquitto(tmp_path) as broker:
        first_url = broker.url
        with mqtt_client(broker.url) as (client, _):
            client.publish("reference/prices", b"version-7", qos=1, retain=True).wait_for_publish(WAIT_S)
            saved = tmp_path / "mosquitto.db"
            deadline = time.monotonic() + WAIT_S
            while not (saved.exists() and b"version-7" in saved.read_bytes()):
                assert time.monotonic() < deadline, "the broker did not save by itself"
                time.sleep(0.05)
        broker.kill()
        assert not broker.running
        broker.start()
        assert broker.url == first_url
        with mqtt_client(broker.url) as (client, inbox):
            subscribe(client, "reference/prices")
            message = inbox.get(timeout=WAIT_S)
    assert (message.payload, message.retain) == (b"version-7", True)


def test_postgres_answers_sql(postgres_url: str) -> None:
    assert select(postgres_url, "SELECT 1 + 1, '最多跑一次'") == [(2, "最多跑一次")]
    assert select(postgres_url, "SHOW fsync") == [("on",)]


@pytest.mark.parametrize("time_of_day", ["morning", "evening"])
def test_every_test_gets_an_empty_database(postgres_url: str, time_of_day: str) -> None:
    select(postgres_url, "CREATE TABLE visit (id int)")


def test_postgres_keeps_a_committed_row_through_kill_9() -> None:
    with servers.postgres() as server:
        first_url = server.url
        select(server.url, "CREATE TABLE visit AS SELECT 42 AS id")
        server.kill()
        server.start()
        assert server.url == first_url
        assert select(server.url, "SELECT id FROM visit") == [(42,)]


def test_victoria_metrics_reads_back_what_influxdb_client_wrote(victoria_url: str) -> None:
    http_url = victoria_url.removeprefix("influx+")
    sensor, now_ms = f"s-{uuid.uuid4()}", int(time.time() * 1000)
    write_temperature(http_url, sensor, 21.5, now_ms)
    write_temperature(http_url, sensor, 21.5, now_ms)  # a repeat leaves one point
    assert read_temperature(http_url, sensor, now_ms) == [21.5]


def test_victoria_metrics_keeps_its_data_through_a_stop() -> None:
    with servers.victoria_metrics() as store:
        now_ms = int(time.time() * 1000)
        write_temperature(store.http_url, "s-1", 4.0, now_ms)
        store.stop()
        store.start()
        assert read_temperature(store.http_url, "s-1", now_ms) == [4.0]


def test_nothing_listens_after_a_server_is_stopped() -> None:
    with servers.mosquitto() as broker:
        port = broker.port
    assert not broker.folder.exists()
    with pytest.raises(ConnectionRefusedError):
        socket.create_connection(("127.0.0.1", port))


def test_server_that_cannot_start_says_why(tmp_path: Path) -> None:
    broker = servers.Mosquitto(tmp_path)
    with socket.create_server(("127.0.0.1", broker.port)), pytest.raises(servers.ServerFailed, match="already in use"):
        broker.start()


def test_missing_server_names_the_command_that_installs_it() -> None:
    with pytest.raises(servers.ServerMissing, match="make test"):
        servers.binary("no-such-server")


def test_browser_shows_a_page(browser: "Browser") -> None:
    page = browser.new_page()
    page.set_content("<h1>最多跑一次</h1>")
    assert page.get_by_role("heading").inner_text() == "最多跑一次"
    page.close()
