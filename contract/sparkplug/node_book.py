"""What a host application remembers of one edge node on line: its certificates and its place in the sequence."""

from collections import deque
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from hashlib import blake2b

from contract.sparkplug.datatypes import DataType
from contract.sparkplug.payload import MalformedPayload, MetricValue, Payload, typed
from contract.sparkplug.topics import Topic

_MODULUS = 256
_RECENT = 32
_MAX_DEFINITIONS = 50_000


class UnknownMetric(LookupError):
    """No certificate we hold introduced the metric: only a rebirth can tell what it is."""


@dataclass(frozen=True, slots=True)
class Held:
    """A message that came before the one in front of it."""

    topic: Topic
    payload: bytes


@dataclass(slots=True)
class NodeBook:
    bd_seq: int | None
    next_seq: int
    trusted: bool = True  # False once a message is missing: its aliases may mean something else by now
    born: dict[str | None, dict[str, DataType]] = field(default_factory=dict)  # the device, None for the node
    aliases: dict[int, tuple[str | None, str]] = field(default_factory=dict)
    unconfirmed: dict[str, None] = field(default_factory=dict)  # devices that a rebirth has not named yet
    unconfirmed_since_ms: int = 0
    held: dict[int, Held] = field(default_factory=dict)
    gap_since_ms: int = 0
    recent: deque[tuple[int, bytes]] = field(default_factory=lambda: deque(maxlen=_RECENT))

    @property
    def devices(self) -> tuple[str, ...]:
        """The devices that count as on line."""
        return tuple(dict.fromkeys((*(d for d in self.born if d is not None), *self.unconfirmed)))

    def learn(self, device: str | None, metrics: Sequence[MetricValue]) -> None:
        """Take in a birth certificate; MalformedPayload (and nothing learnt) when it contradicts itself."""
        names: dict[str, DataType] = {}
        aliases: dict[int, tuple[str | None, str]] = {}
        for metric in metrics:
            name, datatype = metric.name, metric.datatype
            if name is None or datatype is None:
                raise MalformedPayload(f"birth metric {name or metric.alias!r} lacks its name or its data type")
            if name in names:
                raise MalformedPayload(f"metric {name!r} stands twice in a birth")
            names[name] = datatype
            if metric.alias is None:
                continue
            if metric.alias in aliases or self.aliases.get(metric.alias, (device, ""))[0] != device:
                raise MalformedPayload(f"alias {metric.alias} stands for two metrics")
            aliases[metric.alias] = (device, name)
        others = sum(len(known) for owner, known in self.born.items() if owner != device)
        if others + len(names) > _MAX_DEFINITIONS:
            raise MalformedPayload(f"the edge node defines more than {_MAX_DEFINITIONS} metrics")
        self.aliases = {a: owner for a, owner in self.aliases.items() if owner[0] != device} | aliases
        self.born[device] = names
        if device is not None:
            self.unconfirmed.pop(device, None)

    def forget_device(self, device: str) -> bool:
        """True when the device was on line."""
        known = device in self.devices
        self.born.pop(device, None)
        self.unconfirmed.pop(device, None)
        self.aliases = {a: owner for a, owner in self.aliases.items() if owner[0] != device}
        return known

    def read(self, device: str | None, payload: Payload) -> tuple[MetricValue, ...]:
        """The metrics of a DATA message with names, data types and times; UnknownMetric, MalformedPayload."""
        if device not in self.born:
            raise UnknownMetric(f"device {device!r} has no birth certificate")
        return tuple(self._read(device, metric, payload.timestamp_ms) for metric in payload.metrics)

    def _read(self, device: str | None, metric: MetricValue, sent_ms: int | None) -> MetricValue:
        name = metric.name
        if metric.alias is not None:
            owner, name = self.aliases.get(metric.alias, (None, None))
            if name is None or owner != device or metric.name not in (None, name):
                raise UnknownMetric(f"alias {metric.alias} of {device or 'the node'} is in no birth certificate")
        if name is None or name not in self.born[device]:
            raise UnknownMetric(f"metric {name!r} of {device or 'the node'} is in no birth certificate")
        known = typed(metric, name, self.born[device][name])
        return known if known.timestamp_ms is not None else replace(known, timestamp_ms=sent_ms)

    def advance(self, payload: bytes) -> None:
        """The message with `next_seq` has been taken in."""
        self.recent.append((self.next_seq, digest(payload)))
        self.next_seq = (self.next_seq + 1) % _MODULUS

    def has_seen(self, seq: int, payload: bytes) -> bool:
        """True for a message delivered again. Sequence numbers return after 256, so the bytes decide."""
        held = self.held.get(seq)
        return (held is not None and held.payload == payload) or (seq, digest(payload)) in self.recent

    def contradicts(self, seq: int) -> bool:
        """True when that number was taken a moment ago by another message: the node began a life we did not see."""
        return any(seq == taken for taken, _ in self.recent)

    def drop_held(self) -> int:
        """Give up on the messages held; how many bytes they were."""
        size = held_bytes(self.held.values())
        self.held.clear()
        return size


def digest(payload: bytes) -> bytes:
    return blake2b(payload, digest_size=8).digest()


def held_bytes(held: Iterable[Held]) -> int:
    return sum(len(message.payload) for message in held)
