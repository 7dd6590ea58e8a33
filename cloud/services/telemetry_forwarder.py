"""Carries committed points from the spool to the time-series store. An outage there delays pictures, not records."""

import logging
import threading
from collections.abc import Callable

from cloud.ports import RecordsUnavailable, Spool, TelemetryStore, TelemetryUnavailable

_AT_ONCE = 50  # spool rows, each of one ingest batch
_IDLE_S = 0.1
_RETRY_S = 1.0
log = logging.getLogger(__name__)


class TelemetryForwarder:
    def __init__(self, spool: Spool, store: TelemetryStore, clock: Callable[[], int]) -> None:
        self._spool, self._store, self._clock = spool, store, clock
        self._failing = False

    def run(self, stopping: threading.Event) -> None:
        restarted = False
        while not stopping.is_set():
            try:
                if not restarted:  # the store may have lost what it had not flushed
                    self._spool.restart()
                    restarted = True
                moved = self._forward()
            except (RecordsUnavailable, TelemetryUnavailable) as error:
                if not self._failing:
                    log.warning("%s; the spool keeps the points", error)
                self._failing, restarted = True, False
                stopping.wait(_RETRY_S)
                continue
            self._failing = False
            if not moved:
                stopping.wait(_IDLE_S)

    def _forward(self) -> bool:
        rows = self._spool.unwritten(_AT_ONCE)
        if rows:
            self._store.write([point for _, points in rows for point in points])
            self._spool.mark_written([row_id for row_id, _ in rows], self._clock())
        self._spool.forget_written_before(self._clock() - round(self._store.durable_after_s * 1000))
        return bool(rows)
