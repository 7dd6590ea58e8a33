"""The console's addresses: log-in, the page, its stream, its forms, the recordings, the static files."""

import asyncio
import logging
import secrets
from collections.abc import Callable
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, quote

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import FileResponse, HTMLResponse, JSONResponse, RedirectResponse

from edge.adapters.technician_account import Account, AccountDamaged, TechnicianAccount
from edge.console import render
from edge.console.box import SUFFIX, Box
from edge.console.deeds import Deeds
from edge.console.feed import Feed
from edge.console.jobs import CommissionJob, ReplayJob
from edge.console.tools import Tools, tools_of
from edge.console.words import WORDS, Words, filled
from edge.web.sessions import LONGEST_S, Lockout, Session, Sessions, same
from edge.web.stream import streamed

SESSION, LOGIN = "onetrip_console", "onetrip_console_login"  # cookies
MOST_FORM = 8 * 1024 * 1024  # as the control socket: a firmware image goes through here
MOST_LOGIN = 8 * 1024
STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
log = logging.getLogger("edge.console.deeds")


class Console:
    def __init__(
        self,
        box: Box,
        account: TechnicianAccount,
        replay: ReplayJob,
        commission: CommissionJob,
        title: Words,
        clock: Callable[[], float],
    ) -> None:
        """`title`: the facility's name. `clock`: monotonic seconds."""
        self._box, self._account, self._title, self._clock = box, account, title, clock
        self._replay, self._commission = replay, commission
        self._sessions, self._lockout = Sessions(), Lockout()
        self._deeds = Deeds(box, replay, commission)
        self._feed = Feed(box, lambda: {"replay": replay.part, "commission": commission.part})
        self._files = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.suffix in MEDIA_TYPES}

    def add_to(self, app: FastAPI) -> None:
        app.get("/")(self.home)
        app.get("/login")(self.login_page)
        app.post("/login")(self.login)
        app.get("/console")(self.page)
        app.get("/console/stream")(self.stream)
        app.get("/console/tools")(self.tools)
        app.get("/console/recordings/{name}")(self.download)
        app.post("/console/{deed}")(self.deed)
        app.get("/static/{name}")(self.static)

    # log-in

    async def home(self) -> Response:
        return RedirectResponse("/console", 303)

    async def login_page(self, request: Request, lang: str = "") -> Response:
        if await self._session(request):
            return RedirectResponse(f"/console?lang={render.language_of(lang)}", 303)
        return await self._login_form(request, lang, WORDS["login.over"] if "over" in request.query_params else None)

    async def login(self, request: Request) -> Response:
        form = await _form(request, MOST_LOGIN)
        lang = form.get("lang", "")
        if form.get("action") == "logout":
            return await self._logout(request, form)
        if not same(form.get("csrf", ""), request.cookies.get(LOGIN, "")):
            return await self._login_form(request, lang, WORDS["login.stale"], 403)
        if wait_s := self._lockout.wait_s(self._clock()):
            return await self._login_form(request, lang, filled("login.locked", round(wait_s + 0.5)), 429)
        try:
            account = await asyncio.to_thread(self._account.check, form.get("password", ""))
        except AccountDamaged:  # the form says so
            return await self._login_form(request, lang, None, 503)
        if account is None:
            self._lockout.on_wrong(self._clock())
            log.warning("console: a wrong password from %s", request.client.host if request.client else "?")
            return await self._login_form(request, lang, WORDS["login.wrong"], 401)
        self._lockout.on_right()
        token, _ = self._sessions.begin(account, self._clock())
        log.info("console: %s logged in from %s", account.name, request.client.host if request.client else "?")
        answer = RedirectResponse(f"/console?lang={render.language_of(lang)}", 303)
        answer.set_cookie(SESSION, token, max_age=int(LONGEST_S), httponly=True, samesite="strict", path="/")
        answer.delete_cookie(LOGIN, path="/")
        return answer

    async def _logout(self, request: Request, form: dict[str, str]) -> Response:
        session = await self._session(request)
        if session is None or not same(form.get("csrf", ""), session.csrf):
            raise HTTPException(403, "load the page again")
        self._sessions.end(request.cookies.get(SESSION, ""))
        log.info("console: %s logged out", session.account.name)
        answer = RedirectResponse(f"/login?lang={render.language_of(form.get('lang', ''))}", 303)
        answer.delete_cookie(SESSION, path="/")
        answer.headers["Clear-Site-Data"] = '"cache", "storage"'
        return answer

    async def _login_form(self, request: Request, lang: str, said: Words | None, code: int = 200) -> Response:
        try:
            account = await asyncio.to_thread(self._account.find)
        except AccountDamaged as damaged:
            account, said = None, Words(str(damaged), str(damaged))
        token = request.cookies.get(LOGIN) or secrets.token_urlsafe(32)
        html = render.page("login.html", render.language_of(lang), account=account.name if account else "", said=said,
                           csrf=token, title=self._title, simulated=self._box.simulated)  # fmt: skip
        answer = HTMLResponse(html, code)
        answer.set_cookie(LOGIN, token, httponly=True, samesite="strict", path="/")
        return answer

    # the page

    async def page(self, request: Request, lang: str = "", device: str = "") -> Response:
        language = render.language_of(lang)
        session = await self._session(request)
        if session is None:
            over = "&over" if SESSION in request.cookies else ""
            return RedirectResponse(f"/login?lang={language}{over}", 303)
        picture = await asyncio.to_thread(self._box.look)
        said, session.said = session.said, None
        return HTMLResponse(
            render.page(
                "console.html", language, title=self._title, simulated=self._box.simulated, csrf=session.csrf,
                account=session.account.name, said=said, parts=picture.parts, cells=picture.cells,
                now_ms=picture.status["now_ms"], tools=self._tools(picture.status, device, session),
                replay=self._replay.part, commission=self._commission.part,
            )
        )  # fmt: skip

    async def stream(self, request: Request, lang: str = "") -> Response:
        if await self._session(request) is None:
            return Response("log in", 401)
        token, account = request.cookies[SESSION], self._account

        def is_welcome() -> bool:
            return self._sessions.find(token, _found(account), self._clock(), use=False) is not None

        last = request.headers.get("last-event-id", "")
        after = int(last) if last.isdecimal() else None
        messages = self._feed.messages(render.language_of(lang), after, is_welcome)
        return streamed(messages)

    async def tools(self, request: Request, device: str = "", lang: str = "") -> Response:
        session = await self._session(request)
        if session is None:
            return Response("log in", 401)
        status = (await asyncio.to_thread(self._box.look)).status
        about = self._tools(status, device, session)
        panels = render.tools(about, session.csrf, render.language_of(lang))
        return JSONResponse([{"id": element, "html": html} for element, html in panels.items()])

    def _tools(self, status: Any, device: str, session: Session) -> Tools:
        link = next((p["link"] for p in status["ports"] if any(d["id"] == device for d in p["devices"])), "")
        return tools_of(device, status, self._box.bench, is_real=not self._box.is_simulated(link),
                        has_simulator=self._box.simulator is not None, by=session.account.name)  # fmt: skip

    async def deed(self, request: Request, deed: str) -> Response:
        session = await self._session(request)
        wants_json = "application/json" in request.headers.get("accept", "")
        if session is None:
            return JSONResponse({"done": False, "over": True}, 401) if wants_json else RedirectResponse("/login", 303)
        form = await _form(request, MOST_FORM)
        language = render.language_of(form.get("lang", ""))
        if not same(form.get("csrf", ""), session.csrf):
            raise HTTPException(403, getattr(WORDS["said.stale"], language))
        if deed == "alive":  # somebody is at the page
            return JSONResponse({"done": True})
        if deed not in self._deeds.names:
            raise HTTPException(404)
        try:
            done, said = await asyncio.to_thread(self._deeds.do, deed, form, session.account.name)
        except KeyError as missing:
            raise HTTPException(400, f"the form lacks {missing}") from None
        text = getattr(said, language) if done else f"{getattr(WORDS['said.not'], language)}: {getattr(said, language)}"
        if wants_json:
            return JSONResponse({"done": done, "text": text})
        session.said = (done, text)
        return RedirectResponse(f"/console?lang={language}&device={quote(form.get('device', ''))}", 303)

    async def download(self, request: Request, name: str) -> Response:
        session = await self._session(request)
        if session is None:
            return RedirectResponse("/login", 303)
        if name not in {file.name for file in await asyncio.to_thread(self._box.files)}:
            raise HTTPException(404)
        log.info("console: %s downloads %s", session.account.name, name)
        file = self._box.recordings / (name + SUFFIX)
        return FileResponse(file, media_type="application/octet-stream", filename=file.name)

    async def static(self, name: str) -> Response:
        if name not in self._files:
            raise HTTPException(404)
        # The page names each file with the build, so a copy never goes out of date.
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(self._files[name], media_type=MEDIA_TYPES[Path(name).suffix], headers=headers)

    async def _session(self, request: Request) -> Session | None:
        token = request.cookies.get(SESSION, "")
        if not token:
            return None
        account = await asyncio.to_thread(_found, self._account)
        return self._sessions.find(token, account, self._clock(), use=True)


def _found(account: TechnicianAccount) -> Account | None:
    """A damaged file lets nobody in; the log-in page says what is wrong."""
    try:
        return account.find()
    except OSError:
        return None


async def _form(request: Request, most: int) -> dict[str, str]:
    """An urlencoded form; of a field that comes twice the last counts."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > most:
            raise HTTPException(413)
    fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=200)
    return {name: values[-1] for name, values in fields.items()}
