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

    def reading(self, device: str, values: Mapping[str, Value], now: Moment) -> Reading | None:
        """None when every value was reported not long ago and has not changed."""
        news = {m: v for m, v in values.items() if self._is_news(device, m, v, now)}
        if not news:
            return None
        taken_at_ms = max(now.wall_ms, self._last_ms.get(device, 0) + 1)
        self._last_ms[device] = taken_at_ms
        for metric, value in news.items():
            self._reported[device, metric] = (value, now.monotonic)
        return Reading(device, news, taken_at_ms)

    def forget(self, device: str) -> None:
        """After a fault the next value is news, whatever it is."""
        for key in [key for key in self._reported if key[0] == device]:
            del self._reported[key]

    def _is_news(self, device: str, metric: str, value: Value, now: Moment) -> bool:
        before = self._reported.get((device, metric))
        return before is None or before[0] != value or now.monotonic - before[1] >= self._repeat_after_s
