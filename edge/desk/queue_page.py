"""Queue and calls (叫号): the window of whoever is logged in, who waits, and who asks for staff."""

import asyncio
from collections.abc import Callable, Collection, Mapping
from functools import partial

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from edge.desk.render import span
from edge.desk.staffed import Here, Staffed, Tab
from edge.domain.visits.halls import Line
from edge.domain.visits.queue import OVER, RULES, NotInLine, Place, Window
from edge.ports import Clock
from edge.services.desk.calls import DeskCalls
from edge.services.desk.deeds import NotNow
from edge.services.desk.intakes import Intakes
from edge.services.queueing import Queueing

TAB = Tab("/queue", "desk.tab.queue")
_LONGEST_WINDOW = 8


class QueuePage:
    """`hall`: the facility's queues and their names. `intakes`: of a relief station, where a call leads to one."""

    def __init__(
        self,
        staffed: Staffed,
        queueing: Queueing,
        calls: DeskCalls,
        hall: Mapping[str, Line],
        clock: Clock,
        intakes: Intakes | None = None,
    ) -> None:
        self._staffed, self._queueing, self._calls, self._hall, self._clock = staffed, queueing, calls, hall, clock
        self._intakes = intakes

    def add_to(self, app: FastAPI) -> None:
        app.get("/queue")(self.page)
        app.post("/queue/window")(self.window)
        app.post("/queue/{step}")(self.step)
        app.post("/calls/{call}")(self.take)

    async def page(self, request: Request) -> Response:
        return await self._page(await self._staffed.here(request))

    async def _page(self, here: Here, code: int = 200) -> Response:
        number = here.staff.number
        places, calls, window = await asyncio.to_thread(
            lambda: (self._queueing.today(), self._calls.open(), self._queueing.window_of(number))
        )
        mine = [one for one in places if window and one.window == window.name and one.state in ("called", "serving")]
        return self._staffed.page(
            "queue.html", here, code, path=TAB.path,
            window=window, hall=self._hall, mine=mine, rules=RULES,
            waiting=[one for one in places if one.state == "waiting"],
            others=[one for one in places if one.state not in OVER and one.state != "waiting" and one not in mine],
            over=sum(one.state in OVER for one in places),
            calls=[(call, self._calls.level(call), span(waited_s)) for call, waited_s in calls],
            now_ms=self._clock.now().wall_ms, receptions=await asyncio.to_thread(self._receptions),
        )  # fmt: skip

    def _receptions(self) -> Collection[str]:
        return {case.id for case in self._intakes.receptions()} if self._intakes else ()

    async def window(self, request: Request) -> Response:
        here, fields = await self._staffed.posted(request)
        name = "" if "close" in fields else fields.get("window", "").strip()[:_LONGEST_WINDOW]
        queues = [queue for queue in self._hall if f"queue.{queue}" in fields]
        do = partial(self._sit, name, queues or list(self._hall), here.staff.number)
        return await self._staffed.deed(
            here, do, lambda _none: RedirectResponse(TAB.path, 303), partial(self._page, here)
        )

    def _sit(self, name: str, queues: Collection[str], by: str) -> None:
        """Raises NotNow."""
        try:
            if name:
                self._queueing.open_window(name, queues, by)
            else:
                self._queueing.close_window(by)
        except NotInLine:
            raise NotNow("desk.queue.window.busy") from None

    async def step(self, request: Request, step: str) -> Response:
        """`next`, or a step of the place in the form."""
        here, fields = await self._staffed.posted(request)
        do = partial(self._step, step, fields, here.staff.number)
        return await self._staffed.deed(
            here, do, lambda place: self._stepped(here, step, place), partial(self._page, here)
        )

    def _step(self, step: str, fields: Mapping[str, str], by: str) -> Place | None:
        """Raises NotNow."""
        place, queueing = fields.get("place", ""), self._queueing

        def window() -> Window:
            if (found := queueing.window_of(by)) is None:
                raise NotNow("desk.queue.window.first")
            return found

        steps: Mapping[str, Callable[[], Place | None]] = {
            "next": lambda: queueing.call_next((here := window()).name, by, here.queues),
            "call": lambda: queueing.call_case(fields.get("case", ""), window().name, by),
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
