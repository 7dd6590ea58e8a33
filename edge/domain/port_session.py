"""One port's device session as the field process sees it: calls in, news and bytes to send out. Pure.

Whoever makes the same calls with the same arguments in the same order gets the same news: live from the port, or
from a recording.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from typing import NamedTuple, cast

from edge.domain.moment import Moment
from edge.domain.news import DeviceNews, News, PortNews
from edge.domain.readings import Value
from firmware_bridge.session import (
    ActingSession,
    CannotAct,
    Counters,
    DeviceSettings,
    Driver,
    Faulted,
    Heard,
    Identified,
    Measured,
    Occurred,
    Output,
    Send,
    Session,
)


class DriverFailed(Exception):
    """The driver has a bug that this call met. The session was made afresh; treat the port as lost."""


class Outcome(NamedTuple):
    """What was heard comes first: a port that is lost while writing must not take it along."""

    news: list[News]
    sends: list[bytes]


class PortSession:
    def __init__(self, url: str, driver: Driver, devices: tuple[DeviceSettings, ...]) -> None:
        """Raises BadOption."""
        self.url, self.driver, self._settings = url, driver, devices
        self.devices = tuple(device.id for device in devices)
        self._session: Session = driver.session(devices)
        self._rehearsals: dict[str, Session] = {}  # by drill

    @property
    def counters(self) -> Counters:
        return self._session.counters

    def opened(self, now: Moment) -> Outcome:
        self._rehearsals.clear()
        outcome = self._call(lambda: self._session.start(now.monotonic), now)
        return Outcome([PortNews(now, self.url, self.devices, is_open=True), *outcome.news], outcome.sends)

    def lost(self, reason: str, now: Moment, drill: str = "") -> Outcome:
        return Outcome([PortNews(now, self.url, self.devices, is_open=False, reason=reason, drill=drill)], [])

    def received(self, data: bytes, now: Moment, drill: str = "") -> Outcome:
        """`drill`: a fault that makes the device say what it did not say was on these bytes."""
        return self._call(lambda: self._session.feed(data, now.monotonic), now, drill)

    def ticked(self, now: Moment) -> Outcome:
        return self._call(lambda: self._session.tick(now.monotonic), now)

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: Moment) -> Outcome:
        """Raises CannotAct."""
        if action not in self.driver.actions:
            known = ", ".join(sorted(self.driver.actions)) or "none"
            raise CannotAct(f"{device}: no action {action!r}; known: {known}")
        acting = cast("ActingSession", self._session)
        return self._call(lambda: acting.act(device, action, arguments, now.monotonic), now)

    def take_photo(self) -> bytes:
        """Of the card that was read last, once; b"" where there is none. It never stands in an outcome."""
        take = getattr(self._session, "take_photo", None)
        return (take() or b"") if take is not None else b""

    def rehearse(self, drill: str, data: bytes, now: Moment) -> Outcome:
        """A drill's bytes go to a session of their own, so that they cannot tear a real frame. Nothing is sent.

        Raises CannotAct, also when the driver fails on them: the real device is served on.
        """
        try:
            if drill not in self._rehearsals:
                self._rehearsals[drill] = self.driver.session(self._settings)
                self._rehearsals[drill].start(now.monotonic)
            outputs = self._rehearsals[drill].feed(data, now.monotonic)
        except Exception as error:
            self.end_rehearsal(drill)
            raise CannotAct(f"the driver {self.driver.name} failed on these bytes: {error!r}") from error
        news = [self._as_news(output, now, drill) for output in outputs if not isinstance(output, Send)]
        return Outcome([replace(item, confirm=b"") for item in news], [])

    def end_rehearsal(self, drill: str) -> None:
        self._rehearsals.pop(drill, None)

    def _call(self, step: Callable[[], Sequence[Output]], now: Moment, drill: str = "") -> Outcome:
        try:
            outputs = step()
        except CannotAct:
            raise
        except Exception as error:
            trace = self._session.counters.trace
            self._session = self.driver.session(self._settings)
            self._session.counters.trace = trace
            raise DriverFailed(f"the driver {self.driver.name} failed: {error!r}") from error
        news: list[News] = [self._as_news(output, now, drill) for output in outputs if not isinstance(output, Send)]
        return Outcome(news, [output.data for output in outputs if isinstance(output, Send)])

    def _as_news(
        self, output: Heard | Measured | Occurred | Faulted | Identified, at: Moment, drill: str
    ) -> DeviceNews:
        url = self.url
        match output:
            case Heard(device, confirm):
                return DeviceNews(at, url, device, "heard", confirm=confirm, drill=drill)
            case Measured(device, values, time_ms):
                return DeviceNews(at, url, device, "measured", values=values, device_time_ms=time_ms, drill=drill)
            case Faulted(device, reason):
                return DeviceNews(at, url, device, "faulted", what=reason, drill=drill)
            case Identified(device, fingerprint):
                return DeviceNews(at, url, device, "identified", fingerprint, drill=drill)
            case Occurred(device, what, detail, confirm, time_ms):
                return DeviceNews(at, url, device, "occurred", what, detail, confirm, time_ms, drill)
