"""Ingest: messages in, committed records out, then PUBACKs and watermarks. Nothing is acknowledged before the commit.

Reading the Sparkplug session happens once for each message; committing is repeated until the database takes it.
"""

import logging
import threading
from collections import Counter, deque
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from cloud.domain import births
from cloud.domain.chain import Place, Tip, place
from cloud.domain.happened import Happened, IllegalStep
from cloud.domain.rows import Point
from cloud.ports import CONNECTION_LOST, Books, Message, Records, RecordsRefused, RecordsUnavailable
from cloud.services.event_effects import Effects
from contract import reference
from contract.acknowledgement import Ack, ack_metric
from contract.events.city import CITY, CITY_TYPES
from contract.events.envelope import Envelope, MalformedEvent, decode, digest
from contract.events.topics import PREFIX, facility_of
from contract.events.types import data_of
from contract.metrics import PORT_METRICS
from contract.sparkplug.commands import node_command, rebirth_command
from contract.sparkplug.facts import (
    Cause,
    Data,
    DeviceOffline,
    DeviceOnline,
    Fact,
    NodeOffline,
    NodeOnline,
    RebirthWanted,
)
from contract.sparkplug.host_session import HostSession
from contract.sparkplug.payload import MalformedPayload
from contract.sparkplug.topics import MalformedTopic, Publish

MAX_MESSAGE_BYTES = 1 << 20
LATE_MS = 10_000  # an event older than this at ingest does not count as live
_CLOCK_SAMPLES = 3
_RETRY_S = 1.0
_MAX_ID = 64
_OFFLINE = {Cause.DEATH: None, Cause.NODE: "edge", Cause.NOT_REBORN: "edge", Cause.HOST: "ingest"}
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Item:
    """One message and what it turned out to be. Facts may also come without a message (`tick`)."""

    topic: str
    payload: bytes
    at_ms: int
    facts: list[Fact] = field(default_factory=list)
    event: Envelope | None = None
    dead: str | None = None  # the reason why it cannot be used


@dataclass(slots=True)
class _Touched:
    """What came of a batch: the points to keep, and the watermarks to tell after the commit."""

    epochs: set[tuple[str, str]] = field(default_factory=set)  # (facility, epoch)
    epoch_of: dict[str, str] = field(default_factory=dict)  # each facility's at this place in the batch
    offsets: dict[tuple[str, str], list[int]] = field(default_factory=dict)
    heard: dict[str, int] = field(default_factory=dict)
    clocks: dict[str, int] = field(default_factory=dict)  # each facility's minus ours
    device_clocks: dict[tuple[str, str], int] = field(default_factory=dict)
    points: list[Point] = field(default_factory=list)
    readings: int = 0  # of the points, those measured now: not what a birth repeats, what was stored, or a drill's
    acks: list[tuple[str, Ack]] = field(default_factory=list)
    counted: Counter[str] = field(default_factory=Counter)


