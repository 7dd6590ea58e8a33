"""A rehearsal of the uplink: the real store, a broker and a cloud in memory, and a clock that only we move."""

import threading
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path

from contract.acknowledgement import Ack, ack_metric
from contract.command import Command, command_metric
from contract.events.envelope import decode
from contract.events.topics import PREFIX
from contract.events.types import DeviceFault
from contract.reference import reference_filter
from contract.sparkplug import commands
from contract.sparkplug.facts import Data, Fact, RebirthWanted
from contract.sparkplug.host_session import HostSession
from contract.sparkplug.payload import MetricValue
from contract.sparkplug.topics import Publish, State, Topic, Verb, encode_state, state_topic
from edge.adapters.sqlite_field_store import SqliteFieldStore
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.adapters.sqlite_snapshots import SqliteSnapshots
from edge.domain.certificates import FacilityCard
from edge.domain.moment import Moment
from edge.domain.readings import DeviceState, Reading
from edge.ports import CloudUnreachable
from edge.services.reference_intake import ReferenceIntake
from edge.services.uplink import Uplink
from tests.unit.edge.moments import START_MS, at
from tests.unit.edge.stores import FACILITY, numbered_ids

AREA, HOST = "330803", "onetrip"
RESEND_S = 5
_STEP_S = 0.1
_NODE = Topic(AREA, Verb.NCMD, FACILITY)


class Clock:
    def __init__(self) -> None:
        self.seconds, self.wall_jump_s = 0.0, 0.0

    def now(self) -> Moment:
        return at(self.seconds, wall_jump_s=self.wall_jump_s)


class Stopping(threading.Event):
    """Waiting for it moves the clock instead."""

    def __init__(self, clock: Clock) -> None:
        super().__init__()
        self._clock = clock

    def wait(self, timeout: float | None = None) -> bool:
        self._clock.seconds += timeout or 0
        return self.is_set()


@dataclass
class Sent:
    second: float
    message: Publish
    connection: int

    @property
    def verb(self) -> str:
        """NBIRTH, DDATA …; "event" for an event."""
        return "event" if self.message.topic.startswith(PREFIX) else self.message.topic.split("/")[2]

    @property
    def device(self) -> str | None:
        return None if self.verb == "event" else Topic.parse(self.message.topic).device


class Cloud:
    """Reads with a HostSession of its own; keeps offsets and sequence numbers; knows the watermarks."""

    def __init__(self) -> None:
        self.session = HostSession(HOST)
        self.facts: list[Fact] = []
        self.events: list[int] = []
        self.readings: list[tuple[int, bool]] = []  # offset, historical
        self.loses: Callable[[Sent], bool] = lambda _sent: False

    def take(self, sent: Sent) -> None:
        if self.loses(sent):
            return
        if sent.verb == "event":
            self.events.append(decode(sent.message.payload).seq)
            return
        now_ms = START_MS + round(sent.second * 1000)
        facts = self.session.feed(sent.message.topic, sent.message.payload, now_ms)
        self.facts += facts
        for fact in facts:
            if isinstance(fact, Data):
                self.readings += [
                    (int(m.value), bool(m.is_historical))  # type: ignore[arg-type]
                    for m in fact.metrics
                    if m.name == "Outbox/Offset"
                ]

    @property
    def rebirths_wanted(self) -> list[str]:
        return [fact.reason for fact in self.facts if isinstance(fact, RebirthWanted)]

    def watermarks(self, epoch: str) -> Ack:
        return Ack(epoch, _unbroken(set(self.events)), _unbroken({offset for offset, _ in self.readings}))


def _unbroken(numbers: set[int]) -> int:
    return next(number for number in count(1) if number not in numbers) - 1


