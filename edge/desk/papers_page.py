"""The relief station's papers (救助文书): who has no name yet and until when, the texts, and refusals."""

import asyncio
from collections.abc import Mapping
from dataclasses import replace
from functools import partial

from fastapi import FastAPI, HTTPException, Request, Response

from edge.desk.given import Given
from edge.desk.staffed import Here, Staffed, Tab
from edge.domain.visits.relief_notices import Station
from edge.services.desk.deeds import NotNow
from edge.services.desk.papers import GROUNDS, Papers

TAB = Tab("/papers", "desk.tab.papers")


class PapersPage:
    """`station`: what each paper begins with; its phone and its supervisor may be typed otherwise."""

    def __init__(self, staffed: Staffed, papers: Papers, station: Station) -> None:
        self._staffed, self._papers, self._station = staffed, papers, station

    def add_to(self, app: FastAPI) -> None:
        app.get("/papers")(self.page)
        app.get("/papers/{case}/{kind}")(self.paper)
        app.post("/papers/{case}/{kind}")(self.prepare)

    async def page(self, request: Request) -> Response:
        return await self._page(await self._staffed.here(request))

    async def _page(self, here: Here, code: int = 200, given: Given | None = None) -> Response:
        due = await asyncio.to_thread(self._papers.due)
        everybody = await asyncio.to_thread(self._papers.open)
        return self._staffed.page(
            "papers.html", here, code, due=due, everybody=everybody, grounds=GROUNDS,
            station=self._station, given=given or Given(),
        )  # fmt: skip

    async def prepare(self, request: Request, case: str, kind: str) -> Response:
        here, fields = await self._staffed.posted(request)
        station = self._typed(fields)
        if kind == "refusal":
            grounds = [ground for ground in GROUNDS if f"ground.{ground}" in fields]
            do = partial(self._papers.refuse, case, grounds, fields.get("explanation", ""), station, here.staff)
        else:
            do = partial(self._papers.prepare, case, kind, station, fields.get("police", ""), here.staff)
        return await self._staffed.deed(
            here,
            do,
            lambda _paper: self._staffed.back(f"/papers/{case}/{kind}", here, "desk.papers.done"),
            partial(self._page, here, given=Given(f"{case}/{kind}", fields)),
        )

    async def paper(self, request: Request, case: str, kind: str) -> Response:
        here = await self._staffed.here(request)
        try:
            found, text = await asyncio.to_thread(self._papers.paper, case, kind)
        except NotNow as no:
            raise HTTPException(404, here.say(no.why)) from None
        title, _, body = text.partition("\n")
        return self._staffed.page("paper.html", here, case=found, title=title, body=body, to="/papers")

    def _typed(self, fields: Mapping[str, str]) -> Station:
        told = {name: fields.get(name, "").strip() for name in ("phone", "supervisor", "supervisor_phone")}
        return replace(self._station, **{name: text for name, text in told.items() if text})
