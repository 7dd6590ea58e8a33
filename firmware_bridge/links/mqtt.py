"""`mqtt://user:password@host:port/topic/filter`: the messages of a broker, such as those of a radio network server.

One read returns one message, as `<topic> <length>` LF `<payload>`, where length counts the payload's bytes. It is
subscribed with QoS 1 in a session that the broker keeps, so that what is published while we are away is not lost.
A message is acknowledged `HELD_S` after it was read, or when the link is closed in good order: if this program dies
before it could store what it read, the broker sends it again.
"""

import contextlib
import hashlib
import queue
import re
import socket
import threading
import time
from collections import deque
from typing import NamedTuple
from urllib.parse import unquote

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from firmware_bridge.links.link import BadLink, Link, LinkLost, LinkUnavailable
from firmware_bridge.links.tcp import host_and_port
from firmware_bridge.session import Line

EXAMPLE = "mqtt://127.0.0.1:1883/application/+/device/+/event/up"
WAITING_MAX = 1000
HELD_S = 0.5  # storing takes a tenth of it
_ANSWER_S = 4.0  # for each of: TCP, CONNACK, SUBACK
_CLOSE_S = 2.0
_KEEPALIVE_S = 20

_LEVEL = r"(?:\+|[^+#/\0]*)"
_FILTER = re.compile(rf"(?!$)(?:{_LEVEL}/)*(?:#|{_LEVEL})")
_UNWRITABLE = re.compile(r"[\0-\x20\x7f]")  # in a topic; they would end our header


class _Place(NamedTuple):
    host: str
    port: int
    user: str
    password: str
    topics: str

    @property
    def client_id(self) -> str:
        """The same after every start: it names our session at the broker. A new password does not change it."""
        told = f"{self.user}@{self.host}:{self.port}/{self.topics}"
        return f"onetrip-{hashlib.sha256(told.encode()).hexdigest()[:14]}"  # 23 characters may be the limit


def check(place: str) -> None:
    _parse(place)


def open_link(place: str, line: Line) -> Link:  # noqa: ARG001 - a broker has no line settings
    return MqttLink(_parse(place))


class MqttLink:
    """paho's thread fills a queue; a reader that falls behind by `WAITING_MAX` messages loses the link."""

    def __init__(self, place: _Place) -> None:
        """Raises LinkUnavailable."""
        self._name = f"{place.host}:{place.port}/{place.topics}"
        self._arrived: queue.Queue[mqtt.MQTTMessage] = queue.Queue(WAITING_MAX)
        self._held: deque[tuple[float, mqtt.MQTTMessage]] = deque()  # read, to be acknowledged when it is time
        self._news: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ended = threading.Event()
        self._why_lost = ""
        self._open = True
        self._client = self._make_client(place)
        try:
            self._client.connect(place.host, place.port, keepalive=_KEEPALIVE_S)
            self._client.loop_start()
            self._await("connected")
            self._client.subscribe(place.topics, qos=1)
            self._await("subscribed")
        except (OSError, UnicodeError) as error:
            self.close()
            raise LinkUnavailable(
                f"Cannot subscribe to {self._name}: {error}. Check the broker's address and port, that it runs, "
                "and that it lets this user in and read these topics"
            ) from error

    def read(self, timeout_s: float) -> bytes:
        if not self._open:
            raise LinkLost(f"{self._name} is closed")
        self._acknowledge(time.monotonic() - HELD_S)
        wait_s = 0.0 if self._why_lost else max(0.0, timeout_s)
        try:
            message = self._arrived.get(timeout=wait_s)
        except queue.Empty:
            if self._why_lost:
                raise LinkLost(f"{self._name} was lost: {self._why_lost}") from None
            return b""
        self._held.append((time.monotonic(), message))
        return _as_chunk(message)

    def write(self, data: bytes) -> None:
        """Nothing is published: what a device's session answers, such as a confirmation, has nowhere to go."""

    def close(self) -> None:
        if not self._open:
            return
        self._open = False
        self._acknowledge(time.monotonic())
        line = self._client.socket()
        self._client.disconnect()
        if isinstance(line, socket.socket) and not self._ended.wait(_CLOSE_S):
            with contextlib.suppress(OSError):  # a broker that hangs must not make us hang
                line.shutdown(socket.SHUT_RDWR)
        self._client.loop_stop()

    def _make_client(self, place: _Place) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            place.client_id,
            clean_session=False,
            reconnect_on_failure=False,
            manual_ack=True,
        )
        if place.user:
            client.username_pw_set(place.user, place.password or None)
        client.connect_timeout = _ANSWER_S
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_subscribe, client.on_message = self._on_subscribe, self._on_message
        return client

    def _await(self, wanted: str) -> None:
        try:
            told = self._news.get(timeout=_ANSWER_S)
        except queue.Empty:
            told = "no answer in time"
        if told != wanted:
            raise ConnectionError(told)

    def _acknowledge(self, read_until: float) -> None:
        while self._held and self._held[0][0] <= read_until:
            _, message = self._held.popleft()
            self._client.ack(message.mid, message.qos)

    def _on_connect(
        self, _client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        self._news.put(f"refused: {reason}" if reason.is_failure else "connected")

    def _on_subscribe(
        self, _client: mqtt.Client, _data: object, _mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        refused = [str(reason) for reason in reasons if reason.is_failure]
        self._news.put(f"subscription refused: {', '.join(refused)}" if refused else "subscribed")

    def _on_disconnect(
        self, _client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        self._why_lost = self._why_lost or str(reason)
        self._news.put(self._why_lost)
        self._ended.set()

    def _on_message(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        try:
            self._arrived.put_nowait(message)
        except queue.Full:  # not acknowledged: the broker keeps it for the next opening
            self._why_lost = f"{WAITING_MAX} messages wait to be read"
            client.disconnect()


def _as_chunk(message: mqtt.MQTTMessage) -> bytes:
    try:
        topic = _UNWRITABLE.sub("\ufffd", message.topic)
    except UnicodeDecodeError:  # no broker may pass it on
        topic = "\ufffd"
    return b"%s %d\n%s" % (topic.encode(), len(message.payload), message.payload)


def _parse(place: str) -> _Place:
    authority, slash, topics = place.partition("/")
    login, _, address = authority.rpartition("@")
    user, _, password = login.partition(":")
    host, port = host_and_port(address)
    if not slash or len(topics.encode()) > 65535 or not _FILTER.fullmatch(topics):
        raise BadLink("a topic filter is needed after the port, where + and # stand for whole levels")
    return _Place(host, port, unquote(user), unquote(password), topics)