class Ingest:
    def __init__(
        self,
        records: Records,
        host: HostSession,
        publish: Callable[[Publish], None],
        clock: Callable[[], int],
        effects: Effects,
    ) -> None:
        self._records, self._host, self._publish, self._clock = records, host, publish, clock
        self._effects = effects
        self._areas: dict[str, str] = {}  # facility -> Sparkplug group, from what it sends
        self._clocks: dict[str, deque[int]] = {}  # each facility's minus ours, as last seen
        self.counted: Counter[str] = Counter()

    def begin(self, stopping: threading.Event) -> None:
        """What was on line when we stopped may have died unseen: unknown until it is born again."""
        self._insist(lambda books: books.everything_offline("ingest", self._clock()), stopping)

    def take(self, messages: Sequence[Message], stopping: threading.Event) -> None:
        """Commit a batch, then acknowledge it. Returns early only when stopping; the sender then sends again."""
        if self._keep([self._read(message) for message in messages], stopping):
            for message in messages:
                if message.done:
                    message.done()

    def tick(self, stopping: threading.Event) -> None:
        """Time passed: gaps that did not close become rebirth requests."""
        now_ms = self._clock()
        if facts := self._host.tick(now_ms):
            self._keep([_Item("", b"", now_ms, facts)], stopping)

    def _read(self, message: Message) -> _Item:
        item = _Item(message.topic, message.payload, message.received_ms)
        try:
            self._understand(item)
        except (MalformedPayload, MalformedTopic, MalformedEvent) as wrong:
            item.dead = str(wrong)
        return item

    def _understand(self, item: _Item) -> None:
        if item.topic == CONNECTION_LOST:
            item.facts = self._host.disconnected()
            return
        if item.topic.startswith(f"{reference.PREFIX}/"):
            return  # ours, for boxes; a broker that comes back from a crash may hand out more than was asked for
        if len(item.payload) > MAX_MESSAGE_BYTES:
            raise MalformedPayload(f"message of {len(item.payload)} bytes; the limit is {MAX_MESSAGE_BYTES}")
        if any(len(level) > _MAX_ID for level in item.topic.split("/")):
            raise MalformedTopic(f"a topic level is longer than {_MAX_ID} characters")
        if not item.topic.startswith(f"{PREFIX}/"):
            if CITY in item.topic.split("/")[3:4]:
                raise MalformedTopic(f"no box is called {CITY}")
            item.facts = self._host.feed(item.topic, item.payload, item.at_ms)
            return
        facility = facility_of(item.topic)
        if facility is None or facility == CITY:
            raise MalformedTopic(f"unknown topic; events travel on {PREFIX}/<facility>/<type>")
        envelope = decode(item.payload)
        if (envelope.facility, envelope.type) != (facility, item.topic.rpartition("/")[2]):
            raise MalformedEvent("source and type do not match the topic")
        item.event = envelope

    def _keep(self, items: Sequence[_Item], stopping: threading.Event) -> bool:
        """Commit all in one transaction; if the records refuse, by halves: what they refuse alone is a dead letter."""
        try:
            touched = self._commit(items, stopping)
        except RecordsRefused as refused:
            if len(items) > 1:
                middle = len(items) // 2
                return self._keep(items[:middle], stopping) and self._keep(items[middle:], stopping)
            if items[0].dead is not None:
                raise
            items[0].dead = f"the records refuse it: {refused}"
            return self._keep(items, stopping)
        if touched is None:
            return False
        self.counted += touched.counted
        self._answer([fact for item in items for fact in item.facts], touched)
        return True

    def _commit(self, items: Sequence[_Item], stopping: threading.Event) -> _Touched | None:
        touched = _Touched()

        def act(books: Books) -> None:
            nonlocal touched
            touched = _Touched()  # a repeated attempt starts from nothing
            for item in items:
                self._commit_item(books, item, touched)
            self._commit_readings(books, touched)

        return touched if self._insist(act, stopping) else None

    def _insist(self, act: Callable[[Books], None], stopping: threading.Event) -> bool:
        """Until the database takes it: meanwhile the inbox fills and the broker keeps the rest."""
        failing = False
        while not stopping.is_set():
            try:
                with self._records.transaction() as books:
                    act(books)
            except RecordsUnavailable as error:
                if not failing:
                    log.error("%s; waiting", error)
                failing = True
                stopping.wait(_RETRY_S)
                continue
            if failing:
                log.warning("records: available again")
            return True
        return False

    def _commit_item(self, books: Books, item: _Item, touched: _Touched) -> None:
        """A refused message only takes its place, or its facility would send it, and nothing after it, for ever."""
        if item.dead is not None:
            self._bury(books, item, item.dead, touched)
        if item.event is not None:
            self._commit_event(books, item.event, item, touched)
            touched.heard[item.event.facility] = item.at_ms
        for fact in item.facts:
            if item.dead is None:
                self._commit_fact(books, fact, item.at_ms, touched)
            elif isinstance(fact, Data):
                self._note_offset(books, fact, touched)

    @staticmethod
    def _bury(books: Books, item: _Item, reason: str, touched: _Touched) -> None:
        touched.counted["dead_letters"] += 1
        books.dead_letter(item.topic, item.payload, reason, item.at_ms)

    def _commit_readings(self, books: Books, touched: _Touched) -> None:
        for (facility, epoch), numbers in touched.offsets.items():
            known = books.offsets(facility, epoch)
            for number in numbers:
                known.add(number)
            books.set_offsets(facility, epoch, known)
            touched.epochs.add((facility, epoch))
        books.remember_latest(touched.points, self._clock())
        books.count_readings(touched.readings, self._clock())
        books.spool(touched.points)
        for facility, at_ms in touched.heard.items():
            books.heard(facility, at_ms, touched.clocks.get(facility))
        books.device_clocks(touched.device_clocks)
        touched.acks = [
            (facility, Ack(epoch, books.tip(facility, epoch).seq, books.offsets(facility, epoch).watermark))
            for facility, epoch in sorted(touched.epochs)
        ]

    def _commit_event(self, books: Books, envelope: Envelope, item: _Item, touched: _Touched) -> None:
        facility, epoch = envelope.facility, envelope.epoch
        touched.epochs.add((facility, epoch))
        where = place(envelope, books.tip(facility, epoch))
        if where is Place.REPEATED and books.event_id(facility, epoch, envelope.seq) not in (None, str(envelope.id)):
            # An outbox put back to an older copy counts on from there: a fork in what we have already.
            books.chain_break(facility, epoch, "events", "fork", envelope.seq, envelope.seq, item.at_ms)
            self._bury(books, item, f"another event has number {envelope.seq} already", touched)
        touched.counted[f"events_{where.value}"] += 1
        if where in (Place.REPEATED, Place.AHEAD):
            return
        if where is Place.FORKED:
            books.chain_break(facility, epoch, "events", "fork", envelope.seq, envelope.seq, item.at_ms)
        books.set_tip(facility, epoch, Tip(envelope.seq, digest(item.payload)))
        late = item.at_ms - envelope.time_ms > LATE_MS
        # Its place in the chain is taken and its bytes are kept: counted as rejected, never as missing.
        in_log = books.append_event(envelope, item.payload, item.at_ms, late=late, applied=item.dead is None)
        if item.dead is not None:
            touched.counted["events_rejected"] += 1
            return
        try:
            if not in_log:
                raise MalformedEvent(f"id {envelope.id} is in the log already, under another number")
            data = data_of(envelope)
            if isinstance(data, CITY_TYPES):
                raise MalformedEvent(f"type: {envelope.type} is written by the city alone")
            happened = Happened(facility, str(envelope.id), data, envelope.time_ms, item.at_ms, late)
            self._effects.apply(books, happened)
        except (MalformedEvent, IllegalStep) as wrong:
            touched.counted["events_rejected"] += 1
            self._bury(books, item, str(wrong), touched)

    def _commit_fact(self, books: Books, fact: Fact, at_ms: int, touched: _Touched) -> None:
        match fact:
            case NodeOnline():
                self._areas[fact.node] = fact.group
                self._node_online(books, fact, at_ms, touched)
            case NodeOffline():
                books.facility_offline(fact.node, "ingest" if fact.cause is Cause.HOST else "uplink", at_ms)
                return
            case DeviceOnline():
                books.device_born(births.device_row(fact.node, fact.device, births.values_of(fact.metrics)), at_ms)
                touched.points += births.points_of(fact.node, fact.device, fact.metrics)
            case DeviceOffline():
                books.device_offline(fact.node, fact.device, _OFFLINE[fact.cause], at_ms)
                return
            case Data():
                self._data(books, fact, at_ms, touched)
            case _:
                return
        touched.heard[fact.node] = at_ms

    def _node_online(self, books: Books, fact: NodeOnline, at_ms: int, touched: _Touched) -> None:
        values = births.values_of(fact.metrics)
        row = births.facility_row(fact.group, fact.node, values)
        books.facility_online(row, at_ms)
        self._compare_clocks(fact, at_ms, touched)
        touched.epoch_of[row.id] = row.epoch
        if row.epoch:
            self._note_gaps(books, row.id, row.epoch, values, at_ms)
            touched.epochs.add((row.id, row.epoch))

    @staticmethod
    def _note_gaps(books: Books, facility: str, epoch: str, values: dict[str, object], at_ms: int) -> None:
        """The facility has forgotten what we never got (our database is an older copy): said, and stepped over."""
        oldest_event, oldest_reading = births.oldest_of(values)
        tip = books.tip(facility, epoch)
        if oldest_event > tip.seq + 1:
            books.chain_break(facility, epoch, "events", "gap", tip.seq + 1, oldest_event - 1, at_ms)
            books.set_tip(facility, epoch, Tip(oldest_event - 1, ""))
        known = books.offsets(facility, epoch)
        if oldest_reading > known.watermark + 1:
            books.chain_break(facility, epoch, "readings", "gap", known.watermark + 1, oldest_reading - 1, at_ms)
            known.add_span(1, oldest_reading - 1)
            books.set_offsets(facility, epoch, known)

    def _data(self, books: Books, fact: Data, at_ms: int, touched: _Touched) -> None:
        points = births.points_of(fact.node, fact.device or "", fact.metrics)
        touched.points += points
        if fact.device is None:
            self._compare_clocks(fact, at_ms, touched)
            if about := births.standing_of(fact.metrics):
                books.facility_stands(fact.node, about)
            return
        values = births.values_of(fact.metrics)
        if learnt := births.learnt_of(fact.metrics):
            books.device_learnt(fact.node, fact.device, learnt, at_ms)
        if not any(metric.is_historical for metric in fact.metrics) and not births.drill_of(values):
            touched.readings += sum(point.metric not in PORT_METRICS for point in points)
            if (offset_ms := births.device_clock_ms(fact.metrics)) is not None:
                touched.device_clocks[fact.node, fact.device] = offset_ms
        if values.get("Device/Online") is False:
            books.device_offline(fact.node, fact.device, births.cause_of(values, "device"), at_ms)
        self._note_offset(books, fact, touched)

    def _compare_clocks(self, fact: NodeOnline | Data, at_ms: int, touched: _Touched) -> None:
        """By when the node says that it sent this. Never by an event's time: an event may have waited for hours.

        A message that was held up makes the node's clock look slow, never fast: the largest of the last few is nearest.
        """
        if (offset_ms := births.difference_ms(fact.timestamp_ms, at_ms)) is not None:
            last = self._clocks.setdefault(fact.node, deque(maxlen=_CLOCK_SAMPLES))
            last.append(offset_ms)
            touched.clocks[fact.node] = max(last)

    @staticmethod
    def _note_offset(books: Books, fact: Data, touched: _Touched) -> None:
        if fact.node not in touched.epoch_of:
            touched.epoch_of[fact.node] = books.epoch(fact.node) or ""
        offset, epoch = births.offset_of(fact.metrics), touched.epoch_of[fact.node]
        if offset is not None and epoch:
            touched.offsets.setdefault((fact.node, epoch), []).append(offset)

    def _answer(self, facts: Iterable[Fact], touched: _Touched) -> None:
        now_ms = self._clock()
        for fact in facts:
            if isinstance(fact, RebirthWanted):
                log.info("asking %s for its birth certificates: %s", fact.node, fact.reason)
                self._publish(rebirth_command(fact.group, fact.node, now_ms))
        for facility, ack in touched.acks:
            if area := self._areas.get(facility):
                self._publish(node_command(area, facility, [ack_metric(ack, now_ms)], now_ms))
