"""What the field process does with the outputs of its devices: supervise, apply the alarm rules, make them durable.

Only when the store has them are the confirmations handed back to the ports ("done" means on disk).
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Literal

from contract.command import Command
from contract.events.types import CommandRefused, DeviceFault, EventData
from contract.metrics import CATALOGUE
from contract.sparkplug.values import to_wire
from edge.domain.alarm_rules import AlarmRules
from edge.domain.alarms import AlarmBook, NotPossible
from edge.domain.moment import Moment
from edge.domain.news import DeviceNews, News, PortNews
from edge.domain.readings import DeviceState, Reading, Value
from edge.domain.report_by_exception import ReportByException
from edge.domain.supervision import Supervision
from edge.ports import FieldStore, StoreUnavailable
from edge.services.check_in import CheckIn

_NAME, _TEXT = 64, 256  # what an event's names and texts may be long


class Field:
    def __init__(
        self,
        store: FieldStore,
        supervision: Supervision,
        book: AlarmBook,
        rules: AlarmRules,
        check_in: CheckIn,
        by_exception: ReportByException,
    ) -> None:
        self._store, self._supervision, self._book, self._rules = store, supervision, book, rules
        self._check_in, self._by_exception = check_in, by_exception
        self._readings: list[Reading] = []
        self._events: list[tuple[EventData, int]] = []
        self._answered: list[str] = []
        self._changed: dict[str, DeviceState] = {}
        self._confirms: list[Callable[[], None]] = []

    @property
    def waiting(self) -> int:
        """How much is not yet durable; the caller stops taking news while this is large."""
        return len(self._readings) + len(self._events) + len(self._confirms)

    def take(self, news: Iterable[News]) -> None:
        for item in news:
            if isinstance(item, PortNews):
                self._on_states(self._supervision.on_port(item.devices, item.at, is_open=item.is_open), item.at)
            else:
                self._on_device(item, item.at)

    def tick(self, now: Moment, heard_until: Moment) -> None:
        """`heard_until`: how far the news has been taken; nobody is silent only because we listen late."""
        self._on_states(self._supervision.tick(heard_until), now)
        self._keep(self._rules.tick(now), now)

    def count(self, device: str, counters: Mapping[str, int], now: Moment) -> None:
        """The port's counters, as readings of the device."""
        self._measure(device, counters, now)

    def obey(self, commands: Sequence[Command], now: Moment) -> None:
        """Each command is answered by an event with its id: the step it asked for, or command.refused."""
        for command in commands:
            if command.id in self._answered:
                continue
            try:
                events = self._step(command)
                refusal = "" if events else f"alarm {command.subject} has had this step already"
            except NotPossible as wrong:
                events, refusal = [], str(wrong)
            self._keep(events or [CommandRefused(command=command.id, reason=refusal[:_TEXT])], now)
            self._answered.append(command.id)

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
        for confirm in confirms:
            confirm()
        return True

    def _on_device(self, news: DeviceNews, now: Moment) -> None:
        if news.confirm:
            self._confirms.append(news.confirm)
        if news.kind == "faulted":
            self._by_exception.forget(news.device)
            self._on_states(self._supervision.on_fault(news.device, now), now)
            return
        self._on_states(self._supervision.on_heard(news.device, now), now)
        if news.kind == "measured":
            self._measure(news.device, news.values, now)
        elif news.kind == "occurred":
            self._keep(self._on_occurrence(news, now), now)

    def _on_occurrence(self, news: DeviceNews, now: Moment) -> list[EventData]:
        match news.what:
            case "card_read":
                return self._check_in.on_card(news.device, news.values)
            case "card_unreadable" | "card_unsupported":
                return self._check_in.on_failure(news.device, news.what, news.values)
            case "call_pressed":
                return self._rules.on_press(news.device, now)
            case "call_cancelled":
                return self._rules.on_cancel(news.device)
            case "code_scanned":
                return []  # no workflow takes codes yet, and what they say may be about a person
            case "fire":  # one alarm for the panel; each detector that reports is told as well
                return [*self._rules.on_fire(news.device, now), self._fault(news)]
        return [self._fault(news)]

    @staticmethod
    def _fault(news: DeviceNews) -> DeviceFault:
        detail = ", ".join(f"{key}={value}" for key, value in sorted(news.values.items()))
        return DeviceFault(device=news.device, port=news.port, what=news.what, detail=detail[:_TEXT])

    def _measure(self, device: str, values: Mapping[str, Value], now: Moment) -> None:
        good = {name: value for name, value in values.items() if _is_possible(name, value)}
        reading = self._by_exception.reading(device, good, now)
        if reading:
            self._readings.append(reading)
            self._keep(self._rules.on_reading(reading, now), now)

    def _on_states(self, states: Iterable[DeviceState], now: Moment) -> None:
        for state in states:
            self._changed[state.id] = state
            if state.online:
                self._keep(self._rules.on_heard_again(state.id), now)
            elif state.life_safety:
                self._keep(self._rules.on_silence(state.id, now), now)

    def _step(self, command: Command) -> list[EventData]:
        alarm, by = command.subject, command.by
        if not 1 <= len(by) <= _NAME:
            raise NotPossible(f"a command must say by whom, in 1 to {_NAME} characters")
        match command.action:
            case "acknowledge":
                return self._book.acknowledge(alarm, by, command.id)
            case "attend":
                return self._book.attend(alarm, by, command.id)
            case "close":
                reason: Literal["done", "false_alarm"] = "false_alarm" if command.reason == "false_alarm" else "done"
                return self._book.close(alarm, by, reason, command.id)
        raise NotPossible(f"no action {command.action!r}; known: acknowledge, attend, close")

    def _keep(self, events: Iterable[EventData], now: Moment) -> None:
        self._events += [(event, now.wall_ms) for event in events]


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
