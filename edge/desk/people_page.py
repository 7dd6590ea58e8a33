"""Visitors inside a care home (在内人员): the list for a fire, who waits at the door, who forgot to sign out."""

import asyncio
from functools import partial

from fastapi import FastAPI, HTTPException, Request, Response

from edge.desk.staffed import Here, Staffed, Tab
from edge.services.desk.inside import VisitorsInside

TAB = Tab("/people", "desk.tab.people")


class PeoplePage:
    def __init__(self, staffed: Staffed, inside: VisitorsInside) -> None:
        self._staffed, self._inside = staffed, inside

    def add_to(self, app: FastAPI) -> None:
        app.get("/people")(self.page)
        app.post("/people/{case}/{deed}")(self.act)

    async def page(self, request: Request) -> Response:
        return await self._page(await self._staffed.here(request))

    async def _page(self, here: Here, code: int = 200) -> Response:
        everybody = await asyncio.to_thread(self._inside.all)
        inside = [one for one in everybody if one.badge]
        return self._staffed.page(
            "people.html", here, code, inside=inside, count=sum(one.persons for one in inside),
            at_door=[one for one in everybody if not one.badge], is_over=self._inside.is_over,
        )  # fmt: skip

    async def act(self, request: Request, case: str, deed: str) -> Response:
        here, _ = await self._staffed.posted(request)
        again = partial(self._page, here)
        if deed == "admit":
            do = partial(self._inside.admit, case, here.staff)
            return await self._staffed.deed(
                here, do, lambda badge: self._staffed.back("/people", here, "desk.people.admitted", badge=badge), again
            )
        if deed == "left":
            gone = partial(self._inside.left, case, here.staff)
            return await self._staffed.deed(
                here, gone, lambda _none: self._staffed.back("/people", here, "desk.people.gone"), again
            )
        raise HTTPException(404)
