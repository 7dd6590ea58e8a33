"""The alarm's life: raised -> acknowledged -> attended -> closed, with escalation while nobody acknowledges.

Pure: every method takes the moment and returns the events that must be stored. One alarm at a time for each
(device, rule, drill): a second press is the same call until somebody attended the first; a drill's never is.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal, get_args

from contract.events.data import EventData
from contract.events.types import (
    AlarmAcknowledged,
    AlarmAttended,
    AlarmClosed,
    AlarmEscalated,
    AlarmRaised,
    CloseReason,
    Rule,
)
from edge.domain.moment import Moment

State = Literal["raised", "acknowledged", "attended"]
STATES: tuple[State, ...] = get_args(State)


@dataclass(frozen=True, slots=True)
class Alarm:
    """An open alarm. A closed one is an event, not a row."""

    id: str
    device: str
    rule: Rule
    state: State
    raised_at_ms: int
    level: int = 0
    drill: str = ""


class NotPossible(ValueError):
    """The alarm is not in a state for this step; the text says which step comes first."""


class AlarmBook:
    def __init__(
        self,
        new_id: Callable[[int], str],
        escalate_after_s: tuple[float, float, float],
        locations: Mapping[str, str],
        open_alarms: Sequence[Alarm],
        now: Moment,
    ) -> None:
        """`new_id` takes the wall time in ms. `open_alarms`: those that were open when the process last stopped."""
        self._new_id, self._ladder, self._locations = new_id, escalate_after_s, locations
        self._alarms = {alarm.id: alarm for alarm in open_alarms}
        self._raised = {alarm.id: now.monotonic_at(alarm.raised_at_ms) for alarm in open_alarms}

    @property
    def open_alarms(self) -> list[Alarm]:
        return list(self._alarms.values())

    def find(self, device: str, rule: Rule, drill: str = "") -> Alarm | None:
        """The newest open one."""
        wanted = (device, rule, drill)
        return next((a for a in reversed(self.open_alarms) if (a.device, a.rule, a.drill) == wanted), None)

    def raise_alarm(
        self,
        device: str,
        rule: Rule,
        now: Moment,
        *,
        metric: str = "",
        value: float | None = None,
        limit: float | None = None,
        drill: str = "",
    ) -> list[EventData]:
        open_one = self.find(device, rule, drill)
        if open_one and open_one.state != "attended":  # who is attended may call again, and nobody may miss it
            return []
        alarm = Alarm(self._new_id(now.wall_ms), device, rule, "raised", now.wall_ms, drill=drill)
        self._alarms[alarm.id] = alarm
        self._raised[alarm.id] = now.monotonic
        location = self._locations.get(device, "")
        return [AlarmRaised(alarm=alarm.id, device=device, rule=rule, location=location, metric=metric, value=value,
                            limit=limit, drill=drill)]  # fmt: skip

    def acknowledge(self, alarm_id: str, by: str, command: str | None = None) -> list[EventData]:
        alarm = self._open(alarm_id)
        if alarm.state != "raised":
            return []
        self._alarms[alarm.id] = replace(alarm, state="acknowledged")
        return [AlarmAcknowledged(alarm=alarm.id, device=alarm.device, by=by, command=command, drill=alarm.drill)]

    def attend(self, alarm_id: str, by: str, command: str | None = None) -> list[EventData]:
        """Being there is more than knowing of it: allowed without an acknowledgement before."""
        alarm = self._open(alarm_id)
        if alarm.state == "attended":
            return []
        self._alarms[alarm.id] = replace(alarm, state="attended")
        return [AlarmAttended(alarm=alarm.id, device=alarm.device, by=by, command=command, drill=alarm.drill)]

    def close(self, alarm_id: str, by: str, reason: CloseReason, command: str | None = None) -> list[EventData]:
        alarm = self._open(alarm_id)
        if alarm.state == "raised":
            raise NotPossible(f"alarm {alarm_id} is raised: acknowledge or attend it before closing")
        return self._closed(alarm, by, reason, command)

    def recover(self, device: str, rule: Rule) -> list[EventData]:
        """Only for technical alarms: the condition ended by itself, and nobody need go there."""
        alarms = [a for a in self.open_alarms if (a.device, a.rule) == (device, rule)]
        return [event for alarm in alarms for event in self._closed(alarm, "system", "recovered", None)]

    def end_drill(self, drill: str) -> list[EventData]:
        """Nobody need attend what was only practised."""
        alarms = [a for a in self.open_alarms if a.drill == drill]
        return [event for alarm in alarms for event in self._closed(alarm, "drill", "recovered", None)]

    def escalate(self, now: Moment) -> list[EventData]:
        events: list[EventData] = []
        for alarm in self.open_alarms:
            waited_s = now.monotonic - self._raised[alarm.id]
            level = sum(waited_s >= limit for limit in self._ladder)
            if alarm.state == "raised" and level > alarm.level:
                self._alarms[alarm.id] = replace(alarm, level=level)
                events.append(AlarmEscalated(alarm=alarm.id, device=alarm.device, level=level, drill=alarm.drill))
        return events

    def _open(self, alarm_id: str) -> Alarm:
        if alarm_id not in self._alarms:
            raise NotPossible(f"no open alarm {alarm_id} here; it may be closed already")
        return self._alarms[alarm_id]

    def _closed(self, alarm: Alarm, by: str, reason: CloseReason, command: str | None) -> list[EventData]:
        del self._alarms[alarm.id], self._raised[alarm.id]
        return [AlarmClosed(alarm=alarm.id, device=alarm.device, by=by, reason=reason, command=command,
                            drill=alarm.drill)]  # fmt: skip
