"""The one writer: events first, then telemetry, in batches, each batch one transaction.

Both have room of their own in a batch: a backlog of events must not hold up births until the broker gives us up.
"""

import queue
import threading
import time

from cloud.ports import Message
from cloud.services.ingest import Ingest

BATCH = 1000
_WAIT_S = 0.05
_TICK_S = 1.0


class IngestLoop:
    def __init__(self, ingest: Ingest, events: "queue.Queue[Message]", telemetry: "queue.Queue[Message]") -> None:
        self._ingest, self._events, self._telemetry = ingest, events, telemetry

    def run(self, stopping: threading.Event) -> None:
        self._ingest.begin(stopping)
        ticked = time.monotonic()
        while not stopping.is_set():
            batch = _drain(self._events, BATCH) + _drain(self._telemetry, BATCH)
            if batch:
                self._ingest.take(batch, stopping)
            else:
                self._wait()
            if time.monotonic() - ticked >= _TICK_S:
                ticked = time.monotonic()
                self._ingest.tick(stopping)

    def _wait(self) -> None:
        """Either queue may be the next to get something; events are looked at every few milliseconds."""
        threading.Event().wait(_WAIT_S / 10)


def _drain(inbox: "queue.Queue[Message]", most: int) -> list[Message]:
    found: list[Message] = []
    try:
        while len(found) < most:
            found.append(inbox.get_nowait())
    except queue.Empty:
        pass
    return found
