"""Who is at the desk: log-in with a staff number, sessions, the form check, and the frame that all pages share.

A page is a class that takes `Staffed` and has `add_to(app)`:

    async def page(self, request: Request) -> Response:
        here = await self._staffed.here(request)              # not logged in: the log-in page instead
        return self._staffed.page("alarms.html", here, alarms=…)

    async def act(self, request: Request) -> Response:
        here, form = await self._staffed.posted(request)      # a form of another page or session: 403
        return self._staffed.back("/alarms", here, "desk.alarms.kept")
"""

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, replace
from http import HTTPStatus
from typing import Protocol, TypeVar
from urllib.parse import parse_qs

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.exception_handlers import http_exception_handler
from fastapi.responses import HTMLResponse, RedirectResponse
from starlette.exceptions import HTTPException as HTTPError

from edge.adapters.technician_account import Account, AccountDamaged
from edge.desk import render
from edge.desk.render import Say
from edge.domain.visits.questions import Said
from edge.domain.visits.staff import Staff
from edge.ports import StoreUnavailable
from edge.services.desk.deeds import NotNow
from edge.web.sessions import LONGEST_S, Lockout, Session, Sessions, same

SESSION, LOGIN, LANG = "onetrip_desk", "onetrip_desk_login", "onetrip_desk_lang"  # cookies
LOOK = "x-look"  # a header: the page looks again by itself, nobody did anything
MOST_FORM, MOST_FIELDS = 64 * 1024, 200
_MOST_LOCKS = 256
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
log = logging.getLogger("edge.desk")
T = TypeVar("T")


class Accounts(Protocol):
    """Who may come in (edge.adapters.staff_accounts). Both raise AccountDamaged."""

    def find(self, number: str) -> Staff | None: ...
    def verify(self, number: str, password: str) -> Staff | None: ...


@dataclass(frozen=True, slots=True)
class Here:
    """A member of staff with a page open."""

    staff: Staff
    session: Session
    say: Say
    path: str


class NotLoggedIn(Exception):
    """Nobody is: the log-in page comes first."""


