"""Before pages that are mounted at the desk (门禁): only staff come in, and each to their own session."""

import asyncio
from collections.abc import Callable

from fastapi import Request
from fastapi.responses import RedirectResponse
from starlette.types import ASGIApp, Receive, Scope, Send

from edge.desk.staffed import NotLoggedIn, Staffed


class StaffDoor:
    """`cookie`: of the pages' sessions; `staff_of`: whose such a session is, "" for nobody's; `home`: the desk's page
    that leads to them.
    """

    def __init__(self, app: ASGIApp, staffed: Staffed, cookie: str, staff_of: Callable[[str], str], home: str) -> None:
        self._app, self._staffed, self._cookie, self._staff_of, self._home = app, staffed, cookie, staff_of, home

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        request = Request(scope)
        try:
            here = await self._staffed.here(request)
        except NotLoggedIn as nobody:
            await (await self._staffed.to_login(request, nobody))(scope, receive, send)
            return
        whose = await asyncio.to_thread(self._staff_of, request.cookies.get(self._cookie, ""))
        if whose in ("", here.staff.number):
            await self._app(scope, receive, send)
            return
        await RedirectResponse(self._home, 303)(scope, receive, send)  # a colleague's, who logged out before
