"""A facility as the cloud hears it: its chain of events and its Sparkplug session, made with `contract` alone."""

from collections.abc import Mapping
from typing import Any

from cloud.ports import Message
from contract.events.data import EventData
from contract.events.envelope import Envelope, Link, decode, encode, rfc3339
from contract.events.topics import event_topic
from contract.events.types import AlarmRaised, DrillEnded, DrillStarted, attributes
from contract.events.visits import VisitCheckin
from contract.identifiers.uuid7 import uuid7
from contract.metrics import CATALOGUE
from contract.sparkplug.edge_session import EdgeSession
from contract.sparkplug.payload import MetricValue
from contract.sparkplug.topics import Publish

NOW_MS = 1_790_000_000_000
TOKEN = "ab" * 32
_OF_A_READING = ("Outbox/Offset", "Reading/Drill", "Reading/Device Time")


class Facility:
    """`event`, `born`, `reading`, `dead` give the messages in the order in which a real one would send them."""

    def __init__(self, id: str = "care-1", area: str = "330803", epoch: str = "0a1b2c3d4e5f") -> None:  # noqa: A002
        self.id, self.area = id, area
        self.link = Link(epoch)
        self._count = 0
        self._session = EdgeSession(area, id, "onetrip")
        self._bd_seq = -1
        self._will: Publish | None = None

    @property
    def epoch(self) -> str:
        return self.link.epoch

    def event(self, data: EventData, /, *, at_ms: int = NOW_MS, **changed: Any) -> Message:
        """The next event of the chain; `changed` replaces attributes of the envelope."""
        self._count += 1
        whole: dict[str, Any] = {
            "specversion": "1.0",
            "id": str(uuid7(at_ms, f"{self.id}{self._count}".encode().rjust(10, b"-")[-10:])),
            "source": f"/facilities/{self.id}",
            "time": rfc3339(at_ms),
            "datacontenttype": "application/json",
            "epoch": self.link.epoch,
            "seq": self.link.seq,
            "prevhash": self.link.prevhash,
            "timequality": "good",
            **attributes(data),
            **changed,
        }
        body = encode(whole)
        self.link = self.link.after(body)
        return Message(event_topic(self.id, whole["type"]), body, NOW_MS)

    def born(
        self,
        devices: Mapping[str, Mapping[str, Any]] | None = None,
        *,
        metrics: Mapping[str, Any] | None = None,
        oldest_event: int = 1,
        oldest_reading: int = 1,
        again: bool = False,
    ) -> list[Message]:
        """The births of a new connection (or of the same one, `again`). Devices: their metrics' values by name."""
        if not again:
            self._bd_seq += 1
            self._will = self._session.will(self._bd_seq, NOW_MS)
            self._session.on_state(True, NOW_MS)
        about = {
            "Facility/Name": "样例养老院",
            "Facility/Kind": "care_home",
            "Outbox/Epoch": self.epoch,
            "Outbox/Oldest Event": oldest_event,
            "Outbox/Oldest Reading": oldest_reading,
            **(metrics or {}),
        }
        births = {
            device: [metric(name, value) for name, value in {**dict.fromkeys(_OF_A_READING), **values}.items()]
            for device, values in (devices or {}).items()
        }
        return [message(p) for p in self._session.birth([metric(*one) for one in about.items()], births, NOW_MS)]

    def reading(
        self, device: str, values: Mapping[str, Any], offset: int, at_ms: int = NOW_MS, *, drill: str = ""
    ) -> Message:
        """One stored reading: its values, its number in the outbox and the drill that it comes from."""
        about = {"Outbox/Offset": offset, **({"Reading/Drill": drill} if drill else {})}
        metrics = [metric(name, value, at_ms) for name, value in {**values, **about}.items()]
        return message(self._session.device_data(device, metrics, NOW_MS))

    def learnt(self, device: str, values: Mapping[str, Any]) -> Message:
        """What a device turned out to be: no reading, so no number."""
        return message(self._session.device_data(device, [metric(*one) for one in values.items()], NOW_MS))

    def gauges(self, values: Mapping[str, Any], sent_ms: int = NOW_MS) -> Message:
        """What the node says of itself; `sent_ms` by its own clock."""
        return message(self._session.node_data([metric(*one) for one in values.items()], sent_ms))

    def device_dead(self, device: str) -> Message:
        return message(self._session.device_death(device, NOW_MS))

    def dead(self) -> Message:
        """The will that the broker publishes when the connection is cut."""
        assert self._will is not None
        return message(self._will)


def metric(name: str, value: Any, at_ms: int = NOW_MS) -> MetricValue:
    return MetricValue(name, value, CATALOGUE[name].datatype, at_ms)


def message(publish: Publish) -> Message:
    return Message(publish.topic, publish.payload, NOW_MS)


def envelope_of(event: Message) -> Envelope:
    return decode(event.payload)


def call(alarm: str = "a-1", location: str = "101室1床床头", *, drill: str = "") -> AlarmRaised:
    return AlarmRaised(alarm=alarm, device="call-101-1", rule="call", location=location, drill=drill)


def check_in(visit: str = "v-1", *, drill: str = "") -> VisitCheckin:
    return VisitCheckin(
        visit=visit, device="kiosk-1", token=TOKEN, id_masked="330802********123X", name_masked="王**", method="card",
        drill=drill,
    )  # fmt: skip


def drill_started(drill: str = "d-1", device: str = "call-101-1") -> DrillStarted:
    return DrillStarted(device=device, kind="bytes", what="press", by="tech-7", for_s=600, drill=drill)


def drill_ended(drill: str = "d-1", device: str = "call-101-1") -> DrillEnded:
    return DrillEnded(device=device, reason="stopped", drill=drill)
