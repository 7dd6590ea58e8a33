"""One thread for one port: open, feed the session, write what it sends, reopen with back-off when it is lost."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence

from edge.domain.news import DeviceNews, News, PortNews
from edge.ports import Clock
from firmware_bridge.links import Link, LinkLost, LinkUnavailable, open_link
from firmware_bridge.session import DeviceSettings, Driver, Faulted, Heard, Identified, Measured, Occurred, Output, Send

_READ_S = 0.02
_PUT_S = 0.5
_BACK_OFF_S = (0.5, 1, 2, 5, 10)
_HEALTHY_S = 10  # a port that was served this long starts with the first back-off again
log = logging.getLogger(__name__)


class DevicePort:
    def __init__(
        self, url: str, driver: Driver, devices: tuple[DeviceSettings, ...], news: "queue.Queue[News]", clock: Clock
    ) -> None:
        """`news` is bounded: when the field process cannot keep up, the port is read more slowly, not into memory."""
        self.url, self.devices = url, tuple(device.id for device in devices)
        self._driver, self._settings, self._news, self._clock = driver, devices, news, clock
        self._session = driver.session(devices)
        self._stopping = threading.Event()
        self._deaf = False  # nobody takes our news any more
        self._outbound: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"port {url}", daemon=True)
        self._failures = 0  # since the port last worked for a while
        self.reopens = -1  # the first opening is none

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Only asks: ask all ports, then `join` each, and they end side by side."""
        self._stopping.set()

    def join(self, timeout_s: float) -> None:
        if self._thread.is_alive():
            self._thread.join(timeout_s)

    @property
    def counters(self) -> dict[str, int]:
        c = self._session.counters
        return {
            "Port/Frames": c.frames,
            "Port/CRC Errors": c.crc_errors,
            "Port/Resyncs": c.resyncs,
            "Port/Reopens": max(0, self.reopens),
        }

    def _run(self) -> None:
        while not self._stopping.is_set():
            reason = self._open_and_serve()
            if self._stopping.is_set():
                return
            if self._failures == 0:  # an outage is logged once, and so is its end
                log.warning("%s: %s", self.url, reason)
            self._put(PortNews(self._clock.now(), self.url, self.devices, is_open=False, reason=reason))
            self._stopping.wait(_BACK_OFF_S[min(self._failures, len(_BACK_OFF_S) - 1)])
            self._failures += 1

    def _open_and_serve(self) -> str:
        """Until the port is lost; returns why."""
        try:
            link = open_link(self.url, self._driver.line)
            try:
                self.reopens += 1
                self._put(PortNews(self._clock.now(), self.url, self.devices, is_open=True))
                self._serve(link)
            finally:
                link.close()
        except (LinkUnavailable, LinkLost) as error:
            return str(error)
        except Exception as error:  # a driver with a bug must not leave its devices unwatched, nor the others
            log.exception("%s: the driver %s failed; starting it afresh", self.url, self._driver.name)
            self._session = self._driver.session(self._settings)
            return f"the driver failed: {error!r}"
        return ""

    def _serve(self, link: Link) -> None:
        self._drop_old_confirmations()
        opened = self._clock.now().monotonic
        self._handle(link, self._session.start(opened))
        while not self._stopping.is_set():
            data = link.read(_READ_S)
            now = self._clock.now().monotonic
            if data:
                self._handle(link, self._session.feed(data, now))
            self._handle(link, self._session.tick(now))
            while not self._outbound.empty():
                link.write(self._outbound.get())
            if self._failures and now - opened >= _HEALTHY_S:
                self._failures = 0
                log.warning("%s: works again", self.url)

    def _drop_old_confirmations(self) -> None:
        """The device that waited for them is gone."""
        while not self._outbound.empty():
            self._outbound.get()

    def _handle(self, link: Link, outputs: Sequence[Output]) -> None:
        """What was heard goes first: a port that is lost while writing must not take it along."""
        for output in outputs:
            if not isinstance(output, Send):
                self._put(self._as_news(output))
        for output in outputs:
            if isinstance(output, Send):
                link.write(output.data)

    def _as_news(self, output: Heard | Measured | Occurred | Faulted | Identified) -> DeviceNews:
        at = self._clock.now()
        match output:
            case Heard(device, confirm):
                return DeviceNews(at, self.url, device, "heard", confirm=self._confirmation(confirm))
            case Measured(device, values):
                return DeviceNews(at, self.url, device, "measured", values=values)
            case Identified(device, fingerprint):
                return DeviceNews(at, self.url, device, "identified", fingerprint)
            case Faulted(device, reason):
                return DeviceNews(at, self.url, device, "faulted", what=reason)
            case Occurred(device, what, detail, confirm):
                return DeviceNews(at, self.url, device, "occurred", what, detail, self._confirmation(confirm))

    def _confirmation(self, data: bytes) -> Callable[[], None] | None:
        return (lambda: self._outbound.put(data)) if data else None

    def _put(self, news: News) -> None:
        while not self._deaf:
            try:
                self._news.put(news, timeout=_PUT_S)
            except queue.Full:
                if self._stopping.is_set():
                    self._deaf = True
                    log.error("%s: the field process takes no more; what was heard from now on is lost", self.url)
            else:
                return