class Locked(Exception):
    """Too many wrong passwords for this number; `wait_s` seconds to go."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"{wait_s:.0f} s")
        self.wait_s = wait_s


@dataclass(frozen=True, slots=True)
class Tab:
    path: str
    key: str


class Staffed:
    """`says`: by language. `clock`: monotonic seconds. `tabs`: what the facility's desk has, in its order."""

    def __init__(
        self,
        accounts: Accounts,
        says: Mapping[str, Say],
        office: Said,
        theme: str,
        clock: Callable[[], float],
        *,
        simulated: bool,
    ) -> None:
        self._accounts, self._says, self._office, self._theme = accounts, says, office, theme
        self._clock, self._simulated = clock, simulated
        self._sessions = Sessions()
        self._lockouts: dict[str, Lockout] = {}
        self.tabs: list[Tab] = []
        self.counts: Callable[[], Mapping[str, int]] = dict  # by a tab's path: what waits there for somebody to come
        static = render.FOLDER / "static"
        self._files = {path.name: path.read_bytes() for path in static.iterdir() if path.suffix in MEDIA_TYPES}

    def add_to(self, app: FastAPI) -> None:
        app.add_exception_handler(NotLoggedIn, self.to_login)
        app.add_exception_handler(StoreUnavailable, self._no_store)
        app.add_exception_handler(HTTPError, self._refused)
        app.get("/")(self.home)
        app.get("/login")(self.login_page)
        app.post("/login")(self.login)
        app.post("/logout")(self.logout)
        app.post("/lang")(self.language)
        app.post("/alive")(self.alive)
        app.get("/static/{name}")(self.static)

    # for the pages

    async def here(self, request: Request) -> Here:
        """Raises NotLoggedIn."""
        found = await self._session(request)
        if found is None:
            raise NotLoggedIn
        return Here(*found, self.say(request), request.url.path)

    async def is_here(self, request: Request) -> bool:
        """For a stream that goes on: whether the session still stands. Nobody need have touched anything."""
        return await self._session(request, use=False) is not None

    async def posted(self, request: Request) -> tuple[Here, dict[str, str]]:
        """Of a field that comes twice the last counts. Raises NotLoggedIn, HTTPException.

        What is answered with a page is answered with that of the tab: it can be loaded again, a form's address cannot.
        """
        here = await self.here(request)
        fields = await form(request)
        if not same(fields.get("csrf", ""), here.session.csrf):
            raise HTTPException(403, here.say("desk.stale"))
        at = next((tab.path for tab in self.tabs if here.path.startswith(f"{tab.path}/")), here.path)
        return replace(here, path=at), fields

    def page(self, template: str, here: Here, code: int = 200, **about: object) -> HTMLResponse:
        """The session's last word (`back`) is said once. Every form of the page needs the field `csrf`."""
        said, here.session.said = here.session.said, None
        frame = self._frame(here.say) | {
            "staff": here.staff, "csrf": here.session.csrf, "said": said, "tabs": self.tabs, "path": here.path,
        }  # fmt: skip
        with contextlib.suppress(StoreUnavailable):
            frame["counts"] = self.counts()
        return HTMLResponse(render.html(template, here.say, **{**frame, **about}), code)

    def back(self, to: str, here: Here, key: str, *, done: bool = True, **values: object) -> Response:
        """To the page `to`, which says the text of `key` first."""
        here.session.said = (done, here.say(key, None, **values))
        return RedirectResponse(to, 303)

    async def deed(
        self,
        here: Here,
        do: Callable[[], T],
        done: Callable[[T], Response],
        again: Callable[[int], Awaitable[Response]],
    ) -> Response:
        """`do` in a thread, then `done` with what it gave; where it could not be `again`: the page, which says why."""
        try:
            given = await asyncio.to_thread(do)
        except NotNow as no:
            here.session.said = (False, here.say(no.why, no.values))
            return await again(409)
        except (StoreUnavailable, OSError) as error:
            log.error("desk: %s", error)
            here.session.said = (False, here.say("desk.store"))
            return await again(503)
        return done(given)

    async def second(self, number: str, password: str) -> Staff | None:
        """第二人: somebody who stands beside with their own password. Raises Locked."""
        lockout = self._lockout(number)
        if wait_s := lockout.wait_s(self._clock()):
            raise Locked(wait_s)
        staff = await asyncio.to_thread(self._verify, number, password)
        if staff is None:
            lockout.on_wrong(self._clock())
            log.warning("desk: a wrong password for a staff number")
        else:
            lockout.on_right()
        return staff

    def change_to(self, request: Request, staff: Staff, answer: Response, said: str) -> None:
        """The session is another's from now on (交接班); their first page says `said`."""
        self._sessions.end(request.cookies.get(SESSION, ""))
        self._begin(staff, answer).said = (True, said)

    def say(self, request: Request) -> Say:
        return self._says["en" if request.cookies.get(LANG) == "en" else "zh"]

    # log-in

    async def home(self) -> Response:
        return RedirectResponse(self.tabs[0].path if self.tabs else "/login", 303)

    async def login_page(self, request: Request) -> Response:
        if await self._session(request):
            return RedirectResponse("/", 303)
        return self._login_form(request, "desk.login.over" if SESSION in request.cookies else "")

    async def login(self, request: Request) -> Response:
        fields = await form(request)
        if not same(fields.get("csrf", ""), request.cookies.get(LOGIN, "")):
            return self._login_form(request, "desk.stale", 403)
        number = fields.get("number", "").strip()
        try:
            staff = await self.second(number, fields.get("password", ""))
        except Locked as locked:
            return self._login_form(request, "desk.login.locked", 429, seconds=round(locked.wait_s + 0.5))
        if staff is None:
            return self._login_form(request, "desk.login.wrong", 401)
        log.info("desk: %s logged in", staff.number)
        answer = RedirectResponse("/", 303)
        self._begin(staff, answer)
        answer.delete_cookie(LOGIN, path="/")
        return answer

    async def to_login(self, request: Request, _nobody: Exception) -> Response:
        if LOOK in request.headers or "text/event-stream" in request.headers.get("accept", ""):
            return Response("log in", 401)
        return RedirectResponse("/login", 303)

    async def logout(self, request: Request) -> Response:
        here, _ = await self.posted(request)
        self._sessions.end(request.cookies.get(SESSION, ""))
        log.info("desk: %s logged out", here.staff.number)
        answer = RedirectResponse("/login", 303, headers={"Clear-Site-Data": '"cache", "storage"'})
        answer.delete_cookie(SESSION, path="/")
        return answer

    async def language(self, request: Request) -> Response:
        fields = await form(request)
        to = fields.get("to", "/")
        answer = RedirectResponse(to if to.startswith("/") and not to.startswith(("//", "/\\")) else "/", 303)
        lang = "en" if fields.get("lang") == "en" else "zh"
        answer.set_cookie(LANG, lang, httponly=True, samesite="strict", path="/")
        return answer

    async def alive(self, request: Request) -> Response:
        """Somebody is at the page."""
        await self.here(request)
        return Response(status_code=204)

    async def static(self, name: str) -> Response:
        if (body := self._files.get(name)) is None:
            raise HTTPException(404)
        headers = {"Cache-Control": "public, max-age=31536000, immutable"}
        return Response(body, media_type=MEDIA_TYPES[name[name.rindex(".") :]], headers=headers)

    # inside

    def _begin(self, staff: Staff, answer: Response) -> Session:
        token, session = self._sessions.begin(Account(staff.number, staff.mark), self._clock())
        answer.set_cookie(SESSION, token, max_age=int(LONGEST_S), httponly=True, samesite="strict", path="/")
        return session

    async def _session(self, request: Request, *, use: bool = True) -> tuple[Staff, Session] | None:
        token = request.cookies.get(SESSION, "")
        if not (number := self._sessions.name_of(token)):
            return None
        staff = await asyncio.to_thread(self._find, number)
        account = Account(staff.number, staff.mark) if staff else None
        session = self._sessions.find(token, account, self._clock(), use=use and LOOK not in request.headers)
        return None if staff is None or session is None else (staff, session)

    def _find(self, number: str) -> Staff | None:
        try:
            return self._accounts.find(number)
        except AccountDamaged as damaged:
            log.error("desk: %s", damaged)
            return None

    def _verify(self, number: str, password: str) -> Staff | None:
        try:
            return self._accounts.verify(number, password)
        except AccountDamaged as damaged:
            log.error("desk: %s", damaged)
            return None

    def _lockout(self, number: str) -> Lockout:
        """Numbers that nobody has share one, so that guessing costs no memory."""
        known = number if self._find(number) else ""
        if len(self._lockouts) > _MOST_LOCKS:
            self._lockouts.clear()
        return self._lockouts.setdefault(known, Lockout())

    def _login_form(self, request: Request, key: str, code: int = 200, **values: object) -> Response:
        say = self.say(request)
        token = request.cookies.get(LOGIN) or secrets.token_urlsafe(32)
        said = (False, say(key, None, **values)) if key else None
        answer = HTMLResponse(render.html("login.html", say, **self._frame(say), csrf=token, said=said), code)
        answer.set_cookie(LOGIN, token, httponly=True, samesite="strict", path="/")
        return answer

    def _frame(self, say: Say) -> dict[str, object]:
        return {"office": say.of(self._office), "theme": self._theme, "simulated": self._simulated,
                "staff": None, "tabs": (), "counts": {}, "path": "/login"}  # fmt: skip

    async def _no_store(self, request: Request, error: Exception) -> Response:
        log.error("desk: %s", error)
        return await self._said(request, self.say(request)("desk.store"), 503)

    async def _refused(self, request: Request, error: Exception) -> Response:
        """For people a page with a way back; a script reads it as it is."""
        assert isinstance(error, HTTPError)
        if LOOK in request.headers or "text/html" not in request.headers.get("accept", ""):
            return await http_exception_handler(request, error)
        is_ours = error.detail != HTTPStatus(error.status_code).phrase
        said = error.detail if is_ours else self.say(request)("desk.nothing_here")
        return await self._said(request, said, error.status_code)

    async def _said(self, request: Request, text: str, code: int) -> HTMLResponse:
        say, path, said = self.say(request), request.url.path, (False, text)
        if found := await self._session(request, use=False):
            found[1].said = said
            return self.page("refused.html", Here(*found, say, path), code)
        return HTMLResponse(render.html("refused.html", say, **{**self._frame(say), "path": path, "said": said}), code)


async def form(request: Request) -> dict[str, str]:
    """An urlencoded form. Raises HTTPException (413)."""
    body = bytearray()
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM:
            raise HTTPException(413, f"a form has at most {MOST_FORM} bytes")
    try:
        fields = parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(413, f"a form has at most {MOST_FIELDS} fields") from None
    return {name: values[-1] for name, values in fields.items()}
