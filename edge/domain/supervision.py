"""Which devices are on line: a pure ledger of ports opening and closing and of devices being heard."""

from collections.abc import Iterable
from dataclasses import dataclass, replace

from edge.domain.moment import Moment
from edge.domain.readings import DeviceState


@dataclass(slots=True)
class _Watch:
    state: DeviceState
    silence_s: float | None
    port_open: bool = False
    heard: float | None = None  # monotonic


class Supervision:
    """A device is on line from its first valid frame until its port closes, it faults, or it is silent too long.

    A device without supervision of its own (`silence_s` None) is on line while its port is open.
    """

    def __init__(self, devices: Iterable[tuple[DeviceState, float | None]], now: Moment) -> None:
        self._watches = {state.id: _Watch(state, silence_s) for state, silence_s in devices}
        self._started = now.monotonic

    @property
    def states(self) -> list[DeviceState]:
        return [watch.state for watch in self._watches.values()]

    def on_port(self, devices: Iterable[str], now: Moment, *, is_open: bool) -> list[DeviceState]:
        """Returns the states that changed."""
        changed = []
        for device in devices:
            watch = self._watches[device]
            watch.port_open = is_open
            if not is_open:
                changed += self._set(watch, now, online=False, cause="port")
            elif watch.silence_s is None:
                changed += self._set(watch, now, online=True, cause="")
        return changed

    def on_heard(self, device: str, now: Moment) -> list[DeviceState]:
        watch = self._watches.get(device)
        if watch is None:
            return []
        watch.heard = now.monotonic
        return self._set(watch, now, online=True, cause="")

    def on_fault(self, device: str, now: Moment) -> list[DeviceState]:
        watch = self._watches.get(device)
        return self._set(watch, now, online=False, cause="device") if watch else []

    def tick(self, now: Moment) -> list[DeviceState]:
        """Silence: also of a device that was never heard since this process started."""
        changed = []
        for watch in self._watches.values():
            if watch.port_open and watch.silence_s is not None:
                last = self._started if watch.heard is None else watch.heard
                if now.monotonic - last >= watch.silence_s:
                    changed += self._set(watch, now, online=False, cause="device")
        return changed

    @staticmethod
    def _set(watch: _Watch, now: Moment, *, online: bool, cause: str) -> list[DeviceState]:
        if (watch.state.online, watch.state.cause) == (online, cause):
            return []
        watch.state = replace(watch.state, online=online, cause=cause, since_ms=now.wall_ms)
        return [watch.state]
