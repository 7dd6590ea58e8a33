"""The face gallery of a care home (人脸库): who agreed, capturing, "who is this", and taking back."""

import asyncio
import logging
from functools import partial

from fastapi import FastAPI, HTTPException, Request, Response

from edge.desk.staffed import Here, Staffed, Tab
from edge.services.desk.faces import BASES, Agreed, DeskFaces, Kept, Search

TAB = Tab("/faces", "desk.tab.faces")
log = logging.getLogger("edge.desk")


class FacesPage:
    def __init__(self, staffed: Staffed, faces: DeskFaces) -> None:
        self._staffed, self._faces = staffed, faces

    def add_to(self, app: FastAPI) -> None:
        app.get("/faces")(self.page)
        app.post("/faces/agree")(self.agree)
        app.post("/faces/identify")(self.identify)
        app.post("/faces/identify/{search}")(self.confirm)
        app.post("/faces/{grant}/{deed}")(self.act)

    async def page(self, request: Request) -> Response:
        return await self._page(await self._staffed.here(request))

    async def _page(self, here: Here, code: int = 200, search: Search | None = None) -> Response:
        kept: list[Kept] | None = None
        try:
            kept = await asyncio.to_thread(self._faces.all)
        except OSError as error:
            log.error("desk: the gallery cannot be read: %s", error)
        return self._staffed.page(
            "faces.html", here, code, path=TAB.path, kept=kept, search=search, can_look=self._faces.can_look,
            bases=BASES,
        )  # fmt: skip

    async def agree(self, request: Request) -> Response:
        here, fields = await self._staffed.posted(request)
        told = {name: fields.get(name, "") for name in ("who", "name", "number", "basis", "given_by", "why")}
        do = partial(self._faces.agree, Agreed(**told), here.say.lang, here.staff)
        return await self._staffed.deed(
            here, do, lambda grant: self._staffed.back(TAB.path, here, "desk.faces.agreed", name=grant.name),
            partial(self._page, here),
        )  # fmt: skip

    async def act(self, request: Request, grant: str, deed: str) -> Response:
        here, _ = await self._staffed.posted(request)
        again = partial(self._page, here)
        if deed == "enrol":
            enrol = partial(self._faces.enrol, grant, here.staff)
            return await self._staffed.deed(
                here, enrol, lambda one: self._staffed.back(TAB.path, here, "desk.faces.enrolled", name=one.name), again
            )
        if deed == "withdraw":
            withdraw = partial(self._faces.withdraw, grant, here.say.lang, here.staff)
            return await self._staffed.deed(
                here, withdraw, lambda gone: self._staffed.back(TAB.path, here, "desk.faces.gone", count=gone), again
            )
        raise HTTPException(404)

    async def identify(self, request: Request) -> Response:
        """The candidates stand on the page that answers, and nowhere else."""
        here, _ = await self._staffed.posted(request)
        given: list[Search] = []

        def do() -> Search:
            given.append(self._faces.identify(here.staff))
            return given[0]

        failed = await self._staffed.deed(here, do, lambda _search: Response(), partial(self._page, here))
        return await self._page(here, search=given[0]) if given else failed

    async def confirm(self, request: Request, search: str) -> Response:
        here, fields = await self._staffed.posted(request)
        do = partial(self._faces.confirm, search, fields.get("person", ""), here.staff)
        return await self._staffed.deed(
            here,
            do,
            lambda who: (
                self._staffed.back(TAB.path, here, "desk.faces.is", name=who.name)
                if who
                else self._staffed.back(TAB.path, here, "desk.faces.none_of_them")
            ),
            partial(self._page, here),
        )
