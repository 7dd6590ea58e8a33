"""What a Sparkplug host application concludes from what it hears (Sparkplug 3.0.0, chapters 5 and 6). No I/O, no clock.

`feed` it every message and `tick` it several times a second. It never guesses: a value that it cannot name and type
for certain becomes no Data but a RebirthWanted, also right after a restart, when it knows no edge node at all.
"""

from collections.abc import Sequence

from contract.sparkplug import commands
from contract.sparkplug.edge_session import BD_SEQ
from contract.sparkplug.facts import (
    Cause,
    Data,
    DeviceOffline,
    DeviceOnline,
    Fact,
    NodeOffline,
    NodeOnline,
    RebirthWanted,
    StateBirthDue,
)
from contract.sparkplug.node_book import Held, NodeBook, UnknownMetric, digest
from contract.sparkplug.payload import MalformedPayload, MetricValue, Payload, Untyped, decode
from contract.sparkplug.topics import (
    NAMESPACE,
    MalformedTopic,
    Publish,
    Topic,
    Verb,
    decode_state,
    state_host,
    state_topic,
)

__all__ = [
    "Cause",
    "Data",
    "DeviceOffline",
    "DeviceOnline",
    "Fact",
    "HostSession",
    "LimitReached",
    "NodeOffline",
    "NodeOnline",
    "Publish",
    "RebirthWanted",
    "StateBirthDue",
]

_MAX_HELD_BYTES = 16 << 20
_Key = tuple[str, str]


class LimitReached(MalformedTopic):
    """More edge nodes or devices than this host application agreed to remember."""


