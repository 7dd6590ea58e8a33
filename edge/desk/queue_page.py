"""Queue and calls (叫号): the window of whoever is logged in, who waits, and who asks for staff."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from edge.desk.render import span
from edge.desk.staffed import Here, Staffed, Tab
from edge.domain.visits.halls import Line
from edge.domain.visits.queue import OVER, RULES, NotInLine, Place
from edge.ports import Clock
from edge.services.desk.calls import DeskCalls
from edge.services.desk.deeds import NotNow
from edge.services.queueing import Queueing

TAB = Tab("/queue", "desk.tab.queue")
_LONGEST_WINDOW = 8


@dataclass(frozen=True, slots=True)
class Window:
    name: str
    queues: Sequence[str]


class QueuePage:
    """`hall`: the facility's queues and their names. A window is remembered by staff number until the box restarts."""

    def __init__(
        self, staffed: Staffed, queueing: Queueing, calls: DeskCalls, hall: Mapping[str, Line], clock: Clock
    ) -> None:
        self._staffed, self._queueing, self._calls, self._hall, self._clock = staffed, queueing, calls, hall, clock
        self._windows: dict[str, Window] = {}

    def add_to(self, app: FastAPI) -> None:
        app.get("/queue")(self.page)
        app.post("/queue/window")(self.window)
        app.post("/queue/{step}")(self.step)
        app.post("/calls/{call}")(self.take)

    async def page(self, request: Request) -> Response:
        return await self._page(await self._staffed.here(request))

    async def _page(self, here: Here, code: int = 200) -> Response:
        places, calls = await asyncio.to_thread(lambda: (self._queueing.today(), self._calls.open()))
        window = self._windows.get(here.staff.number)
        mine = [one for one in places if window and one.window == window.name and one.state in ("called", "serving")]
        return self._staffed.page(
            "queue.html", here, code,
            window=window, hall=self._hall, mine=mine, rules=RULES,
            waiting=[one for one in places if one.state == "waiting"],
            others=[one for one in places if one.state not in OVER and one.state != "waiting" and one not in mine],
            over=sum(one.state in OVER for one in places),
            calls=[(call, self._calls.level(call), span(waited_s)) for call, waited_s in calls],
            now_ms=self._clock.now().wall_ms,
        )  # fmt: skip

    async def window(self, request: Request) -> Response:
        here, fields = await self._staffed.posted(request)
        name = fields.get("window", "").strip()[:_LONGEST_WINDOW]
        queues = [queue for queue in self._hall if f"queue.{queue}" in fields]
        if before := self._windows.pop(here.staff.number, None):
            self._queueing.close_window(before.name)
        if name:
            self._windows[here.staff.number] = Window(name, queues or list(self._hall))
            self._queueing.open_window(name, queues or list(self._hall))
        return RedirectResponse("/queue", 303)

    async def step(self, request: Request, step: str) -> Response:
        """`next`, or a step of the place in the form."""
        here, fields = await self._staffed.posted(request)
        window = self._windows.get(here.staff.number)
        do = partial(self._step, step, fields, window, here.staff.number)
        return await self._staffed.deed(
            here, do, lambda place: self._stepped(here, step, place), partial(self._page, here)
        )

    def _step(self, step: str, fields: Mapping[str, str], window: Window | None, by: str) -> Place | None:
        """Raises NotNow."""
        place, queueing = fields.get("place", ""), self._queueing
        if window is None and step in ("next", "call"):
            raise NotNow("desk.queue.window.first")
        steps: Mapping[str, Callable[[], Place | None]] = {
            "next": lambda: queueing.call_next(window.name, by, window.queues) if window else None,
            "call": lambda: queueing.call_case(fields.get("case", ""), window.name, by) if window else None,
            "recall": lambda: queueing.recall(place, by),
            "serve": lambda: queueing.serve(place, by),
            "done": lambda: queueing.done(place, by),
            "no_show": lambda: queueing.no_show(place, by),
            "transfer": lambda: queueing.transfer(place, fields.get("to", ""), by),
        }
        if step not in steps:
            raise NotNow("desk.queue.moved")
        try:
            return steps[step]()
        except (NotInLine, KeyError):
            raise NotNow("desk.queue.moved") from None

    def _stepped(self, here: Here, step: str, place: Place | None) -> Response:
        if place is None:
            return self._staffed.back("/queue", here, "desk.queue.nobody" if step == "next" else "desk.queue.moved")
        if place.state == "called":
            return self._staffed.back("/queue", here, "desk.queue.called", number=place.number)
        return RedirectResponse("/queue", 303)

    async def take(self, request: Request, call: str) -> Response:
        here, _ = await self._staffed.posted(request)
        return await self._staffed.deed(
            here,
            lambda: self._calls.take(call, here.staff),
            lambda waited_s: self._staffed.back("/queue", here, "desk.calls.taken", wait=span(waited_s)),
            partial(self._page, here),
        )