@dataclass
class Broker:
    """The BrokerConnection port in memory; `acts` are what happens at which second."""

    clock: Clock
    stopping: threading.Event
    cloud: Cloud
    sent: list[Sent] = field(default_factory=list)
    wills: list[Publish] = field(default_factory=list)
    closed: int = 0
    is_open: bool = False
    reachable: bool = True
    state: State | None = field(default_factory=lambda: State(True, START_MS))  # what is retained
    retained: list[tuple[str, bytes]] = field(default_factory=list)  # reference data
    inbox: list[tuple[str, bytes]] = field(default_factory=list)
    acts: list[tuple[float, Callable[[], None]]] = field(default_factory=list)
    until: float = 0
    acknowledges: bool = True
    epoch: str = ""
    _acked_at: float = 0

    def open(
        self, will: Publish, subscriptions: Sequence[tuple[str, int]], wishes: Sequence[tuple[str, int]] = ()
    ) -> None:
        self.is_open = False
        if not self.reachable:
            self._pass_time(_STEP_S)
            raise CloudUnreachable("broker 127.0.0.1:1883: [Errno 111] Connection refused")
        assert (str(_NODE), 1) in subscriptions
        self.wills.append(will)
        self.is_open, self.inbox = True, list(self.retained) if (reference_filter(FACILITY), 1) in wishes else []
        if self.state is not None:
            self.say_state(self.state)

    def publish(self, message: Publish) -> None:
        if not self.is_open:
            raise CloudUnreachable("the connection to the broker is gone")
        sent = Sent(self.clock.seconds, message, len(self.wills))
        self.sent.append(sent)
        self.cloud.take(sent)

    def received(self, timeout_s: float) -> list[tuple[str, bytes]]:
        assert timeout_s <= _STEP_S
        self._pass_time(_STEP_S)
        if not self.is_open:
            raise CloudUnreachable("the connection to the broker is gone")
        if self.acknowledges and self.clock.seconds - self._acked_at >= 0.5:
            self._acked_at = self.clock.seconds
            self.acknowledge(self.cloud.watermarks(self.epoch))
        messages, self.inbox = self.inbox, []
        return messages

    def close(self) -> None:
        self.closed += 1
        self.is_open = False

    def say_state(self, state: State) -> None:
        self.inbox.append((state_topic(HOST), encode_state(state)))

    def acknowledge(self, ack: Ack) -> None:
        self.command([ack_metric(ack, self.clock.now().wall_ms)])

    def command(self, metrics: Sequence[MetricValue]) -> None:
        message = commands.node_command(AREA, FACILITY, metrics, self.clock.now().wall_ms)
        self.inbox.append((message.topic, message.payload))

    def ask(self, command: Command) -> None:
        self.command([command_metric(command, self.clock.now().wall_ms)])

    def ask_rebirth(self) -> None:
        message = commands.rebirth_command(AREA, FACILITY, self.clock.now().wall_ms)
        self.inbox.append((message.topic, message.payload))

    def _pass_time(self, seconds: float) -> None:
        self.clock.seconds += seconds
        while self.acts and self.acts[0][0] <= self.clock.seconds:
            self.acts.pop(0)[1]()
        if self.clock.seconds >= self.until:
            self.stopping.set()


class Rehearsal:
    """`at(second, act)` what shall happen, `run(until)`, then look at `broker` and `cloud`. The field process beats."""

    def __init__(self, directory: Path) -> None:
        ids = numbered_ids()
        self.store = SqliteFieldStore(directory, FACILITY, lambda _ms: next(ids))
        self.outbox = SqliteOutbox(directory)
        self.clock, self.cloud = Clock(), Cloud()
        self.stopping = Stopping(self.clock)
        self.broker = Broker(self.clock, self.stopping, self.cloud, epoch=self.outbox.standing().epoch)
        card = FacilityCard(FACILITY, AREA, "care_home", "样例养老院", "Sample care home", simulated=True)
        self.snapshots = SqliteSnapshots(directory)
        reference = ReferenceIntake(FACILITY, self.snapshots, lambda _snapshot: True)
        self.uplink = Uplink(card, HOST, self.outbox, self.broker, self.clock, RESEND_S, reference=reference)
        self.field_alive = True
        self._presses = count(1)

    def close(self) -> None:
        self.store.close()
        self.outbox.close()
        self.snapshots.close()

    def at(self, second: float, act: Callable[[], None]) -> None:
        self.broker.acts.append((second, act))
        self.broker.acts.sort(key=lambda pair: pair[0])

    def run(self, until: float) -> None:
        for second in range(int(until) + 1):
            self.at(second, self.beat)
        self.broker.until = until
        self.uplink.run(self.stopping)

    def beat(self) -> None:
        if self.field_alive:
            self.store.beat(self.clock.now().wall_ms)

    def device(self, name: str, *, online: bool = True, cause: str = "") -> None:
        state = DeviceState(name, "call_button_ev1527", "101室", True, ("Button/Presses",), online, cause, START_MS)
        self.store.save_devices([state])

    def readings(self, device: str, number: int = 1, *, metric: str = "Button/Presses") -> None:
        now_ms = self.clock.now().wall_ms
        self.store.append([Reading(device, {metric: next(self._presses)}, now_ms + n) for n in range(number)], [])

    def events(self, number: int = 1) -> None:
        fault = DeviceFault(device="d", port="p", what="test")
        self.store.append([], [(fault, self.clock.now())] * number)

    def verbs(self, *wanted: str) -> list[str]:
        return [sent.verb for sent in self.broker.sent if not wanted or sent.verb in wanted]

    def sent_at(self, verb: str) -> list[float]:
        return [round(sent.second, 1) for sent in self.broker.sent if sent.verb == verb]
