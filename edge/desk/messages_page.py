"""Text messages that wait (待发短信), and the leaflet that is given instead."""

import asyncio
from functools import partial

from fastapi import FastAPI, HTTPException, Request, Response

from edge.desk.case_page import lines_of
from edge.desk.staffed import Here, Staffed, Tab
from edge.services.desk.cases import DeskCases
from edge.services.desk.deeds import NotNow
from edge.services.desk.messages import REASONS, Messages

TAB = Tab("/messages", "desk.tab.messages")


class MessagesPage:
    def __init__(self, staffed: Staffed, messages: Messages, cases: DeskCases) -> None:
        self._staffed, self._messages, self._cases = staffed, messages, cases

    def add_to(self, app: FastAPI) -> None:
        app.get("/messages")(self.page)
        app.get("/messages/{case}/leaflet")(self.leaflet)
        app.post("/messages/{message}")(self.given)

    async def page(self, request: Request) -> Response:
        return await self._page(await self._staffed.here(request))

    async def _page(self, here: Here, code: int = 200) -> Response:
        waiting = await asyncio.to_thread(self._messages.waiting)
        return self._staffed.page("messages.html", here, code, waiting=waiting, reasons=REASONS)

    async def leaflet(self, request: Request, case: str) -> Response:
        here = await self._staffed.here(request)
        try:
            found = await asyncio.to_thread(self._cases.reveal, case, here.staff)
        except NotNow as no:
            raise HTTPException(404, here.say(no.why)) from None
        lines = [f"{here.say.of(label)}：{here.say.of(value)}" for label, value in lines_of(found)]
        title = here.say.maybe(found.matter) or found.matter
        body = "\n".join((found.number, *lines))
        return self._staffed.page("paper.html", here, case=found, title=title, body=body, to="/messages")

    async def given(self, request: Request, message: str) -> Response:
        here, fields = await self._staffed.posted(request)
        do = partial(self._messages.leaflet, message, fields.get("reason", ""), here.staff)
        done = partial(self._staffed.back, "/messages", here, "desk.messages.done")
        return await self._staffed.deed(here, do, lambda _case: done(), partial(self._page, here))
