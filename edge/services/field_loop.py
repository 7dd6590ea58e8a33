"""The field process's one loop: take news, tick the rules, save, confirm. Its only waiting is for news."""

import logging
import queue
import threading
from collections.abc import Mapping, Sequence
from typing import Protocol

from edge.domain.moment import Moment
from edge.domain.news import News
from edge.ports import Clock, FieldStore, StoreUnavailable
from edge.services.field import Field

_BATCH = 500
_WAIT_S = 0.02
_TICK_S = 0.1
_BEAT_S = 1.0
_COUNT_S = 10.0
_WAITING_MAX = 5000  # beyond this the store is refusing: let the ports wait
_PORTS_END_S = 5.0
log = logging.getLogger(__name__)


class Port(Protocol):
    devices: tuple[str, ...]

    @property
    def counters(self) -> Mapping[str, int]: ...
    def stop(self) -> None: ...
    def join(self, timeout_s: float) -> None: ...


class FieldLoop:
    def __init__(
        self, field: Field, ports: Sequence[Port], news: "queue.Queue[News]", store: FieldStore, clock: Clock
    ) -> None:
        self._field, self._ports, self._news, self._store, self._clock = field, ports, news, store, clock
        self._ticked = self._beaten = self._counted = float("-inf")
        self._heard_until = clock.now()
        self._refusing = False

    def run(self, stopping: threading.Event) -> None:
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
        if not self._field.save():
            log.error("field: the store refuses to the end; %d readings and events are lost", self._field.waiting)

    def _take_the_rest(self) -> None:
        while news := self._drain():
            self._field.take(news)

    def _step(self, stopping: threading.Event) -> None:
        if self._field.waiting < _WAITING_MAX:
            news = self._drain()
            self._field.take(news)
            self._heard_until = news[-1].at if len(news) == _BATCH else self._clock.now()
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

    def _routine(self, now: Moment) -> None:
        if now.monotonic - self._ticked >= _TICK_S:
            self._ticked = now.monotonic
            self._field.tick(now, self._heard_until)
            self._field.obey(self._store.waiting_commands(), now)
        if now.monotonic - self._counted >= _COUNT_S and self._field.waiting < _WAITING_MAX:
            self._counted = now.monotonic
            for port in self._ports:
                for device in port.devices:
                    self._field.count(device, port.counters, now)
        if now.monotonic - self._beaten >= _BEAT_S:
            self._beaten = now.monotonic
            self._store.beat(now.wall_ms)
            if not self._field.waiting:
                self._works_again()

    def _drain(self) -> list[News]:
        news: list[News] = []
        try:
            news.append(self._news.get(timeout=_WAIT_S))
            while len(news) < _BATCH:
                news.append(self._news.get_nowait())
        except queue.Empty:
            pass
        return news

    def _works_again(self) -> None:
        """Only after a write: reading is possible on a full disk too."""
        if self._refusing:
            self._refusing = False
            log.warning("field: the store takes writes again")

    def _report(self, *, error: StoreUnavailable) -> None:
        if not self._refusing:
            self._refusing = True
            log.error("field: %s; keeping what is not saved and trying again", error)
