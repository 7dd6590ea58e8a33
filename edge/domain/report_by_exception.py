"""Which measured values are worth a row: a change, or the same value once in a while (Sparkplug 3.0.0, 5.5)."""

from collections.abc import Mapping

from edge.domain.moment import Moment
from edge.domain.readings import Reading, Value


class ReportByException:
    """Also gives each device strictly growing times, so that (device, metric, time) names one reading."""

    def __init__(self, repeat_after_s: float) -> None:
        self._repeat_after_s = repeat_after_s
        self._reported: dict[tuple[str, str], tuple[Value, float]] = {}
        self._last_ms: dict[str, int] = {}

    def reading(
        self, device: str, values: Mapping[str, Value], now: Moment, device_time_ms: int | None = None
    ) -> Reading | None:
        """None when every value was reported not long ago and has not changed."""
        news = {m: v for m, v in values.items() if self._is_news(device, m, v, now)}
        if not news:
            return None
        taken_at_ms = self._next_ms(device, now)
        for metric, value in news.items():
            self._reported[device, metric] = (value, now.monotonic)
        return Reading(device, news, taken_at_ms, device_time_ms)

    def drill_reading(self, device: str, values: Mapping[str, Value], now: Moment, drill: str) -> Reading | None:
        """All that a drill pretends is worth a row, and none of it is what the device last said."""
        if not values:
            return None
        return Reading(device, dict(values), self._next_ms(device, now), drill=drill)

    def forget(self, device: str) -> None:
        """After a fault the next value is news, whatever it is."""
        for key in [key for key in self._reported if key[0] == device]:
            del self._reported[key]

    def _next_ms(self, device: str, now: Moment) -> int:
        self._last_ms[device] = max(now.wall_ms, self._last_ms.get(device, 0) + 1)
        return self._last_ms[device]

    def _is_news(self, device: str, metric: str, value: Value, now: Moment) -> bool:
        before = self._reported.get((device, metric))
        return before is None or before[0] != value or now.monotonic - before[1] >= self._repeat_after_s
