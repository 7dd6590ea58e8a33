"""求助登记 at the relief station's desk: whom to take in, what was begun, and the way to the pages of the intake."""

import asyncio
from collections.abc import Callable
from functools import partial

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from edge.desk.staffed import Here, Staffed, Tab
from edge.ports import Clock
from edge.services.desk.intakes import Intakes, TakenIn
from edge.services.visits import Look

TAB = Tab("/intake", "desk.tab.intake")


class IntakePage:
    """`into`: to the pages of a session, which stand behind this desk's log-in (edge.desk.staff_door)."""

    def __init__(self, staffed: Staffed, intakes: Intakes, into: Callable[[str], Response], clock: Clock) -> None:
        self._staffed, self._intakes, self._into, self._clock = staffed, intakes, into, clock

    def add_to(self, app: FastAPI) -> None:
        app.get("/intake")(self.page)
        app.post("/intake/begin")(self.begin)
        app.post("/intake/take/{case}")(self.take)
        app.post("/intake/resume/{case}")(self.resume)

    async def page(self, request: Request) -> Response:
        return await self._page(await self._staffed.here(request))

    async def _page(self, here: Here, code: int = 200) -> Response:
        receptions, drafts = await asyncio.to_thread(lambda: (self._intakes.receptions(), self._intakes.drafts()))
        now_ms = self._clock.now().wall_ms
        return self._staffed.page(
            "intake.html", here, code, path=TAB.path, receptions=receptions, drafts=drafts, now_ms=now_ms
        )

    async def begin(self, request: Request) -> Response:
        here, _ = await self._staffed.posted(request)
        return await self._open(here, partial(self._intakes.begin, here.staff, _look(here)))

    async def take(self, request: Request, case: str) -> Response:
        here, _ = await self._staffed.posted(request)
        try:
            return await self._open(here, partial(self._intakes.take_in, case, here.staff, _look(here)))
        except TakenIn as done:
            return RedirectResponse(f"/cases/{done.case.id}", 303)

    async def resume(self, request: Request, case: str) -> Response:
        here, _ = await self._staffed.posted(request)
        return await self._open(here, partial(self._intakes.resume, case, here.staff, _look(here)))

    async def _open(self, here: Here, do: Callable[[], str]) -> Response:
        return await self._staffed.deed(here, do, self._into, partial(self._page, here))


def _look(here: Here) -> Look:
    """Read out from the beginning: who is asked may not read."""
    return Look(lang="en" if here.say.lang == "en" else "zh", read_aloud=True)
