"""The uplink: carry the outbox to the cloud, live readings and backlog on lanes of their own, and forget only what
the cloud has committed (`Node Control/Ack`).
"""

import contextlib
import logging
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from contract.acknowledgement import Ack, acks_in, sent_at
from contract.command import commands_in
from contract.events.topics import event_topic
from contract.sparkplug.edge_session import EdgeSession, NotBorn
from contract.sparkplug.payload import MalformedPayload, MetricValue, decode
from contract.sparkplug.topics import Publish, Topic, Verb, decode_state, state_topic
from edge.domain.certificates import (
    FacilityCard,
    Running,
    by_device,
    device_birth,
    learnt,
    metric,
    node_birth,
    node_gauges,
    reading_data,
)
from edge.domain.clock_quality import ClockComparison
from edge.domain.lanes import Lane, ReadingLanes
from edge.domain.moment import Moment
from edge.domain.readings import DeviceState, Latest
from edge.domain.supervision import Pulse
from edge.ports import BrokerConnection, Clock, CloudUnreachable, Outbox, Standing, StoredReading, StoreUnavailable
from edge.services.reference_intake import ReferenceIntake

_POLL_S = 0.02
_DEVICES_EVERY_S = 0.2
_FORGET_EVERY_S = 0.5
_GAUGES_EVERY_S = 10
_COMPARE_EVERY_S = 10
_REACHED_EVERY_S = 2
_FIELD_DEAD_S = 10
_LIVE_MS = 10_000  # an older reading is historical, whichever lane it travels on
_EVENT_WINDOW, _READING_WINDOW, _LIVE_BATCH = 500, 2000, 500
_BACK_OFF_S = (0.2, 0.5, 1, 2, 5)
_HEALTHY_S = 10  # a connection that lasted this long starts with the first back-off again
_ID_MAX = 64  # of a command: the event that answers it has room for no more
log = logging.getLogger(__name__)


@dataclass(slots=True)
class _Flow:
    """Where one MQTT session stands. Made anew at each birth."""

    events: Lane
    readings: ReadingLanes
    born: dict[str, bool]
    learnt: dict[str, list[MetricValue]]  # what was last said of a device beside its state
    devices_at: float = 0
    gauges_at: float = 0
    is_answered: bool = True  # until events wait for their acknowledgement too long


