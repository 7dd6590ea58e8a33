"""What a Sparkplug edge node must say, and in which order (Sparkplug 3.0.0, chapters 5 and 6). No I/O, no clock.

One object lives as long as the program. For every connection: `will` (before CONNECT), subscribe to `subscriptions`,
feed STATE messages to `on_state`, `birth` when it says so, then data; `disconnected` when the connection is gone.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from contract.sparkplug.datatypes import DataType
from contract.sparkplug.payload import MetricValue, Payload, encode, typed, untyped
from contract.sparkplug.topics import Publish, Topic, Verb, state_topic

__all__ = ["BD_SEQ", "REBIRTH", "EdgeSession", "HostOffline", "NotBorn", "Publish"]

BD_SEQ = "bdSeq"
REBIRTH = "Node Control/Rebirth"
_CONTROL = "Node Control/"
_MODULUS = 256  # of seq and bdSeq


class NotBorn(LookupError):
    """No birth certificate on this connection introduced that node, device or metric."""


class HostOffline(RuntimeError):
    """The primary host application has not said that it is online."""


@dataclass(frozen=True, slots=True)
class _Born:
    alias: int | None
    datatype: DataType


class EdgeSession:
    """The session of one edge node with one primary host application."""

    def __init__(self, group: str, node: str, host_id: str) -> None:
        self._group = group
        self._node = node
        self._state_topic = state_topic(host_id)
        self._topic(Verb.NBIRTH)  # a bad id is a mistake of the configuration: say so at once
        self._bd_seq = 0
        self._seq = 0
        self._host_online = False
        self._last_state_ms = -1
        self._aliases: dict[tuple[str | None, str], int] = {}
        self._born: dict[str | None, dict[str, _Born]] = {}  # the device, None for the node -> its metrics

    @property
    def subscriptions(self) -> tuple[tuple[str, int], ...]:
        """(topic filter, QoS), to be granted before the first birth."""
        commands = self._topic(Verb.NCMD)
        return (
            (commands, 1),
            (f"{commands.replace('/NCMD/', '/DCMD/')}/#", 1),
            (self._state_topic, 1),
        )

    @property
    def host_online(self) -> bool:
        """What the newest STATE said; an older one that arrives late changes nothing."""
        return self._host_online

    @property
    def can_publish(self) -> bool:
        """True when the births are out and data may follow."""
        return self._host_online and None in self._born

    @property
    def born_devices(self) -> tuple[str, ...]:
        return tuple(device for device in self._born if device is not None)

    def will(self, bd_seq: int, now_ms: int) -> Publish:
        """The NDEATH to hand to the broker; starts a new connection. `bd_seq` is one more for every CONNECT."""
        self.disconnected()
        self._bd_seq = bd_seq % _MODULUS
        return self._death(now_ms)

    def disconnected(self) -> None:
        """Forget what this connection stated; aliases and the host's last timestamp stay."""
        self._born.clear()
        self._host_online = False

    def on_state(self, online: bool, timestamp_ms: int) -> bool:  # noqa: FBT001 - the two fields of STATE, in its order
        """STATE of our own primary host application arrived; True when the births are now due.

        When `host_online` is False afterwards on a born session: publish `death`, disconnect, try the next server.
        """
        if timestamp_ms < self._last_state_ms:
            return False
        self._last_state_ms = timestamp_ms
        self._host_online = online
        return online and not self.can_publish

    def birth(
        self, node_metrics: Sequence[MetricValue], devices: Mapping[str, Sequence[MetricValue]], now_ms: int
    ) -> list[Publish]:
        """NBIRTH and the DBIRTH of every device present; also the answer to a rebirth request.

        bdSeq and Node Control/Rebirth are added here.
        """
        if not self._host_online:
            raise HostOffline(f"{self._state_topic} is not online")
        given = [metric for metric in node_metrics if metric.name not in (BD_SEQ, REBIRTH)]
        control = [self._bd_seq_metric(now_ms), MetricValue(REBIRTH, False, DataType.BOOLEAN, now_ms)]
        before = self._born, self._seq
        self._born, self._seq = {}, 0
        try:
            node = self._certificate(Verb.NBIRTH, None, [*control, *given], now_ms)
            return [node, *(self.device_birth(device, metrics, now_ms) for device, metrics in devices.items())]
        except ValueError:
            self._born, self._seq = before
            raise

    def device_birth(self, device: str, metrics: Sequence[MetricValue], now_ms: int) -> Publish:
        """A device came, or reports metrics it did not have before."""
        self._require(None)
        return self._certificate(Verb.DBIRTH, device, metrics, now_ms)

    def device_death(self, device: str, now_ms: int) -> Publish:
        """A device is lost."""
        self._require(device)
        publish = self._sequenced(Verb.DDEATH, device, (), now_ms)
        del self._born[device]
        return publish

    def node_data(self, metrics: Sequence[MetricValue], now_ms: int) -> Publish:
        """Named metrics in, aliases out. NotBorn when the birth did not introduce one of them."""
        return self._data(Verb.NDATA, None, metrics, now_ms)

    def device_data(self, device: str, metrics: Sequence[MetricValue], now_ms: int) -> Publish:
        """As `node_data`, for a device."""
        return self._data(Verb.DDATA, device, metrics, now_ms)

    def death(self, now_ms: int) -> Publish:
        """The NDEATH of a clean stop: publish it, then disconnect. No data after it."""
        publish = self._death(now_ms)
        self._born.clear()
        return publish

    def command(self, payload: Payload, device: str | None = None) -> tuple[MetricValue, ...]:
        """The metrics of an NCMD (or a DCMD for `device`) with their names, typed as they were born.

        A metric that no birth introduced is left out; MalformedPayload when a value does not fit.
        """
        born = self._born.get(device, {})
        names = {metric.alias: name for name, metric in born.items()}
        named = ((metric.name or names.get(metric.alias, ""), metric) for metric in payload.metrics)
        return tuple(typed(metric, name, born[name].datatype) for name, metric in named if name in born)

    @staticmethod
    def wants_rebirth(command: Iterable[MetricValue]) -> bool:
        """True when the command asks for new birth certificates."""
        return any(metric.name == REBIRTH and metric.value is True for metric in command)

    def _certificate(self, verb: Verb, device: str | None, metrics: Sequence[MetricValue], now_ms: int) -> Publish:
        stated: dict[str, _Born] = {}
        full = []
        for metric in metrics:
            if metric.name is None or metric.datatype is None:
                raise ValueError(f"a birth metric needs a name and a data type: {metric}")
            if metric.name in stated:
                raise ValueError(f"metric {metric.name!r} stands twice in a birth")
            stated[metric.name] = _Born(self._alias(device, metric.name), metric.datatype)
            full.append(_stamped(replace(metric, alias=stated[metric.name].alias), now_ms))
        publish = self._sequenced(verb, device, full, now_ms)
        self._born[device] = stated
        return publish

    def _alias(self, device: str | None, name: str) -> int | None:
        # Node Control/Rebirth MUST have none; the other controls are addressed by name for the same reason:
        # a host must reach them without having seen the birth, and never hit another metric by an outdated alias
        if device is None and name.startswith(_CONTROL):
            return None
        return self._aliases.setdefault((device, name), len(self._aliases) + 1)

    def _data(self, verb: Verb, device: str | None, metrics: Sequence[MetricValue], now_ms: int) -> Publish:
        born = self._require(device)
        short = []
        for metric in metrics:
            if metric.name not in born:
                raise NotBorn(f"metric {metric.name!r} of {device or self._node} is in no birth")
            known = born[metric.name]
            if metric.datatype not in (None, known.datatype):
                raise ValueError(f"metric {metric.name!r} was born as {known.datatype.name}")
            name = metric.name if known.alias is None else None
            short.append(_stamped(untyped(replace(metric, name=name, alias=known.alias), known.datatype), now_ms))
        return self._sequenced(verb, device, short, now_ms)

    def _require(self, device: str | None) -> dict[str, _Born]:
        if not self.can_publish:
            raise NotBorn(f"edge node {self._node} is not born on this connection")
        if device not in self._born:
            raise NotBorn(f"device {device} is not born")
        return self._born[device]

    def _sequenced(self, verb: Verb, device: str | None, metrics: Sequence[MetricValue], now_ms: int) -> Publish:
        topic = self._topic(verb, device)
        data = encode(Payload(tuple(metrics), now_ms, self._seq))
        self._seq = (self._seq + 1) % _MODULUS  # only now: what could not be encoded was never sent
        return Publish(topic, data, qos=0, retain=False)

    def _death(self, now_ms: int) -> Publish:
        data = encode(Payload((self._bd_seq_metric(now_ms),), now_ms, seq=None))
        return Publish(self._topic(Verb.NDEATH), data, qos=1, retain=False)

    def _bd_seq_metric(self, now_ms: int) -> MetricValue:
        return MetricValue(BD_SEQ, self._bd_seq, DataType.INT64, now_ms)

    def _topic(self, verb: Verb, device: str | None = None) -> str:
        return str(Topic(self._group, verb, self._node, device))


def _stamped(metric: MetricValue, now_ms: int) -> MetricValue:
    return metric if metric.timestamp_ms is not None else replace(metric, timestamp_ms=now_ms)
