"""What the field process does with the outputs of its devices: supervise, apply the alarm rules, make them durable.

Only when the store has them are the confirmations handed back to the ports ("done" means on disk).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from contract.command import Command
from contract.events.data import EventData
from contract.events.types import (
    CLOSE_REASONS,
    ClockJudged,
    CommandRefused,
    DeviceFault,
    DeviceIdentified,
    DeviceProven,
    DrillEnded,
    DrillStarted,
)
from contract.metrics import CATALOGUE
from contract.sparkplug.values import to_wire
from edge.domain.alarm_rules import AlarmRules
from edge.domain.alarms import Alarm, AlarmBook, NotPossible
from edge.domain.drills import Drill, DrillBook
from edge.domain.identities import Identity, find
from edge.domain.moment import Moment
from edge.domain.news import DeviceNews, News, PortNews
from edge.domain.proofs import Proofs
from edge.domain.readings import DeviceState, Reading, Value
from edge.domain.report_by_exception import ReportByException
from edge.domain.supervision import Supervision
from edge.ports import FieldStore, StoreUnavailable
from edge.services.occurrences import Occurrences

_NAME, _TEXT = 64, 256  # what an event's names and texts may be long

Confirm = Callable[[str, bytes], None]
"""Hand these bytes to the port of this link: what it waits for is durable."""


class Field:
    def __init__(
        self,
        store: FieldStore,
        supervision: Supervision,
        book: AlarmBook,
        rules: Callable[[str], AlarmRules],
        occurrences: Occurrences,
        proofs: Proofs,
        by_exception: ReportByException,
        confirm: Confirm,
        on_drill_end: Callable[[str], None] = lambda _drill: None,
    ) -> None:
        """`rules` makes alarm rules: for real life with "", for a drill with its id. `on_drill_end` calms the lines."""
        self._store, self._supervision, self._book = store, supervision, book
        self._make_rules, self._occurrences, self._proofs = rules, occurrences, proofs
        self._by_exception, self._confirm, self._on_drill_end = by_exception, confirm, on_drill_end
        self._rules = {"": rules("")}
        self.drills = DrillBook()
        self.failures = 0  # faults of devices and lost ports since the start, without those of drills
        self._readings: list[Reading] = []
        self._events: list[tuple[EventData, Moment]] = []
        self._answered: list[str] = []
        self._changed: dict[str, DeviceState] = {}
        self._confirms: list[tuple[str, bytes]] = []

    @property
    def waiting(self) -> int:
        """How much is not yet durable; the caller stops taking news while this is large."""
        return len(self._readings) + len(self._events) + len(self._confirms)

    @property
    def states(self) -> list[DeviceState]:
        return self._supervision.states

    @property
    def open_alarms(self) -> list[Alarm]:
        return self._book.open_alarms

    def resume(self, now: Moment) -> None:
        """Take up what the store remembers from before: unfinished conditions, and drills that nobody ended."""
        self._rules[""].resume(self._store.latest(), now)
        for drill in sorted({alarm.drill for alarm in self._book.open_alarms if alarm.drill}):
            device = next(alarm.device for alarm in self._book.open_alarms if alarm.drill == drill)
            self._keep(self._book.end_drill(drill), now)
            self._keep([DrillEnded(device=device, reason="restart", drill=drill)], now)

    def take(self, news: Iterable[News]) -> None:
        for item in news:
            if isinstance(item, PortNews):
                self.failures += not item.is_open and not item.drill
                self._on_states(self._supervision.on_port(item.devices, item.at, is_open=item.is_open), item.at)
            else:
                self._on_device(item, item.at)

    def tick(self, now: Moment, heard_until: Moment) -> None:
        """`heard_until`: how far the news has been taken; nobody is silent only because we listen late."""
        self._on_states(self._supervision.tick(heard_until), now)
        for drill in self.drills.over(now):
            self.end_drill(drill.id, "time_up", now)
        for rules in self._rules.values():
            self._keep(rules.tick(now), now)
        for state in self.states:
            if self._proofs.newly_overdue(state, now.wall_ms):
                since = "never proven" if state.proven_at_ms is None else f"proven_at_ms={state.proven_at_ms}"
                self._keep([DeviceFault(device=state.id, port="", what="proof_overdue", detail=since)], now)

    def count(self, device: str, counters: Mapping[str, int], now: Moment) -> None:
        """The port's counters, as readings of the device."""
        self._measure(device, counters, now)

    def judge_clock(self, offset_ms: int | None, now: Moment) -> None:
        """Called when the trust in the clock changes."""
        self._keep([ClockJudged(quality=now.quality, offset_ms=offset_ms)], now)

    def start_drill(self, drill: Drill, now: Moment) -> None:
        """Raises NotPossible, and ValueError for a drill that no event can tell of; then there is no drill."""
        if (other := self.drills.on(drill.devices)) is not None:
            raise NotPossible(f"a drill is on already at {other.device}, by {other.by}; end it first")
        # First of all: a drill that cannot be told of must not be on.
        started = DrillStarted(device=drill.device, kind=drill.kind, what=drill.what[:_TEXT], by=drill.by,
                               for_s=drill.for_s, drill=drill.id)  # fmt: skip
        self.drills.start(drill)
        self._rules[drill.id] = self._make_rules(drill.id)
        if drill.kind == "fault":
            self._supervision.excuse(drill.devices, drill.id)
        self._keep([started], now)

    def end_drill(self, drill_id: str, reason: Literal["time_up", "stopped", "restart"], now: Moment) -> None:
        drill = self.drills.end(drill_id)
        if drill is None:
            return
        del self._rules[drill_id]
        self._on_drill_end(drill_id)
        self._on_states(self._supervision.end_excuse(drill_id, now), now)
        self._keep(self._book.end_drill(drill_id), now)
        self._keep([DrillEnded(device=drill.device, reason=reason, drill=drill_id)], now)

    def tell(self, events: Sequence[EventData], now: Moment) -> None:
        """Events that come from somewhere else in the box: a commissioning, a new configuration."""
        self._keep(events, now)

    def obey(self, commands: Sequence[Command], now: Moment) -> None:
        """Each command is answered by an event with its id: the step it asked for, or command.refused."""
        for command in commands:
            if command.id in self._answered:
                continue
            try:
                self.step_alarm(command, now)
            except NotPossible as refused:
                self._keep([CommandRefused(command=command.id, reason=str(refused)[:_TEXT])], now)
            self._answered.append(command.id)

    def step_alarm(self, command: Command, now: Moment) -> None:
        """A step of an alarm's life: for the cloud, or, without an id, for somebody at the desk. Raises NotPossible."""
        events = self._step(command)
        if not events:
            raise NotPossible(f"alarm {command.subject} has had this step already")
        self._keep(events, now)

    def save(self) -> bool:
        """Make everything durable, then confirm. False: the store refused; nothing is forgotten, call again."""
        try:
            if self._changed:
                self._store.save_devices(self._changed.values())
                self._changed = {}
            if self._readings or self._events or self._answered:
                alarms = self._book.open_alarms if self._events else None
                self._store.append(self._readings, self._events, open_alarms=alarms, answered=self._answered)
        except StoreUnavailable:
            return False
        confirms = self._confirms
        self._readings, self._events, self._answered, self._confirms = [], [], [], []
        for port, data in confirms:
            self._confirm(port, data)
        return True

    def _on_device(self, news: DeviceNews, now: Moment) -> None:
        drill = news.drill or self.drills.test_of(news.device)
        if news.confirm:
            self._confirms.append((news.port, news.confirm))
        if news.kind == "faulted":
            if not news.drill:
                self.failures += not self._supervision.drill_of(news.device)
                self._by_exception.forget(news.device)
                self._on_states(self._supervision.on_fault(news.device, now), now)
            return
        if not news.drill:
            self._on_states(self._supervision.on_heard(news.device, now), now)
        if news.kind == "measured":
            self._measure(news.device, news.values, now, news.device_time_ms, drill)
        elif news.kind == "identified" and not drill:
            self._identify(news, now)
        elif news.kind == "occurred":
            rules = self._rules.get(drill)
            if rules is not None:  # else the drill has just ended, and so has what it pretends
                self._keep(self._occurrences.events(news, rules, now), now, drill, news.device_time_ms)
                self._prove(news.device, self._proofs.by_occurrence(news.device, news.what), now, drill)

    def _measure(
        self,
        device: str,
        values: Mapping[str, Value],
        now: Moment,
        device_time_ms: int | None = None,
        drill: str = "",
    ) -> None:
        good = {name: value for name, value in values.items() if _is_possible(name, value)}
        rules = self._rules.get(drill)
        if rules is None:
            return
        if drill:
            reading = self._by_exception.drill_reading(device, good, now, drill)
        else:
            reading = self._by_exception.reading(device, good, now, device_time_ms)
        if reading:
            self._readings.append(reading)
            self._keep(rules.on_reading(reading, now), now, drill, device_time_ms)
            self._prove(device, self._proofs.by_values(device, reading.values), now, drill)

    def _prove(self, device: str, what: str, now: Moment, drill: str) -> None:
        """Only the real device proves anything: bytes that a drill puts in do not."""
        test = self.drills.test_of(device)
        if not what or (drill and drill != test):
            return
        if test or self._proofs.is_worth_telling(self._state(device), now.wall_ms):
            by = next((one.by for one in self.drills.active if one.id == test), "")
            event = DeviceProven(device=device, how="test" if test else "real", what=what[:_NAME], by=by, drill=test)
            self._keep([event], now)
        self._note(device, proven_at_ms=now.wall_ms)
        if test:
            self.end_drill(test, "stopped", now)

    def _identify(self, news: DeviceNews, now: Moment) -> None:
        known = {state.id: Identity(state.fingerprint, state.port) for state in self.states if state.fingerprint}
        says = Identity(news.what[:_TEXT], news.port[:_TEXT])
        finding = find(news.device, says, known)
        if finding.outcome != "same":
            self._keep(
                [DeviceIdentified(device=news.device, fingerprint=says.fingerprint, outcome=finding.outcome,
                                  was=finding.was, port=says.port)], now
            )  # fmt: skip
        self._note(news.device, fingerprint=says.fingerprint, port=says.port)

    def _state(self, device: str) -> DeviceState | None:
        return next((state for state in self.states if state.id == device), None)

    def _note(self, device: str, **changes: str | int | None) -> None:
        for state in self._supervision.note(device, **changes):
            self._changed[state.id] = state

    def _on_states(self, states: Iterable[DeviceState], now: Moment) -> None:
        for state in states:
            self._changed[state.id] = state
            if state.online:
                self._keep(self._rules[""].on_heard_again(state.id), now)
            elif state.life_safety:
                drill = self._supervision.drill_of(state.id)
                self._keep(self._rules[""].on_silence(state.id, now, drill), now)

    def _step(self, command: Command) -> list[EventData]:
        alarm, by, asked = command.subject, command.by, command.id or None
        if not 1 <= len(by) <= _NAME:
            raise NotPossible(f"a command must say by whom, in 1 to {_NAME} characters")
        match command.action:
            case "acknowledge":
                return self._book.acknowledge(alarm, by, asked)
            case "attend":
                return self._book.attend(alarm, by, asked)
            case "close":
                wanted = command.reason or "done"
                reason = next((one for one in CLOSE_REASONS if one == wanted), None)
                if reason is None:
                    raise NotPossible(f"no reason {wanted!r} to close an alarm; known: {', '.join(CLOSE_REASONS)}")
                return self._book.close(alarm, by, reason, asked)
        raise NotPossible(f"no action {command.action!r}; known: acknowledge, attend, close")

    def _keep(
        self, events: Iterable[EventData], now: Moment, drill: str = "", device_time_ms: int | None = None
    ) -> None:
        """Stamp what the maker of an event could not know."""
        stamp: dict[str, object] = {}
        if drill:
            stamp["drill"] = drill
        if device_time_ms is not None:
            stamp["device_time_ms"] = device_time_ms
        self._events += [(event.model_copy(update=stamp) if stamp else event, now) for event in events]


def _is_possible(name: str, value: Value) -> bool:
    """A value outside the physically possible range is a fault of the device, not a measurement.

    Nor is one of another type than the catalogue's: once stored, it could never be sent.
    """
    metric = CATALOGUE.get(name)
    if metric is None or isinstance(value, str):
        return False
    try:
        to_wire(metric.datatype, value)
    except ValueError:
        return False
    return (metric.low is None or value >= metric.low) and (metric.high is None or value <= metric.high)
