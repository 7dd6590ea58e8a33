"""Hand-over (交接班): what is open, a note, and the number and password of whoever takes over."""

import asyncio

from fastapi import FastAPI, Request, Response
from fastapi.responses import RedirectResponse

from edge.desk.given import Given
from edge.desk.staffed import Here, Locked, Staffed, Tab
from edge.services.desk.handover import LONGEST_NOTE, Handover

TAB = Tab("/handover", "desk.tab.handover")


class HandoverPage:
    def __init__(self, staffed: Staffed, handover: Handover) -> None:
        self._staffed, self._handover = staffed, handover

    def add_to(self, app: FastAPI) -> None:
        app.get("/handover")(self.page)
        app.post("/handover")(self.hand_over)

    async def page(self, request: Request) -> Response:
        return await self._page(await self._staffed.here(request))

    async def _page(self, here: Here, code: int = 200, given: Given | None = None) -> Response:
        standing, notes = await asyncio.to_thread(lambda: (self._handover.standing(), self._handover.notes()))
        return self._staffed.page(
            "handover.html", here, code, standing=standing, notes=notes, given=given or Given(),
            longest=LONGEST_NOTE,
        )  # fmt: skip

    async def hand_over(self, request: Request) -> Response:
        here, fields = await self._staffed.posted(request)
        given = Given("handover", fields)
        try:
            taking = await self._staffed.second(fields.get("to", "").strip(), fields.get("to_password", ""))
        except Locked as locked:
            here.session.said = (False, here.say("desk.login.locked", None, seconds=round(locked.wait_s + 0.5)))
            return await self._page(here, 429, given)
        seen = tuple(fields.get("alarms", "").split())

        def done(_none: None) -> Response:
            assert taking is not None  # else it was refused
            answer = RedirectResponse("/handover", 303)
            said = here.say("desk.handover.done", None, name=taking.name)
            self._staffed.change_to(request, taking, answer, said)
            return answer

        return await self._staffed.deed(
            here,
            lambda: self._handover.hand_over(here.staff, taking, fields.get("note", ""), seen),
            done,
            lambda code: self._page(here, code, given),
        )
