"""The ingest's two MQTT sessions, on paho.

The Sparkplug host session must be clean (tck-id-message-flow-phid-sparkplug-clean-session-311), so the events, which
the broker should keep while we are away, come over a persistent session of their own with manual acknowledgement.
"""

import logging
import queue
import threading
from collections.abc import Callable
from urllib.parse import urlsplit

import paho.mqtt.client as mqtt
from paho.mqtt.enums import CallbackAPIVersion
from paho.mqtt.reasoncodes import ReasonCode

from cloud.ports import CONNECTION_LOST, Message
from contract.events.topics import PREFIX
from contract.sparkplug.commands import state_birth, state_death
from contract.sparkplug.payload import MalformedPayload
from contract.sparkplug.topics import NAMESPACE, Publish, State, decode_state, state_topic

_KEEPALIVE_S = 20
_PUT_S = 0.5
_RETRY_S = (0.2, 0.5, 1, 2, 5)
log = logging.getLogger(__name__)

Inbox = queue.Queue[Message]


class _Connection:
    """One client that connects again by itself until stopped. Subclasses say what to subscribe to."""

    def __init__(self, url: str, client_id: str, inbox: Inbox, clock: Callable[[], int], *, clean: bool) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 1883
        self._inbox, self._clock = inbox, clock
        self._stopping, self._lost = threading.Event(), threading.Event()
        self._client = mqtt.Client(
            CallbackAPIVersion.VERSION2, client_id, clean_session=clean, manual_ack=True, reconnect_on_failure=False
        )
        if parts.username:
            self._client.username_pw_set(parts.username, parts.password)
        self._client.on_connect, self._client.on_disconnect = self._on_connect, self._on_disconnect
        self._client.on_message = self._on_message
        self._thread = threading.Thread(target=self._keep_connected, name=client_id, daemon=True)
        self.connected = False

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._lost.set()
        self._thread.join(timeout=10)

    def publish(self, message: Publish) -> None:
        """Nothing is kept when the connection is gone: what we say is repeated by whoever needs it."""
        if self.connected:
            self._client.publish(message.topic, message.payload, message.qos, message.retain)

    def _keep_connected(self) -> None:
        failures = 0
        while not self._stopping.is_set():
            self._lost.clear()
            try:
                self._before_connect()
                self._client.connect(self._host, self._port, keepalive=_KEEPALIVE_S)
                self._client.loop_start()
                self._lost.wait()
                failures = 0
            except OSError as error:
                if failures == 0:
                    log.warning("broker %s:%s: %s; trying again", self._host, self._port, error)
                failures += 1
            if self._stopping.is_set():
                self._before_disconnect()
            self._client.disconnect()
            self._client.loop_stop()
            self._stopping.wait(_RETRY_S[min(failures, len(_RETRY_S) - 1)])

    def _before_connect(self) -> None:
        pass

    def _before_disconnect(self) -> None:
        pass

    def _subscribe(self) -> None:
        raise NotImplementedError

    def _on_connect(
        self, _client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            log.error("broker %s:%s refused us: %s", self._host, self._port, reason)
            self._lost.set()
            return
        self.connected = True
        self._subscribe()

    def _on_disconnect(
        self, _client: mqtt.Client, _data: object, _flags: object, _reason: ReasonCode, _properties: object
    ) -> None:
        self.connected = False
        self._lost.set()

    def _on_message(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        """A full inbox stops this thread and so the reading of the socket: the broker keeps the rest, not our memory."""
        mid, qos = message.mid, message.qos
        done = (lambda: self._puback(client, mid, qos)) if qos else None
        self._put(Message(message.topic, bytes(message.payload), self._clock(), done))

    def _put(self, item: Message) -> None:
        while not self._stopping.is_set():
            try:
                self._inbox.put(item, timeout=_PUT_S)
            except queue.Full:
                continue
            return

    @staticmethod
    def _puback(client: mqtt.Client, mid: int, qos: int) -> None:
        client.ack(mid, qos)


class EventConnection(_Connection):
    def __init__(self, url: str, client_id: str, inbox: Inbox, clock: Callable[[], int]) -> None:
        super().__init__(url, client_id, inbox, clock, clean=False)

    def _subscribe(self) -> None:
        self._client.subscribe(f"{PREFIX}/#", qos=1)


class HostConnection(_Connection):
    """Subscribes before it says that it is online, with the time of its will (tck-id-host-topic-phid-birth-*)."""

    def __init__(self, url: str, host_id: str, inbox: Inbox, clock: Callable[[], int]) -> None:
        super().__init__(url, f"{host_id}-host", inbox, clock, clean=True)
        self._host_id, self._since_ms, self._newest_ms = host_id, 0, -1
        self._client.on_subscribe = self._on_subscribe

    def announce(self) -> None:
        """Say again that we are online: somebody's retained offline message may stand in the way."""
        self.publish(state_birth(self._host_id, self._since_ms))

    def _before_connect(self) -> None:
        self._since_ms = max(self._clock(), self._newest_ms + 1)  # edge nodes ignore an older STATE than they know
        will = state_death(self._host_id, self._since_ms)
        self._client.will_set(will.topic, will.payload, will.qos, will.retain)

    def _before_disconnect(self) -> None:
        if self.connected:
            death = state_death(self._host_id, self._clock())
            self._client.publish(death.topic, death.payload, death.qos, death.retain).wait_for_publish(2)

    def _subscribe(self) -> None:
        self._client.subscribe([(state_topic(self._host_id), 1), (f"{NAMESPACE}/#", 1)])

    def _on_disconnect(
        self, client: mqtt.Client, data: object, flags: object, reason: ReasonCode, properties: object
    ) -> None:
        super()._on_disconnect(client, data, flags, reason, properties)
        self._put(Message(CONNECTION_LOST, b"", self._clock()))

    def _on_message(self, client: mqtt.Client, data: object, message: mqtt.MQTTMessage) -> None:
        if message.topic != state_topic(self._host_id):
            super()._on_message(client, data, message)
            return
        if message.qos:
            client.ack(message.mid, message.qos)
        state = _state(bytes(message.payload))
        self._newest_ms = max(self._newest_ms, state.timestamp_ms)
        if not state.online and state.timestamp_ms > self._since_ms:
            self._lost.set()  # from a clock ahead of ours: only a new will may have a later time
        elif not state.online:  # tck-id-message-flow-hid-sparkplug-state-message-delivered
            self.announce()

    def _on_subscribe(
        self, _client: mqtt.Client, _data: object, _mid: int, _reasons: list[ReasonCode], _properties: object
    ) -> None:
        self.announce()


def _state(payload: bytes) -> State:
    try:
        return decode_state(payload)
    except MalformedPayload:
        return State(online=False, timestamp_ms=0)
