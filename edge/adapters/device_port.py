"""One thread for one port: open, feed the session, write what it sends, reopen with back-off when it is lost."""

import json
import logging
import queue
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future

from edge.domain.moment import Moment
from edge.domain.news import News
from edge.domain.port_session import DriverFailed, Outcome, PortSession
from edge.domain.readings import Value
from edge.ports import Clock, Journal
from firmware_bridge.faults import Fault, Forged
from firmware_bridge.links import BadLink, Link, LinkLost, LinkUnavailable, open_link
from firmware_bridge.recording import Kind
from firmware_bridge.session import CannotAct, Line, Verdict

_PHOTO_S = 2.0
_READ_S = 0.05  # a session wants its tick at least that often
_NEWS_MAX = 10_000  # calls with news, over all ports
_BACK_OFF_S = (0.5, 1, 2, 5, 10)
_HEALTHY_S = 10  # a port that was served this long starts with the first back-off again
log = logging.getLogger(__name__)

Watcher = Callable[[Moment, str, bytes, list[News]], None]
"""(when, "frame" | "crc_error" | "skipped" | "sent" | "lost" | "opened" | "news", bytes, what came of it)."""


class DevicePort:
    def __init__(
        self,
        number: int,
        link: str,
        session: PortSession,
        line: Line,
        news: "queue.Queue[list[News]]",
        clock: Clock,
        journal: Journal,
    ) -> None:
        """`link` may hold a password, the session's url does not.

        `news` takes all that is put, but while it holds `_NEWS_MAX` the port is not read: memory stays bounded.
        """
        self.number, self.url, self.devices = number, session.url, session.devices
        self._link, self._session, self._line, self._news = link, session, line, news
        self._clock, self._journal = clock, journal
        self._stopping = threading.Event()
        self._deaf = False  # nobody takes our news any more
        self._outbound: queue.SimpleQueue[bytes] = queue.SimpleQueue()
        self._asked: queue.SimpleQueue[tuple[Callable[[Link, Moment], None], Future[None]]] = queue.SimpleQueue()
        self._thread = threading.Thread(target=self._run, name=f"port {self.url}", daemon=True)
        self._failures = 0  # since the port last worked for a while
        self._fault: tuple[str, Fault] | None = None  # a drill's id, and what it does to the line
        self._unplugged_by = ""  # a drill's id
        self._watchers: tuple[Watcher, ...] = ()
        self._watching = threading.Lock()  # held to change them
        self.reopens = -1  # the first opening is none
        self.is_open = False
        self.reason = "not opened yet"

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

    def confirm(self, data: bytes) -> None:
        """What the device waits for is durable. From any thread."""
        self._outbound.put(data)

    def act(self, device: str, action: str, arguments: Mapping[str, Value]) -> "Future[None]":
        """The future raises CannotAct; what comes of the action is told as news."""
        told = json.dumps([device, action, dict(arguments)]).encode()

        def perform(link: Link, now: Moment) -> None:
            self._handle(link, Kind.ACTED, told, now, lambda: self._session.act(device, action, arguments, now))

        return self._ask(perform)

    def take_photo(self) -> bytes:
        """Of the card that was read last (证件照), once. Raises CannotAct."""
        taken: list[bytes] = []
        self._ask(lambda _link, _now: taken.append(self._session.take_photo())).result(_PHOTO_S)
        return taken[0]

    def rehearse(self, drill: str, data: bytes) -> "Future[None]":
        """A drill's bytes, as if the device had sent them."""
        told = json.dumps([drill, data.hex()]).encode()

        def perform(link: Link, now: Moment) -> None:
            self._handle(link, Kind.REHEARSED, told, now, lambda: self._session.rehearse(drill, data, now))

        return self._ask(perform)

    def disturb(self, drill: str, fault: Fault) -> None:
        """Do this to every byte that arrives from now on."""
        self._fault = (drill, fault)

    def unplug(self, drill: str) -> None:
        """Behave as if the device had been pulled out."""
        self._unplugged_by = drill

    def end_drill(self, drill: str) -> None:
        if self._fault and self._fault[0] == drill:
            self._fault = None
        if self._unplugged_by == drill:
            self._unplugged_by = ""
        self._session.end_rehearsal(drill)

    def watch(self, watcher: Watcher) -> Callable[[], None]:
        """Be told of all that passes, on the port's own thread: be quick, never raise. Returns how to stop."""
        with self._watching:
            self._watchers = (*self._watchers, watcher)

        def stop() -> None:
            with self._watching:
                self._watchers = tuple(one for one in self._watchers if one is not watcher)

        return stop

    def _ask(self, perform: Callable[[Link, Moment], None]) -> "Future[None]":
        answer: Future[None] = Future()
        if not self.is_open:
            answer.set_exception(CannotAct(f"{self.url} is not open: {self.reason}"))
        else:
            self._asked.put((perform, answer))
        return answer

    def _run(self) -> None:
        while not self._stopping.is_set():
            self.reason = self._open_and_serve()
            self.is_open = False
            if self._stopping.is_set():
                return
            if self._failures == 0:  # an outage is logged once, and so is its end
                log.warning("%s: %s", self.url, self.reason)
            self._lose(self.reason, self._unplugged_by, self._clock.now())
            self._wait()
            self._failures += 1

    def _lose(self, reason: str, drill: str, now: Moment) -> None:
        told = json.dumps([reason, drill]).encode()
        self._publish(Kind.LOST, told, now, lambda: self._session.lost(reason, now, drill))
        self._tell(now, "lost", reason.encode(), [])

    def _wait(self) -> None:
        until = self._clock.now().monotonic + _BACK_OFF_S[min(self._failures, len(_BACK_OFF_S) - 1)]
        while not self._stopping.wait(_READ_S):
            self._refuse_asked()
            if not self._unplugged_by and self._clock.now().monotonic >= until:
                return

    def _open_and_serve(self) -> str:
        """Until the port is lost; returns why."""
        try:
            link = open_link(self._link, self._line)
            try:
                self.reopens += 1
                self._serve(link)
            finally:
                link.close()
        except (LinkUnavailable, LinkLost, BadLink) as error:
            return str(error)
        except DriverFailed as error:  # a driver with a bug must not leave its devices unwatched, nor the others
            log.exception("%s: %s; starting it afresh", self.url, error)
            return str(error)
        except Exception as error:  # whatever it is, this port must not stay deaf without a word
            log.exception("%s: opening it again", self.url)
            return repr(error)
        return ""

    def _serve(self, link: Link) -> None:
        _empty(self._outbound)  # the device that waited for these confirmations is gone
        opened = self._clock.now()
        self._session.counters.trace = self._trace if self._watchers else None
        self.is_open, self.reason = True, ""
        self._tell(opened, "opened", b"", [])
        self._handle(link, Kind.OPENED, b"", opened, lambda: self._session.opened(opened))
        while not self._stopping.is_set():
            if self._unplugged_by:
                raise LinkLost(f"{self.url} was unplugged for a drill")
            data = link.read(_READ_S)
            self._session.counters.trace = self._trace if self._watchers else None
            for piece, drill in self._through_fault(data):
                self._receive(link, piece, drill)
            now = self._clock.now()
            self._handle(link, Kind.TICKED, b"", now, lambda now=now: self._session.ticked(now))  # type: ignore[misc]
            while not self._outbound.empty():
                self._send(link, self._outbound.get(), now)
            while not self._asked.empty():
                self._perform(link, *self._asked.get())
            if self._failures and now.monotonic - opened.monotonic >= _HEALTHY_S:
                self._failures = 0
                log.warning("%s: works again", self.url)

    def _through_fault(self, data: bytes) -> list[tuple[bytes, str]]:
        """What arrives, and the drill that forged it, if one did."""
        if self._fault is None:
            return [(data, "")] if data else []
        drill, fault = self._fault
        pieces = fault.apply(data, self._clock.now().monotonic)
        return [(piece, drill if isinstance(piece, Forged) else "") for piece in pieces if piece]

    def _receive(self, link: Link, data: bytes, drill: str) -> None:
        now = self._clock.now()
        kind = Kind.FORGED if drill else Kind.RECEIVED
        told = json.dumps([drill, data.hex()]).encode() if drill else data
        self._handle(link, kind, told, now, lambda: self._session.received(data, now, drill))

    def _perform(self, link: Link, perform: Callable[[Link, Moment], None], answer: "Future[None]") -> None:
        if not answer.set_running_or_notify_cancel():
            return
        try:
            perform(link, self._clock.now())
        except CannotAct as refused:
            answer.set_exception(refused)
        except Exception as error:
            answer.set_exception(CannotAct(str(error)))
            raise
        else:
            answer.set_result(None)

    def _refuse_asked(self) -> None:
        while not self._asked.empty():
            _, answer = self._asked.get()
            if answer.set_running_or_notify_cancel():
                answer.set_exception(CannotAct(f"{self.url} is not open: {self.reason}"))

    def _handle(self, link: Link, kind: Kind, data: bytes, now: Moment, call: Callable[[], Outcome]) -> None:
        """What was heard goes first: a port that is lost while writing must not take it along."""
        for sent in self._publish(kind, data, now, call):
            self._send(link, sent, now)

    def _publish(self, kind: Kind, data: bytes, now: Moment, call: Callable[[], Outcome]) -> list[bytes]:
        """The call, its entry in the journal and its news take effect as one."""
        wanted = self._has_room()
        with self._journal.exclusive():
            self._journal.write(kind, self.number, now, data)
            news, sends = call()
            if news and wanted:
                self._news.put(news)
                if self._session.driver.private:
                    self._journal.write(Kind.TOLD, self.number, now)
        if news:
            self._tell(now, "news", b"", news)
        return sends

    def _send(self, link: Link, data: bytes, now: Moment) -> None:
        self._journal.write(Kind.SENT, self.number, now, data)
        self._tell(now, "sent", data, [])
        link.write(data)

    def _trace(self, verdict: Verdict, data: bytes) -> None:
        self._tell(self._clock.now(), verdict, data, [])

    def _tell(self, now: Moment, what: str, data: bytes, news: list[News]) -> None:
        for watcher in self._watchers:
            try:
                watcher(now, what, data, news)
            except Exception:  # who looks on never disturbs the port
                log.exception("%s: a watcher failed", self.url)

    def _has_room(self) -> bool:
        """Waiting for it holds no lock, so the field process can go on saving. False: nobody takes news any more."""
        while self._news.qsize() >= _NEWS_MAX and not self._deaf:
            if self._stopping.wait(_READ_S):
                self._deaf = True
                log.error("%s: the field process takes no more; what was heard from now on is lost", self.url)
        return not self._deaf


def _empty(waiting: "queue.SimpleQueue[bytes]") -> None:
    while not waiting.empty():
        waiting.get()
