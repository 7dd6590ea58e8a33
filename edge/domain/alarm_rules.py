"""When a reading, a press or silence becomes an alarm. Pure; works with the uplink cut because it knows none.

Limits and times come from the facility file. A missing value is never zero and never ends a condition.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta, timezone
from typing import Literal

from contract.events.data import EventData
from edge.domain.alarms import AlarmBook
from edge.domain.moment import Moment
from edge.domain.readings import Latest, Reading, Value

_BEFORE_NIGHT_S = 2 * 3600
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")  # no daylight saving since 1991


@dataclass(frozen=True, slots=True)
class Limits:
    """Durations in seconds; `bed_exit_hours` local, from (included) to (excluded), may pass midnight."""

    bed_exit_after_s: float
    bed_exit_hours: tuple[int, int]
    out_of_range_hold_s: float
    stationary_after_s: float
    ranges: Mapping[tuple[str, str], tuple[float, float]]  # (device, metric) -> lowest and highest good value


@dataclass(slots=True)
class _Condition:
    since: float  # monotonic seconds
    value: float | None = None
    fired: bool = False


class AlarmRules:
    def __init__(self, limits: Limits, book: AlarmBook, drill: str = "") -> None:
        """`drill`: these rules watch what a drill pretends; real life has rules of its own."""
        self._limits, self._book, self._drill = limits, book, drill
        self._holding: dict[tuple[str, str], _Condition] = {}  # (device, metric) -> an unfinished bad condition
        self._in_bed: dict[str, bool] = {}

    def resume(self, latest: Mapping[tuple[str, str], Latest], now: Moment) -> None:
        """Take up conditions that began before the process stopped, from the last stored values."""
        for (device, metric), last in latest.items():
            if metric != "Fall/Detected":  # its alarm was stored with it; whether it lasts, the radar will say
                self._watch(device, metric, last.value, now.monotonic_at(last.since_ms))
            if metric == "Bed/Occupied":
                self._in_bed[device] = bool(last.value)
                if not last.value:
                    self._holding[device, metric] = _Condition(now.monotonic_at(last.since_ms))

    def on_reading(self, reading: Reading, now: Moment) -> list[EventData]:
        for metric, value in reading.values.items():
            if metric == "Bed/Occupied":
                self._on_bed(reading.device, occupied=bool(value), now=now)
            else:
                self._watch(reading.device, metric, value, now.monotonic)
        return self.tick(now)

    def on_press(self, device: str, now: Moment) -> list[EventData]:
        return self._book.raise_alarm(device, "call", now, drill=self._drill)

    def on_cancel(self, device: str) -> list[EventData]:
        """The cancel key at the bedside proves that somebody is there (domain brief 4.3)."""
        alarm = self._book.find(device, "call", self._drill)
        return self._book.attend(alarm.id, "bedside") if alarm else []

    def on_hazard(self, device: str, hazard: Literal["fire", "gas_leak", "water_leak"], now: Moment) -> list[EventData]:
        return self._book.raise_alarm(device, hazard, now, drill=self._drill)

    def on_silence(self, device: str, now: Moment, drill: str = "") -> list[EventData]:
        return self._book.raise_alarm(device, "device_silent", now, drill=drill)

    def on_heard_again(self, device: str) -> list[EventData]:
        return self._book.recover(device, "device_silent")

    def tick(self, now: Moment) -> list[EventData]:
        events: list[EventData] = []
        for (device, metric), condition in self._holding.items():
            held_s = now.monotonic - condition.since
            if not condition.fired and held_s >= self._hold_s(metric) and self._applies(metric, held_s, now):
                condition.fired = True
                events += self._fire(device, metric, condition, now)
        return events + self._book.escalate(now)

    def _on_bed(self, device: str, *, occupied: bool, now: Moment) -> None:
        was, self._in_bed[device] = self._in_bed.get(device), occupied
        if occupied:
            self._holding.pop((device, "Bed/Occupied"), None)
        elif was:
            self._holding[device, "Bed/Occupied"] = _Condition(now.monotonic)

    def _watch(self, device: str, metric: str, value: Value, since: float) -> None:
        bad = self._is_bad(device, metric, value)
        if bad is False:
            self._holding.pop((device, metric), None)
        elif bad:
            condition = self._holding.setdefault((device, metric), _Condition(since))
            condition.value = float(value)

    def _is_bad(self, device: str, metric: str, value: Value) -> bool | None:
        """None: no rule looks at this metric."""
        if metric in ("Fall/Detected", "Fall/Stationary"):
            return bool(value)
        limits = self._limits.ranges.get((device, metric))
        return None if limits is None else not limits[0] <= float(value) <= limits[1]

    def _hold_s(self, metric: str) -> float:
        match metric:
            case "Bed/Occupied":
                return self._limits.bed_exit_after_s
            case "Fall/Detected":
                return 0
            case "Fall/Stationary":
                return self._limits.stationary_after_s
        return self._limits.out_of_range_hold_s

    def _fire(self, device: str, metric: str, condition: _Condition, now: Moment) -> list[EventData]:
        match metric:
            case "Bed/Occupied":
                return self._book.raise_alarm(device, "bed_exit", now, drill=self._drill)
            case "Fall/Detected":
                return self._book.raise_alarm(device, "fall", now, drill=self._drill)
            case "Fall/Stationary":
                return self._book.raise_alarm(device, "stationary", now, drill=self._drill)
        low, high = self._limits.ranges[device, metric]
        value = condition.value
        limit = low if value is not None and value < low else high
        return self._book.raise_alarm(
            device, "out_of_range", now, metric=metric, value=value, limit=limit, drill=self._drill
        )

    def _applies(self, metric: str, held_s: float, now: Moment) -> bool:
        """A bed left long before the night began is an empty bed, not somebody who got up."""
        if metric != "Bed/Occupied":
            return True
        local = datetime.fromtimestamp(now.wall_ms / 1000, UTC).astimezone(SHANGHAI)
        hour = local.hour + local.minute / 60 + local.second / 3600
        start, end = self._limits.bed_exit_hours
        into_night_h, night_h = (hour - start) % 24, (end - start) % 24 or 24
        return into_night_h < night_h and (night_h == 24 or held_s <= into_night_h * 3600 + _BEFORE_NIGHT_S)
