"""The alarm board's page (报警台) at the desk and on the nurse's tablet: /alarms, its stream, its steps, its sound.

It needs the field process only: no cloud, and no store of cases. An open board keeps its reader logged in, up to the
length of a shift: whoever is called at three in the morning must not type a password first.
"""

import asyncio
import threading
from collections.abc import Sequence

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, JSONResponse

from contract.events.types import CLOSE_REASONS
from edge.adapters import tones
from edge.desk import render
from edge.desk.alarm_feed import AlarmFeed, Seen
from edge.desk.staffed import Here, NotLoggedIn, Staffed, Tab
from edge.services.alarm_board import AlarmBoard, NotSeen, NotTaken, Verb
from edge.web.stream import streamed

TAB = Tab("/alarms", "desk.tab.alarms")
_STEPS: dict[str, tuple[Verb, str]] = {
    "acknowledge": ("acknowledge", ""),
    "attend": ("attend", ""),
    **{reason: ("close", reason) for reason in CLOSE_REASONS},
}
_MOST_AT_ONCE = 100


class AlarmPage:
    def __init__(self, staffed: Staffed, board: AlarmBoard, stopping: threading.Event, *, silent: bool) -> None:
        """`silent`: no alarm sounds in this house (殡仪馆)."""
        self._staffed, self._board, self._silent = staffed, board, silent
        self._feed = AlarmFeed(board.look, stopping)
        self._sound = tones.alarm()

    def add_to(self, app: FastAPI) -> None:
        app.get("/alarms")(self.page)
        app.get("/alarms/stream")(self.stream)
        app.get("/alarms/aside")(self.aside)
        app.get("/alarms/sound")(self.sound)
        app.post("/alarms/step")(self.step)

    async def page(self, request: Request) -> Response:
        return await self._page(await self._staffed.here(request))

    async def stream(self, request: Request) -> Response:
        here = await self._staffed.here(request)

        async def stays() -> bool:
            try:
                await self._staffed.here(request)
            except NotLoggedIn:
                return False
            return True

        return streamed(self._feed.messages(lambda seen: self._drawn(here, seen), stays))

    async def aside(self, request: Request) -> Response:
        """For the other pages of the desk: how many wait unanswered. It keeps nobody logged in."""
        await self._staffed.here(request)
        return streamed(self._feed.messages(None, lambda: self._staffed.is_here(request)))

    async def sound(self) -> Response:
        if self._silent:
            raise HTTPException(404)
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(self._sound, media_type="audio/wav", headers=headers)

    async def step(self, request: Request) -> Response:
        """Fields: `alarms`, ids with a space between; `do`, one of the steps' names. A script gets JSON."""
        here, fields = await self._staffed.posted(request)
        alarms, do = fields.get("alarms", "").split(), fields.get("do", "")
        if do not in _STEPS or not 1 <= len(alarms) <= _MOST_AT_ONCE:
            raise HTTPException(400, here.say("desk.stale"))
        code, text = await asyncio.to_thread(self._take, alarms, do, here)
        if "application/json" in request.headers.get("accept", ""):
            html = self._drawn(here, await self._feed.now())
            return JSONResponse({"done": code == 200, "text": text, "html": html}, code)
        if code == 200:
            return self._staffed.back("/alarms", here, "desk.alarms.kept", what=f"desk.alarms.do.{do}")
        here.session.said = (False, text)
        return await self._page(here, code)

    def _take(self, alarms: Sequence[str], do: str, here: Here) -> tuple[int, str]:
        """The status and what to say. Of several alarms it is enough that one was still to be answered."""
        verb, reason = _STEPS[do]
        refused: list[NotTaken] = []
        try:
            for alarm in alarms:
                try:
                    self._board.step(alarm, verb, here.staff.number, reason)
                except NotTaken as wrong:
                    refused.append(wrong)
        except NotSeen:
            return 503, here.say("desk.alarms.not.seen")
        if len(refused) == len(alarms):
            return 409, here.say(f"desk.alarms.not.{refused[0].state or 'closed'}")
        return 200, here.say("desk.alarms.kept", what=f"desk.alarms.do.{do}")

    async def _page(self, here: Here, code: int = 200) -> HTMLResponse:
        seen = await self._feed.now()
        return self._staffed.page("alarms.html", here, code, seen=seen, silent=self._silent, build=render.BUILD)

    def _drawn(self, here: Here, seen: Seen) -> str:
        return render.html("_alarms.html", here.say, seen=seen, csrf=here.session.csrf)
