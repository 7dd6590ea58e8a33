"""The uplink's MQTT connection, on paho. Each `open` is a new client: a will belongs to one CONNECT only."""

import contextlib
import logging
import queue
import socket
import threading
from collections.abc import Sequence
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from contract.sparkplug.topics import Publish
from edge.ports import CloudUnreachable

_CONNECT_S = 4  # for each of: TCP, CONNACK, SUBACK; a stop waits for them
_CLOSE_S = 2
_KEEPALIVE_S = 20
_RECEIVED_MAX = 10_000  # commands are few; beyond this a broker is flooding us
log = logging.getLogger(__name__)


class MqttBroker:
    def __init__(self, url: str, client_id: str) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 1883
        self._user, self._password = parts.username, parts.password
        self._client_id = client_id
        self._client: mqtt.Client | None = None
        self._received: queue.Queue[tuple[str, bytes]] = queue.Queue(_RECEIVED_MAX)
        self._news: queue.Queue[str] = queue.Queue()
        self._ended = threading.Event()
        self._needed = 0  # so many of the subscriptions must be granted, the first ones

    def open(
        self, will: Publish, subscriptions: Sequence[tuple[str, int]], wishes: Sequence[tuple[str, int]] = ()
    ) -> None:
        """Connect and subscribe; a refused wish is only logged. Raises CloudUnreachable."""
        self.close()
        self._received, self._news = queue.Queue(_RECEIVED_MAX), queue.Queue()
        self._ended.clear()
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2, self._client_id, clean_session=True, reconnect_on_failure=False
        )
        if self._user:
            client.username_pw_set(self._user, self._password)
        client.will_set(will.topic, will.payload, will.qos, will.retain)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_subscribe, client.on_message = self._on_subscribe, self._on_message
        client.connect_timeout = _CONNECT_S
        client.max_inflight_messages_set(0)  # the lanes are the window; queued here, NDEATH could miss a clean end
        self._client = client
        try:
            client.connect(self._host, self._port, keepalive=_KEEPALIVE_S)
        except (OSError, UnicodeError) as error:
            raise CloudUnreachable(f"broker {self._host}:{self._port}: {error}") from error
        client.loop_start()
        self._wait_for("connected")
        self._needed = len(subscriptions)
        client.subscribe([*subscriptions, *wishes])
        self._wait_for("subscribed")

    def publish(self, message: Publish) -> None:
        """Hand over to the network thread; proves nothing (see contract.acknowledgement)."""
        if self._client is None or not self._client.is_connected():
            raise CloudUnreachable("the connection to the broker is gone")
        self._client.publish(message.topic, message.payload, message.qos, message.retain)

    def received(self, timeout_s: float) -> list[tuple[str, bytes]]:
        messages = []
        try:
            messages.append(self._received.get(timeout=timeout_s))
            while True:
                messages.append(self._received.get_nowait())
        except queue.Empty:
            pass
        if self._client is None or not self._client.is_connected():
            raise CloudUnreachable("the connection to the broker is gone")
        return messages

    def close(self) -> None:
        client, self._client = self._client, None
        if client is None:
            return
        line = client.socket()
        client.disconnect()
        if isinstance(line, socket.socket) and not self._ended.wait(_CLOSE_S):
            with contextlib.suppress(OSError):  # a broker that hangs must not make us hang
                line.shutdown(socket.SHUT_RDWR)
        client.loop_stop()

    def _wait_for(self, wanted: str) -> None:
        try:
            got = self._news.get(timeout=_CONNECT_S)
        except queue.Empty:
            got = "no answer in time"
        if got != wanted:
            self.close()
            raise CloudUnreachable(f"broker {self._host}:{self._port}: {got}")

    def _on_connect(
        self, _client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        self._news.put("connected" if not reason.is_failure else f"refused: {reason}")

    def _on_subscribe(
        self, _client: mqtt.Client, _data: object, _mid: int, reasons: list[ReasonCode], _properties: object
    ) -> None:
        refused = [str(r) for r in reasons[: self._needed] if r.is_failure]
        if any(r.is_failure for r in reasons[self._needed :]):
            log.warning("broker %s:%s: no reference data: the subscription is refused", self._host, self._port)
        self._news.put(f"subscription refused: {', '.join(refused)}" if refused else "subscribed")

    def _on_disconnect(
        self, _client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        self._news.put(f"disconnected: {reason}")
        self._ended.set()

    def _on_message(self, _client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        with contextlib.suppress(queue.Full):  # what does not fit is repeated: acknowledgements and commands are
            self._received.put_nowait((message.topic, bytes(message.payload)))