class HostSession:
    """The session of one host application with all edge nodes. Times are milliseconds of whatever clock."""

    def __init__(
        self,
        host_id: str,
        *,
        reorder_timeout_ms: int = 2_000,
        hold_limit: int = 32,
        rebirth_every_ms: int = 5_000,
        max_nodes: int = 10_000,
        max_devices: int = 1_000,
    ) -> None:
        self._host_id = host_id
        self._state_topic = state_topic(host_id)
        self._reorder_timeout_ms = reorder_timeout_ms
        self._hold_limit = hold_limit
        self._rebirth_every_ms = rebirth_every_ms
        self._max_nodes = max_nodes
        self._max_devices = max_devices
        self._nodes: dict[_Key, NodeBook] = {}
        self._asked_ms: dict[_Key, int] = {}  # when a rebirth was last wanted, also of nodes we do not know
        self._waiting: set[_Key] = set()  # nodes that `tick` must look at
        self._held_bytes = 0
        self._state_ms = 0
        self._newest_state_ms = -1

    @property
    def subscriptions(self) -> tuple[tuple[str, int], ...]:
        """(topic filter, QoS), to be granted before `state_birth` is published."""
        return ((self._state_topic, 1), (f"{NAMESPACE}/#", 1))

    def will(self, now_ms: int) -> Publish:
        """The STATE death to hand to the broker; `state_birth` of this connection repeats its time."""
        self._state_ms = max(now_ms, self._newest_state_ms + 1)
        return commands.state_death(self._host_id, self._state_ms)

    def state_birth(self) -> Publish:
        """We are on line: after the subscriptions, and whenever StateBirthDue asks for it."""
        return commands.state_birth(self._host_id, self._state_ms)

    def state_death(self, now_ms: int) -> Publish:
        """The last message before a clean disconnect."""
        return commands.state_death(self._host_id, max(now_ms, self._state_ms))

    def disconnected(self) -> list[Fact]:
        """The broker is gone: nothing is certain any more. The next DATA of each node asks for its rebirth."""
        facts: list[Fact] = []
        for key in list(self._nodes):
            facts += self._end(key, None, Cause.HOST)
        return facts

    def feed(self, topic: str, payload: bytes, now_ms: int) -> list[Fact]:
        """MalformedTopic, MalformedPayload: for the dead-letter box; what we know has not changed then."""
        host = state_host(topic)
        if host is not None:
            return self._on_state(payload) if host == self._host_id else []
        place = Topic.parse(topic)
        if place.verb in (Verb.NCMD, Verb.DCMD):
            return []
        message = decode(payload)
        if place.verb == Verb.NBIRTH:
            return self._on_node_birth(place, message, payload, now_ms)
        if place.verb == Verb.NDEATH:
            return self._on_node_death(place, message)
        return self._on_sequenced(place, message, payload, now_ms)

    def tick(self, now_ms: int) -> list[Fact]:
        """What the passing of time alone tells."""
        facts: list[Fact] = []
        for key in list(self._waiting):
            node = self._nodes[key]
            if node.held and _elapsed(node.gap_since_ms, now_ms, self._reorder_timeout_ms):
                facts += self._lose_order(key, node, now_ms)
            if node.unconfirmed and _elapsed(node.unconfirmed_since_ms, now_ms, self._rebirth_every_ms):
                facts += [DeviceOffline(*key, device, None, Cause.NOT_REBORN) for device in node.unconfirmed]
                node.unconfirmed.clear()
            if not node.held and not node.unconfirmed:
                self._waiting.discard(key)
        return facts

    def _on_state(self, payload: bytes) -> list[Fact]:
        state = decode_state(payload)
        self._newest_state_ms = max(self._newest_state_ms, state.timestamp_ms)
        ahead = state.timestamp_ms > self._state_ms
        return [StateBirthDue(reconnect=ahead)] if ahead or not state.online else []

    def _on_node_birth(self, place: Topic, message: Payload, payload: bytes, now_ms: int) -> list[Fact]:
        key = (place.group, place.node)
        seq = _seq(place, message)
        before = self._nodes.get(key)
        if before is None and len(self._nodes) >= self._max_nodes:
            raise LimitReached(f"{place}: {self._max_nodes} edge nodes are on line already")
        if before is not None and before.trusted and (seq, digest(payload)) in before.recent:
            return []
        node = NodeBook(_bd_seq(message), next_seq=seq, unconfirmed_since_ms=now_ms)
        node.learn(None, message.metrics)
        node.advance(payload)
        facts: list[Fact] = []
        if before is not None:
            same_life = before.bd_seq == node.bd_seq
            if same_life:
                node.unconfirmed = dict.fromkeys(before.devices)
                self._held_bytes -= before.drop_held()
            else:
                facts += self._end(key, message.timestamp_ms, Cause.NODE)[:-1]  # the node itself is back
        self._nodes[key] = node
        if node.unconfirmed:
            self._waiting.add(key)
        return [*facts, NodeOnline(*key, node.bd_seq, message.timestamp_ms, message.metrics)]

    def _on_node_death(self, place: Topic, message: Payload) -> list[Fact]:
        key = (place.group, place.node)
        node = self._nodes.get(key)
        if node is None or node.bd_seq != _bd_seq(message):
            return []  # the will of an earlier connection, or a repeat
        return self._end(key, message.timestamp_ms, Cause.DEATH)

    def _end(self, key: _Key, timestamp_ms: int | None, cause: Cause) -> list[Fact]:
        node = self._nodes.pop(key)
        self._waiting.discard(key)
        self._held_bytes -= node.drop_held()
        of_device = cause if cause == Cause.HOST else Cause.NODE
        devices = [DeviceOffline(*key, device, timestamp_ms, of_device) for device in node.devices]
        return [*devices, NodeOffline(*key, timestamp_ms, cause)]

    def _on_sequenced(self, place: Topic, message: Payload, payload: bytes, now_ms: int) -> list[Fact]:
        key = (place.group, place.node)
        seq = _seq(place, message)
        node = self._nodes.get(key)
        if node is None:
            return self._want_rebirth(key, f"{place.verb} before any NBIRTH", now_ms)
        if not node.trusted:
            return self._want_rebirth(key, "messages are missing since the last NBIRTH", now_ms)
        if seq == node.next_seq:
            facts = self._apply(node, place, message, now_ms)
            node.advance(payload)
            return facts + self._release(key, node, now_ms)
        if node.has_seen(seq, payload):
            return []
        if node.contradicts(seq):
            return self._lose_order(key, node, now_ms, f"message {seq} came twice with different contents")
        return self._hold(key, node, seq, Held(place, payload), now_ms)

    def _apply(self, node: NodeBook, place: Topic, message: Payload, now_ms: int) -> list[Fact]:
        group, device = (place.group, place.node), place.device
        if place.verb == Verb.DBIRTH and device is not None:
            if device not in node.devices and len(node.devices) >= self._max_devices:
                raise LimitReached(f"{place}: the edge node has {self._max_devices} devices already")
            node.learn(device, message.metrics)
            return [DeviceOnline(*group, device, message.timestamp_ms, message.metrics)]
        if place.verb == Verb.DDEATH and device is not None:
            known = node.forget_device(device)
            return [DeviceOffline(*group, device, message.timestamp_ms, Cause.DEATH)] if known else []
        try:
            return [Data(*group, device, message.timestamp_ms, node.read(device, message))]
        except UnknownMetric as unknown:
            return self._want_rebirth(group, str(unknown), now_ms)

    def _hold(self, key: _Key, node: NodeBook, seq: int, held: Held, now_ms: int) -> list[Fact]:
        size = len(held.payload)
        full = len(node.held) >= self._hold_limit or self._held_bytes + size > _MAX_HELD_BYTES
        if full or seq in node.held:
            return self._lose_order(key, node, now_ms)
        if not node.held:
            node.gap_since_ms = now_ms
            self._waiting.add(key)
        node.held[seq] = held
        self._held_bytes += size
        return []

    def _release(self, key: _Key, node: NodeBook, now_ms: int) -> list[Fact]:
        facts: list[Fact] = []
        while node.next_seq in node.held:
            held = node.held.pop(node.next_seq)
            self._held_bytes -= len(held.payload)
            node.gap_since_ms = now_ms
            try:
                facts += self._apply(node, held.topic, decode(held.payload), now_ms)
            except (MalformedPayload, MalformedTopic) as error:  # it was fit to decode, but not to its birth
                return facts + self._lose_order(key, node, now_ms, str(error))
            node.advance(held.payload)
        return facts

    def _lose_order(self, key: _Key, node: NodeBook, now_ms: int, why: str | None = None) -> list[Fact]:
        node.trusted = False
        self._held_bytes -= node.drop_held()
        return self._want_rebirth(key, why or f"message {node.next_seq} is missing", now_ms)

    def _want_rebirth(self, key: _Key, reason: str, now_ms: int) -> list[Fact]:
        asked_ms = self._asked_ms.get(key)
        if asked_ms is not None and not _elapsed(asked_ms, now_ms, self._rebirth_every_ms):
            return []
        self._asked_ms.pop(key, None)  # so that the dict stays ordered by time
        if len(self._asked_ms) >= self._max_nodes:
            del self._asked_ms[next(iter(self._asked_ms))]
        self._asked_ms[key] = now_ms
        return [RebirthWanted(*key, reason)]

    @staticmethod
    def rebirth_command(group: str, node: str, now_ms: int) -> Publish:
        """The answer to RebirthWanted."""
        return commands.rebirth_command(group, node, now_ms)

    @staticmethod
    def node_command(group: str, node: str, metrics: Sequence[MetricValue], now_ms: int) -> Publish:
        """NCMD with any `Node Control/` metrics."""
        return commands.node_command(group, node, metrics, now_ms)


def _elapsed(since_ms: int, now_ms: int, timeout_ms: int) -> bool:
    """Also true when the clock was set back, so that nothing waits for years."""
    return not 0 <= now_ms - since_ms < timeout_ms


def _seq(place: Topic, message: Payload) -> int:
    if message.seq is None:
        raise MalformedPayload(f"{place.verb} has no sequence number")
    return message.seq


def _bd_seq(message: Payload) -> int | None:
    metric = message.metric(BD_SEQ)
    value = metric.value if metric is not None else None
    if isinstance(value, Untyped):  # a death may leave the data type out
        value = value.value
    return value if isinstance(value, int) and not isinstance(value, bool) else None
