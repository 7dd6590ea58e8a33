"""The ingest's two MQTT sessions, on paho.

The Sparkplug host session must be clean (tck-id-message-flow-phid-sparkplug-clean-session-311), so the events, which
the broker should keep while we are away, come over a persistent session of their own with manual acknowledgement.
"""

import contextlib
import logging
import queue
import threading
from collections.abc import Callable
from functools import partial
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

_OVERHEAD_BYTES = 1000


class Inbox(queue.Queue[Message]):
    """Bounded by what its messages weigh, not by their number: many large ones must not take all memory."""

    def __init__(self, max_bytes: int) -> None:
        super().__init__(max_bytes)
        self._bytes = 0

    def _qsize(self) -> int:
        return self._bytes

    def _put(self, item: Message) -> None:
        super()._put(item)
        self._bytes += _OVERHEAD_BYTES + len(item.payload)

    def _get(self) -> Message:
        item = super()._get()
        self._bytes -= _OVERHEAD_BYTES + len(item.payload)
        return item


class _Connection:
    """Connects again by itself until stopped. Subclasses say what to subscribe to.

    Each connection is a new client: a will belongs to one CONNECT, and a packet's number to one connection, so that a
    PUBACK that comes late must not meet another message.
    """

    def __init__(self, url: str, client_id: str, inbox: Inbox, clock: Callable[[], int], *, clean: bool) -> None:
        parts = urlsplit(url)
        self._host, self._port = parts.hostname or "127.0.0.1", parts.port or 1883
        self._user, self._password = parts.username, parts.password
        self._client_id, self._clean = client_id, clean
        self._inbox, self._clock = inbox, clock
        self._stopping, self._lost = threading.Event(), threading.Event()
        self._thread = threading.Thread(target=self._keep_connected, name=client_id, daemon=True)
        self._client: mqtt.Client
        self._failures = 0
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

    def _new_client(self) -> mqtt.Client:
        client = mqtt.Client(
            CallbackAPIVersion.VERSION2,
            self._client_id,
            clean_session=self._clean,
            manual_ack=True,
            reconnect_on_failure=False,
        )
        if self._user:
            client.username_pw_set(self._user, self._password)
        client.on_connect, client.on_disconnect = self._on_connect, self._on_disconnect
        client.on_message = self._on_message
        return client

    def _keep_connected(self) -> None:
        while not self._stopping.is_set():
            self._lost.clear()
            self._client = client = self._new_client()
            try:
                client.connect(self._host, self._port, keepalive=_KEEPALIVE_S)
                client.loop_start()
                self._lost.wait()
            except (OSError, UnicodeError) as error:
                self._failed(str(error))
            if self._stopping.is_set():
                self._before_disconnect()
            client.disconnect()
            client.loop_stop()
            self._stopping.wait(_RETRY_S[min(self._failures, len(_RETRY_S) - 1)])

    def _failed(self, why: str) -> None:
        if self._failures == 0:
            log.warning("broker %s:%s: %s; trying again", self._host, self._port, why)
        self._failures += 1

    def _before_disconnect(self) -> None:
        pass

    def _subscribe(self) -> None:
        raise NotImplementedError

    def _on_connect(
        self, _client: mqtt.Client, _data: object, _flags: object, reason: ReasonCode, _properties: object
    ) -> None:
        if reason.is_failure:
            self._failed(f"refused us: {reason}")
            self._lost.set()
            return
        self._failures = 0
        self.connected = True
        self._subscribe()

    def _on_disconnect(
        self, _client: mqtt.Client, _data: object, _flags: object, _reason: ReasonCode, _properties: object
    ) -> None:
        self.connected = False
        self._lost.set()

    def _on_message(self, client: mqtt.Client, _data: object, message: mqtt.MQTTMessage) -> None:
        """A full inbox stops this thread and so the reading of the socket: the broker keeps the rest."""
        done = partial(client.ack, message.mid, message.qos) if message.qos else None
        self._put(Message(message.topic, bytes(message.payload), self._clock(), done))

    def _put(self, item: Message) -> None:
        while not self._stopping.is_set():
            try:
                self._inbox.put(item, timeout=_PUT_S)
            except queue.Full:
                continue
            return


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

    def announce(self) -> None:
        """Say again that we are online: somebody's retained offline message may stand in the way."""
        self.publish(state_birth(self._host_id, self._since_ms))

    def _new_client(self) -> mqtt.Client:
        client = super()._new_client()
        client.on_subscribe = self._on_subscribe
        self._since_ms = max(self._clock(), self._newest_ms + 1)  # edge nodes ignore an older STATE than they know
        will = state_death(self._host_id, self._since_ms)
        client.will_set(will.topic, will.payload, will.qos, will.retain)
        return client

    def _before_disconnect(self) -> None:
        if self.connected:
            death = state_death(self._host_id, max(self._clock(), self._since_ms))
            with contextlib.suppress(RuntimeError):  # the connection ended just now: the will says it for us
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