class Uplink:
    def __init__(
        self, card: FacilityCard, host_id: str, outbox: Outbox, broker: BrokerConnection, clock: Clock,
        resend_after_s: float, running: Callable[[], Running] = Running, reference: ReferenceIntake | None = None,
    ) -> None:  # fmt: skip
        """`running`: which facility file runs, asked again and again."""
        self._card, self._host_id, self._running = card, host_id, running
        self._outbox, self._broker, self._clock = outbox, broker, clock
        self._resend_after_s, self._reference = resend_after_s, reference
        self._session = EdgeSession(card.area, card.id, host_id)
        self._flow: _Flow | None = None
        self._pulse = Pulse(_FIELD_DEAD_S)
        self._comparison = ClockComparison()
        self._clock_offset_ms: int | None = None
        self._compared_at = float("-inf")
        self._failures = 0  # since a connection last worked for a while
        self._forget_at = float("-inf")
        self._reached_at = float("-inf")  # when it was last written down that the cloud is reached

    def run(self, stopping: threading.Event) -> None:
        while not stopping.is_set():
            try:
                self._connect()
                self._serve(stopping)
            except (CloudUnreachable, StoreUnavailable) as error:
                if self._failures == 0:  # an outage is logged once, and so is its end
                    log.warning("uplink: %s", error)
                self._leave()
                stopping.wait(_BACK_OFF_S[min(self._failures, len(_BACK_OFF_S) - 1)])
                self._failures += 1
        self._leave()

    def _leave(self) -> None:
        """End the connection; NDEATH first when we were born, because no will follows a clean end."""
        if self._flow is not None:
            self._flow = None
            self._note_reached(0)
            with contextlib.suppress(CloudUnreachable):
                self._broker.publish(self._session.death(self._clock.now().wall_ms))
        self._broker.close()

    def _note_reached(self, wall_ms: int) -> None:
        """For the pages of the box, which say honestly whether the network works. 0: it does not."""
        with contextlib.suppress(StoreUnavailable):
            self._outbox.note_reached(wall_ms)

    def _connect(self) -> None:
        will = self._session.will(self._outbox.next_bd_seq(), self._clock.now().wall_ms)
        self._broker.open(will, self._session.subscriptions, self._reference.subscriptions if self._reference else ())
        log.info("uplink: connected")

    def _serve(self, stopping: threading.Event) -> None:
        connected = self._clock.now().monotonic
        while not stopping.is_set():
            for topic, payload in self._broker.received(_POLL_S):
                self._on_message(topic, payload, self._clock.now())
            if self._flow is not None:
                self._pump(self._flow, self._clock.now())
            if self._reference is not None:
                self._reference.work(self._clock.now())
            if self._failures and self._clock.now().monotonic - connected >= _HEALTHY_S:
                self._failures = 0
                log.warning("uplink: works again")

    def _on_message(self, topic: str, payload: bytes, now: Moment) -> None:
        if topic == state_topic(self._host_id):
            self._on_state(payload, now)
            return
        if self._reference is not None and self._reference.arrived(topic, payload):
            return
        if Topic.parse(topic).verb != Verb.NCMD:  # no device takes commands yet
            log.warning("uplink: command on %s dropped: no device here takes commands", topic)
            return
        try:
            metrics = self._session.command(decode(payload))
        except MalformedPayload as wrong:
            log.warning("uplink: command on %s dropped: %s", topic, wrong)
            return
        if self._session.wants_rebirth(metrics) and self._flow is not None:
            self._birth(now)
        for command in commands_in(metrics):
            if 1 <= len(command.id) <= _ID_MAX:
                self._outbox.keep_command(command)
            else:
                log.warning("uplink: a command without a usable id cannot be answered; dropped")
        for ack in acks_in(metrics):
            self._on_ack(ack, now)
        if (sent_ms := sent_at(metrics)) is not None:
            self._compare_clock(sent_ms, now)

    def _on_state(self, payload: bytes, now: Moment) -> None:
        try:
            state = decode_state(payload)
        except MalformedPayload as wrong:
            log.warning("uplink: STATE dropped: %s", wrong)
            return
        if self._session.on_state(state.online, state.timestamp_ms):
            self._birth(now)
        elif self._flow is not None and not self._session.host_online:
            raise CloudUnreachable("the primary host says it is off line")

    def _birth(self, now: Moment) -> None:
        standing, devices = self._outbox.standing(), self._outbox.devices()
        self._pulse.on_beat(standing.heartbeat_ms, now)
        latest = by_device(self._outbox.latest(), [d.id for d in devices])
        ack = Ack(standing.epoch, standing.acked_event, standing.acked_reading)
        waiting = (standing.last_event - standing.acked_event, standing.last_reading - standing.acked_reading)
        node = node_birth(
            self._card,
            ack,
            node_gauges(waiting, self._pulse.age_s(now), self._clock_offset_ms, self._running(), now.wall_ms),
            now.wall_ms,
        )
        online = {d.id: self._is_online(d, now) for d in devices if d.cause != "removed"}
        births = {
            d.id: self._birth_metrics(d, latest[d.id], now, online=online[d.id]) for d in devices if d.id in online
        }
        self._publish(*self._session.birth(node, births, now.wall_ms))
        self._flow = _Flow(
            Lane(standing.acked_event, now.monotonic, self._resend_after_s, _EVENT_WINDOW),
            ReadingLanes(
                standing.acked_reading, standing.last_reading, now.monotonic, self._resend_after_s, _READING_WINDOW
            ),
            born=online,
            learnt={d.id: learnt(d, 0) for d in devices},
            devices_at=now.monotonic,
            gauges_at=now.monotonic,
        )
        log.info("uplink: born with %d devices, %d events and %d readings waiting", len(births), *waiting)

    def _birth_metrics(
        self, state: DeviceState, latest: Mapping[str, Latest], now: Moment, *, online: bool
    ) -> list[MetricValue]:
        return device_birth(state, latest, online=online, simulated=self._card.simulated, now_ms=now.wall_ms)

    def _pump(self, flow: _Flow, now: Moment) -> None:
        if now.monotonic - flow.devices_at >= _DEVICES_EVERY_S:
            flow.devices_at = now.monotonic
            self._declare_devices(flow, now)
        if flow.events.is_stuck(now.monotonic):
            flow.events.go_back(now.monotonic)
            flow.is_answered = False
            self._note_reached(0)
        if flow.is_answered and now.monotonic - self._reached_at >= _REACHED_EVERY_S:
            self._reached_at = now.monotonic
            self._note_reached(now.wall_ms)
        flow.readings.repeat_when_stuck(now.monotonic)
        self._send_events(flow, now)
        self._send_readings(flow, now)
        if now.monotonic - self._forget_at >= _FORGET_EVERY_S:
            self._forget(flow, now)

    def _send_events(self, flow: _Flow, now: Moment) -> None:
        for event in self._outbox.events_after(flow.events.sent, flow.events.room):
            self._publish(Publish(event_topic(self._card.id, event.type), event.body, 1, False))
            flow.events.on_sent(event.seq, now.monotonic)

    def _send_readings(self, flow: _Flow, now: Moment) -> None:
        lanes = flow.readings
        for row in self._outbox.readings_after(lanes.live_sent, _LIVE_BATCH):
            self._send_reading(flow, row, now, historical=now.wall_ms - row.reading.taken_at_ms > _LIVE_MS)
            lanes.live_sent = row.offset
        for row in self._outbox.readings_after(lanes.backlog.sent, lanes.backlog.room, up_to=lanes.backlog_end):
            self._send_reading(flow, row, now, historical=True)
            lanes.backlog.on_sent(row.offset, now.monotonic)

    def _send_reading(self, flow: _Flow, row: StoredReading, now: Moment, *, historical: bool) -> None:
        device, data = row.reading.device, reading_data(row.offset, row.reading, historical=historical)
        try:
            message = self._session.device_data(device, data, now.wall_ms)
        except NotBorn:  # off line, or it reports something for the first time
            self._declare(flow, self._state_of(device), now, online=flow.born.get(device, False))
            message = self._session.device_data(device, data, now.wall_ms)
        self._publish(message)

    def _declare_devices(self, flow: _Flow, now: Moment) -> None:
        standing = self._outbox.standing()
        self._pulse.on_beat(standing.heartbeat_ms, now)
        for state in self._outbox.devices():
            online, said = self._is_online(state, now), flow.born.get(state.id, False)
            if online and not said:
                self._declare(flow, state, now, online=True)
            elif said and not online:
                self._bury(flow, state, now)
            elif said and learnt(state, 0) != flow.learnt.get(state.id):
                flow.learnt[state.id] = learnt(state, 0)
                self._publish(self._session.device_data(state.id, learnt(state, now.wall_ms), now.wall_ms))
        if now.monotonic - flow.gauges_at >= _GAUGES_EVERY_S:
            flow.gauges_at = now.monotonic
            self._publish(self._session.node_data(self._gauges(standing, now), now.wall_ms))

    def _gauges(self, standing: Standing, now: Moment) -> list[MetricValue]:
        waiting = (standing.last_event - standing.acked_event, standing.last_reading - standing.acked_reading)
        return node_gauges(waiting, self._pulse.age_s(now), self._clock_offset_ms, self._running(), now.wall_ms)

    def _declare(self, flow: _Flow, state: DeviceState, now: Moment, *, online: bool) -> None:
        latest = by_device(self._outbox.latest(), [state.id])[state.id]
        metrics = self._birth_metrics(state, latest, now, online=online)
        self._publish(self._session.device_birth(state.id, metrics, now.wall_ms))
        flow.born[state.id], flow.learnt[state.id] = online, learnt(state, 0)

    def _bury(self, flow: _Flow, state: DeviceState, now: Moment) -> None:
        """Say why, then DDEATH: the certificate itself has no room for a cause."""
        cause = state.cause or "edge"
        why = [metric("Device/Online", False, now.wall_ms), metric("Device/Cause", cause, now.wall_ms)]
        self._publish(self._session.device_data(state.id, why, now.wall_ms))
        self._publish(self._session.device_death(state.id, now.wall_ms))
        del flow.born[state.id]

    def _state_of(self, device: str) -> DeviceState:
        known = {state.id: state for state in self._outbox.devices()}
        return known.get(device) or DeviceState(device, "", "", False, (), False, "removed", 0)

    def _is_online(self, state: DeviceState, now: Moment) -> bool:
        """A dead field process knows nothing about its devices, whatever it wrote last."""
        return state.online and self._pulse.is_alive(now)

    def _on_ack(self, ack: Ack, now: Moment) -> None:
        standing = self._outbox.standing()
        if self._flow is None or ack.epoch != standing.epoch:
            return
        if ack.events > standing.last_event or ack.readings > standing.last_reading:
            log.error("uplink: the cloud acknowledges more than this outbox ever wrote; is it an old copy? ignored")
            return
        self._flow.is_answered = True
        self._flow.events.on_ack(ack.events, now.monotonic)
        self._flow.readings.on_ack(ack.readings, now.monotonic)

    def _compare_clock(self, sent_ms: int, now: Moment) -> None:
        self._clock_offset_ms = self._comparison.add(now.wall_ms, sent_ms)
        if now.monotonic - self._compared_at >= _COMPARE_EVERY_S:
            self._compared_at = now.monotonic
            self._outbox.compare_clock(self._clock_offset_ms, now.wall_ms)

    def _forget(self, flow: _Flow, now: Moment) -> None:
        self._forget_at = now.monotonic
        standing = self._outbox.standing()
        if (flow.events.acked, flow.readings.acked) != (standing.acked_event, standing.acked_reading):
            self._outbox.forget(flow.events.acked, flow.readings.acked)

    def _publish(self, *messages: Publish) -> None:
        for message in messages:
            self._broker.publish(message)
