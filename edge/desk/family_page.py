"""Family of a resident (亲属关系): what staff confirm at a visit, with consent and a reason."""

import asyncio
from functools import partial

from fastapi import FastAPI, HTTPException, Request, Response

from edge.desk.staffed import Here, Staffed
from edge.services.desk.deeds import NotNow
from edge.services.desk.family import CONSENTS, Families


class FamilyPage:
    def __init__(self, staffed: Staffed, families: Families) -> None:
        self._staffed, self._families = staffed, families

    def add_to(self, app: FastAPI) -> None:
        app.get("/people/{case}/family")(self.page)
        app.post("/people/{case}/family/{deed}")(self.act)

    async def page(self, request: Request, case: str) -> Response:
        return await self._page(await self._staffed.here(request), case)

    async def _page(self, here: Here, case: str, code: int = 200) -> Response:
        try:
            asked = await asyncio.to_thread(self._families.asked, case)
        except NotNow as no:
            raise HTTPException(404, here.say(no.why)) from None
        return self._staffed.page("family.html", here, code, asked=asked, consents=CONSENTS)

    async def act(self, request: Request, case: str, deed: str) -> Response:
        here, fields = await self._staffed.posted(request)
        deeds = {"confirm": self._families.confirm, "end": self._families.end}
        if deed not in deeds:
            raise HTTPException(404)
        do = partial(
            deeds[deed], case, fields.get("resident", ""), fields.get("consent", ""), fields.get("reason", ""),
            here.staff,
        )  # fmt: skip
        return await self._staffed.deed(
            here,
            do,
            lambda _none: self._staffed.back(f"/people/{case}/family", here, f"desk.done.family.{deed}"),
            lambda code: self._page(here, case, code),
        )
