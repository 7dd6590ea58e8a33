"""A call display on a real queue and a real store."""

import contextlib
import threading
from collections.abc import Iterator, Mapping
from pathlib import Path

from fastapi import FastAPI

from edge.adapters import sqlite_queue
from edge.compose.serving import listen, serve
from edge.domain.visits.conversation import Ticket
from edge.domain.visits.halls import HALLS, letters_of
from edge.domain.visits.questions import Said
from edge.domain.visits.queue import Place
from edge.kiosk.display.routes import Caller, Display
from edge.services.queueing import Queueing
from edge.web.guard import LOOPBACK, Guard
from tests.unit.edge.services.visits.counter_hall import Hall

OFFICE = Said("衢州市示例婚姻登记处", "Sample marriage office of Quzhou")


class HallWithDisplay:
    """Somebody takes a number, somebody calls it."""

    def __init__(self, directory: Path, kind: str = "marriage_office") -> None:
        self.hall = Hall(directory)
        self.line = Queueing(letters_of(kind), 3, self.hall.store, sqlite_queue, self.hall.clock, self.hall.new_id)
        self.names: Mapping[str, Said] = {queue: line.name for queue, line in HALLS[kind].items()}

    def take(self, queue: str) -> str:
        with self.hall.store.transaction() as writing:
            now = self.hall.clock.now()
            taken, events = self.line.take(writing, Ticket(queue=queue), self.hall.new_id(now.wall_ms), now)
            writing.add_events(events, now)
        return taken.number

    def call(self, window: str, queue: str = "") -> Place:
        place = self.line.call_next(window, "s-1", [queue] if queue else ())
        assert place is not None
        return place

    def display(
        self, stopping: threading.Event, voice: Caller | None = None, theme: str = "marriage", *, simulated: bool = True
    ) -> Display:
        return Display(
            self.line, self.names, OFFICE, theme, lambda: self.hall.clock.now().wall_ms, stopping, simulated=simulated,
            voice=voice,
        )  # fmt: skip


@contextlib.contextmanager
def served(
    hall: HallWithDisplay, voice: Caller | None = None, *, port: int = 0, theme: str = "marriage"
) -> Iterator[str]:
    """The display's address; leaving ends its server, with streams still open."""
    stopping, app = threading.Event(), FastAPI(openapi_url=None)
    hall.display(stopping, voice, theme).add_to(app)
    with listen(f"127.0.0.1:{port}") as listening:
        server = threading.Thread(target=serve, args=(Guard(app, LOOPBACK), listening, stopping))
        server.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}/display"
        finally:
            stopping.set()
            server.join()
