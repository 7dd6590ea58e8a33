"""The field process's one loop: take news, tick the rules, save, confirm. Its only waiting is for news."""

import json
import logging
import queue
from collections.abc import Mapping, Sequence
from concurrent.futures import Future
from dataclasses import asdict
from typing import Protocol

from edge.domain.moment import Moment
from edge.domain.news import News
from edge.ports import ComparedClock, FieldStore, Journal, StoreUnavailable
from edge.services.field import Field
from edge.services.requests import EndDrill, JudgeClock, Request
from firmware_bridge.recording import NO_PORT, Kind

_BATCH = 500
_WAIT_S = 0.02
_TICK_S = 0.1
_BEAT_S = 1.0
_COUNT_S = 10.0
_WAITING_MAX = 5000  # beyond this the store is refusing: let the ports wait
_PORTS_END_S = 5.0
log = logging.getLogger(__name__)


class Port(Protocol):
    number: int
    devices: tuple[str, ...]

    @property
    def counters(self) -> Mapping[str, int]: ...
    def stop(self) -> None: ...
    def join(self, timeout_s: float) -> None: ...


class Stopping(Protocol):
    """What a threading.Event offers."""

    def is_set(self) -> bool: ...
    def wait(self, timeout: float | None = None) -> bool: ...


Asked = tuple[Request, "Future[None]"]


class FieldLoop:
    def __init__(
        self,
        field: Field,
        ports: Sequence[Port],
        news: "queue.Queue[list[News]]",
        store: FieldStore,
        clock: ComparedClock,
        journal: Journal,
    ) -> None:
        """`news`: what came of one call of a port, all together."""
        self._field, self._ports, self._news, self._store = field, ports, news, store
        self._clock, self._journal = clock, journal
        self._ticked = self._beaten = self._counted = float("-inf")
        self._heard_until = clock.now()
        self._quality = "uncertain"
        self._refusing = False
        self._requests: queue.SimpleQueue[Asked] = queue.SimpleQueue()

    @property
    def is_refused(self) -> bool:
        """The store takes no writes: what was heard since is in memory only."""
        return self._refusing

    def ask(self, request: Request) -> "Future[None]":
        """Have the field do something between two steps, from any thread. The future tells when, or why not."""
        answer: Future[None] = Future()
        self._requests.put((request, answer))
        return answer

    def run(self, stopping: Stopping) -> None:
        try:
            while not stopping.is_set():
                self._step(stopping)
        finally:
            self._finish()

    def _finish(self) -> None:
        """What the devices said until their ports closed is kept too."""
        for port in self._ports:
            port.stop()
        self._take_the_rest()  # a port may be waiting for room
        until = self._clock.now().monotonic + _PORTS_END_S
        for port in self._ports:
            port.join(max(0.0, until - self._clock.now().monotonic))
        self._take_the_rest()
        self._end_drills()
        while not self._requests.empty():
            self._requests.get()[1].cancel()
        if not self._field.save():
            log.error("field: the store refuses to the end; %d readings and events are lost", self._field.waiting)

    def _end_drills(self) -> None:
        for drill in self._field.drills.active:
            now, request = self._clock.now(), EndDrill(drill.id, "restart")
            self._note(Kind.ASKED, now, request.as_json())
            request.apply(self._field, now)

    def _take_the_rest(self) -> None:
        while batches := self._drain():
            self._take(batches)

    def _step(self, stopping: Stopping) -> None:
        if self._field.waiting < _WAITING_MAX:
            batches = self._drain()
            self._take(batches)
            self._heard_until = batches[-1][-1].at if len(batches) == _BATCH else self._clock.now()
        now = self._clock.now()
        try:
            self._routine(now)
        except StoreUnavailable as error:
            self._report(error=error)
        something = self._field.waiting > 0
        if not self._field.save():
            self._report(error=StoreUnavailable("the store refuses to write"))
            stopping.wait(1)
        elif something:
            self._works_again()

    def _take(self, batches: Sequence[list[News]]) -> None:
        if batches:
            with self._journal.exclusive():
                self._journal.write(Kind.TAKEN, NO_PORT, self._clock.now(), str(len(batches)).encode())
            self._field.take([item for batch in batches for item in batch])

    def _routine(self, now: Moment) -> None:
        while not self._requests.empty():
            self._do(*self._requests.get(), now)
        if now.monotonic - self._ticked >= _TICK_S:
            self._ticked = now.monotonic
            self._note(Kind.FIELD_TICKED, now, [self._heard_until.wall_ms, self._heard_until.monotonic_us])
            self._field.tick(now, self._heard_until)
            if commands := self._store.waiting_commands():
                self._note(Kind.OBEYED, now, [asdict(command) for command in commands])
                self._field.obey(commands, now)
        if now.monotonic - self._counted >= _COUNT_S and self._field.waiting < _WAITING_MAX:
            self._counted = now.monotonic
            for port in self._ports:
                counters = dict(port.counters)
                self._note(Kind.COUNTED, now, counters, port.number)
                for device in port.devices:
                    self._field.count(device, counters, now)
        if now.monotonic - self._beaten >= _BEAT_S:
            self._beaten = now.monotonic
            self._judge_clock(self._store.beat(now.wall_ms))
            if not self._field.waiting:
                self._works_again()

    def _do(self, request: Request, answer: "Future[None]", now: Moment) -> None:
        if not answer.set_running_or_notify_cancel():
            return
        try:
            self._note(Kind.ASKED, now, request.as_json())
            request.apply(self._field, now)
        except ValueError as refused:
            answer.set_exception(refused)
        else:
            answer.set_result(None)

    def _judge_clock(self, offset_ms: int | None) -> None:
        self._clock.compare(offset_ms)
        now, request = self._clock.now(), JudgeClock(offset_ms)
        if now.quality != self._quality:
            self._quality = now.quality
            self._note(Kind.ASKED, now, request.as_json())
            request.apply(self._field, now)

    def _note(self, kind: Kind, now: Moment, data: object, port: int = NO_PORT) -> None:
        with self._journal.exclusive():
            self._journal.write(kind, port, now, json.dumps(data, separators=(",", ":")).encode())

    def _drain(self) -> list[list[News]]:
        batches: list[list[News]] = []
        try:
            batches.append(self._news.get(timeout=_WAIT_S))
            while len(batches) < _BATCH:
                batches.append(self._news.get_nowait())
        except queue.Empty:
            pass
        return batches

    def _works_again(self) -> None:
        """Only after a write: reading is possible on a full disk too."""
        if self._refusing:
            self._refusing = False
            log.warning("field: the store takes writes again")

    def _report(self, *, error: StoreUnavailable) -> None:
        if not self._refusing:
            self._refusing = True
            log.error("field: %s; keeping what is not saved and trying again", error)
