"""One thread for one port: open, feed the session, write what it sends, reopen with back-off when it is lost."""

import logging
import queue
import threading
from collections.abc import Callable, Sequence

from edge.domain.news import DeviceNews, News, PortNews
from edge.ports import Clock
from firmware_bridge.links import Link, LinkLost, LinkUnavailable, open_link
from firmware_bridge.session import DeviceSettings, Driver, Faulted, Heard, Measured, Occurred, Output, Send

_READ_S = 0.02
_BACK_OFF_S = (0.5, 1, 2, 5, 10)
log = logging.getLogger(__name__)


class DevicePort:
    def __init__(
        self, url: str, driver: Driver, devices: tuple[DeviceSettings, ...], news: "queue.Queue[News]", clock: Clock
    ) -> None:
        """`news` is bounded: when the field process cannot keep up, the port is read more slowly, not into memory."""
        self.url, self.devices = url, tuple(device.id for device in devices)
        self._driver, self._news, self._clock = driver, news, clock
        self._session = driver.session(devices)
        self._stopping = threading.Event()
        self._outbound: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"port {url}", daemon=True)
        self.reopens = -1  # the first opening is none

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=5)

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
        failures = 0
        while not self._stopping.is_set():
            try:
                link = open_link(self.url, self._driver.line)
            except LinkUnavailable as error:
                if failures == 0:  # an outage is logged once, and so is its end
                    log.warning("%s: %s", self.url, error)
                    self._put(PortNews(self._clock.now(), self.url, self.devices, is_open=False, reason=str(error)))
                self._stopping.wait(_BACK_OFF_S[min(failures, len(_BACK_OFF_S) - 1)])
                failures += 1
                continue
            failures = 0
            self.reopens += 1
            self._put(PortNews(self._clock.now(), self.url, self.devices, is_open=True))
            try:
                self._serve(link)
            except LinkLost as error:
                log.warning("%s: lost: %s", self.url, error)
                self._put(PortNews(self._clock.now(), self.url, self.devices, is_open=False, reason=str(error)))
            finally:
                link.close()

    def _serve(self, link: Link) -> None:
        self._drop_old_confirmations()
        self._handle(link, self._session.start(self._clock.now().monotonic))
        while not self._stopping.is_set():
            data = link.read(_READ_S)
            now = self._clock.now().monotonic
            if data:
                self._handle(link, self._session.feed(data, now))
            self._handle(link, self._session.tick(now))
            while not self._outbound.empty():
                link.write(self._outbound.get())

    def _drop_old_confirmations(self) -> None:
        """The device that waited for them is gone."""
        while not self._outbound.empty():
            self._outbound.get()

    def _handle(self, link: Link, outputs: Sequence[Output]) -> None:
        for output in outputs:
            if isinstance(output, Send):
                link.write(output.data)
            else:
                self._put(self._as_news(output))

    def _as_news(self, output: Heard | Measured | Occurred | Faulted) -> DeviceNews:
        at = self._clock.now()
        match output:
            case Heard(device, confirm):
                return DeviceNews(at, self.url, device, "heard", confirm=self._confirmation(confirm))
            case Measured(device, values):
                return DeviceNews(at, self.url, device, "measured", values=values)
            case Faulted(device, reason):
                return DeviceNews(at, self.url, device, "faulted", what=reason)
            case Occurred(device, what, detail, confirm):
                return DeviceNews(at, self.url, device, "occurred", what, detail, self._confirmation(confirm))

    def _confirmation(self, data: bytes) -> Callable[[], None] | None:
        return (lambda: self._outbound.put(data)) if data else None

    def _put(self, news: News) -> None:
        while not self._stopping.is_set():
            try:
                self._news.put(news, timeout=0.5)
            except queue.Full:
                continue
            return
