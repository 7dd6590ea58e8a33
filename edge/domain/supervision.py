"""Which devices are on line: a pure ledger of ports opening and closing and of devices being heard."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from edge.domain.moment import Moment
from edge.domain.readings import DeviceState


class Pulse:
    """Whether the field process lives: its heartbeat must go on changing.

    Counted on our own monotonic clock, so that a wall clock that jumps kills nobody and keeps nobody alive.
    """

    def __init__(self, dead_after_s: float) -> None:
        self._dead_after_s = dead_after_s
        self._beat_ms: int | None = None
        self._beaten = 0.0  # monotonic

    def on_beat(self, beat_ms: int, now: Moment) -> None:
        if beat_ms != self._beat_ms:
            self._beaten = now.monotonic_at(beat_ms) if self._beat_ms is None else now.monotonic
            self._beat_ms = beat_ms

    def age_s(self, now: Moment) -> float:
        return now.monotonic - self._beaten

    def is_alive(self, now: Moment) -> bool:
        return self.age_s(now) < self._dead_after_s


@dataclass(slots=True)
class _Watch:
    state: DeviceState
    silence_s: float | None
    port_open: bool = False
    drill: str = ""  # a fault that somebody put on its line
    quiet_since: float = 0  # monotonic: when it was last heard, or its port opened


class Supervision:
    """A device is on line from its first valid frame until its port closes, it faults, or it is silent too long.

    A device without supervision of its own (`silence_s` None) is on line while its port is open.
    """

    def __init__(self, devices: Iterable[tuple[DeviceState, float | None]]) -> None:
        self._watches = {state.id: _Watch(state, silence_s) for state, silence_s in devices}

    @property
    def states(self) -> list[DeviceState]:
        return [watch.state for watch in self._watches.values()]

    def on_port(self, devices: Iterable[str], now: Moment, *, is_open: bool) -> list[DeviceState]:
        """Returns the states that changed."""
        changed = []
        for device in devices:
            watch = self._watches[device]
            watch.port_open, watch.quiet_since = is_open, now.monotonic
            if not is_open:
                changed += self._set(watch, now, online=False, cause="port")
            elif watch.silence_s is None:
                changed += self._set(watch, now, online=True, cause="")
        return changed

    def excuse(self, devices: Iterable[str], drill: str) -> None:
        """Until `end_excuse` these devices are off line because of a drill, if they are."""
        for device in devices:
            self._watches[device].drill = drill

    def end_excuse(self, drill: str, now: Moment) -> list[DeviceState]:
        """Returns the states that changed: who is off line and has no time to be silent in has no excuse any more."""
        changed = []
        for watch in self._watches.values():
            if watch.drill == drill:
                watch.drill, watch.quiet_since = "", now.monotonic
                if watch.state.cause == "drill" and watch.port_open and watch.silence_s is None:
                    changed += self._set(watch, now, online=False, cause="device")
        return changed

    def drill_of(self, device: str) -> str:
        watch = self._watches.get(device)
        return watch.drill if watch else ""

    def note(self, device: str, **changes: str | int | None) -> list[DeviceState]:
        """Keep what was learnt about a device beside its state."""
        watch = self._watches.get(device)
        if watch is None:
            return []
        changed: DeviceState = replace(watch.state, **changes)  # type: ignore[arg-type]
        if changed == watch.state:
            return []
        watch.state = changed
        return [changed]

    def on_heard(self, device: str, now: Moment) -> list[DeviceState]:
        watch = self._watches.get(device)
        if watch is None:
            return []
        watch.quiet_since = now.monotonic
        return self._set(watch, now, online=True, cause="")

    def on_fault(self, device: str, now: Moment) -> list[DeviceState]:
        watch = self._watches.get(device)
        return self._set(watch, now, online=False, cause="device") if watch else []

    def tick(self, now: Moment) -> list[DeviceState]:
        """Silence: also of a device that was never heard since its port opened."""
        changed = []
        for watch in self._watches.values():
            silent = watch.silence_s is not None and now.monotonic - watch.quiet_since >= watch.silence_s
            if watch.port_open and silent:
                changed += self._set(watch, now, online=False, cause="device")
        return changed

    @staticmethod
    def _set(watch: _Watch, now: Moment, *, online: bool, cause: str) -> list[DeviceState]:
        cause = "drill" if watch.drill and not online else cause
        if (watch.state.online, watch.state.cause) == (online, cause):
            return []
        watch.state = replace(watch.state, online=online, cause=cause, since_ms=now.wall_ms)
        return [watch.state]
