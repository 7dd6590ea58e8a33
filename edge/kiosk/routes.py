"""The kiosk's addresses: the home page, where a visit begins or goes on, and the pages of the visit."""

import asyncio
import contextlib
import threading
from collections.abc import Callable, Mapping
from typing import Any
from urllib.parse import quote

from fastapi import FastAPI, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse

from edge.domain.visits.conversation import Matter
from edge.domain.visits.questions import Choice, NotAnAnswer, Said
from edge.kiosk import render
from edge.kiosk.editing import first
from edge.kiosk.page import Shown, option_shown, words_of
from edge.kiosk.visit_pages import CLEAR, Door, Speaker, VisitPages, form_of
from edge.kiosk.wording import Wording
from edge.kiosk.words import WORDS
from edge.ports import StoreUnavailable
from edge.services.visits import Look, NoSession, NotFound, Visits

SESSION = "onetrip_kiosk"  # cookie
_AT_ONCE = 4  # matters on the home page
_LONGEST_CODE = 9  # of the web


class Kiosk(VisitPages):
    def __init__(
        self,
        visits: Visits,
        title: Said,
        theme: str,
        stopping: threading.Event,
        *,
        simulated: bool,
        speaker: Speaker | None = None,
        preview: Callable[[], bytes | None] = lambda: None,
        words: Mapping[str, Said] = WORDS,
        bring: Callable[[str], None] = lambda _code: None,
    ) -> None:
        """`bring`: what was begun on the web under this code. Raises NotFound, StoreUnavailable."""
        self._bring = bring
        super().__init__(
            visits, title, theme, stopping, Door(SESSION), simulated=simulated, speaker=speaker, preview=preview,
            words=words,
        )  # fmt: skip

    def add_to(self, app: FastAPI) -> None:
        app.get("/")(self.home)
        app.get("/home/resume")(self.resumable)
        app.post("/begin")(self.begin)
        app.post("/resume")(self.resume)
        app.post("/staff")(self.staff)
        super().add_to(app)

    async def home(self, request: Request, look: str = "", page: int = 1, error: str = "") -> Response:
        """Without a session the default look again: the next visitor sees nothing of the last one's choices."""
        if session := self._session(request):
            answer: Response = RedirectResponse("/", 303, headers=CLEAR)
            await asyncio.to_thread(self._visits.leave, session)
            answer.delete_cookie(SESSION, path="/")
            return answer
        return HTMLResponse(await asyncio.to_thread(self._home, render.look_of(look), page, error))

    def resumable(self) -> dict[str, str]:
        """What the home page asks by itself: a card was laid, or a code shown, since it was loaded."""
        try:
            return {"resume": self._visits.offers_resume}
        except StoreUnavailable:
            return {"resume": ""}

    def _home(self, look: Look, part: int, error: str) -> str:
        say, offered = self._say[look.lang], self._visits.offered
        at_once = _AT_ONCE - (len(offered) > _AT_ONCE)
        parts = max(1, -(-len(offered) // at_once))
        part = max(1, min(part, parts))
        about: dict[str, Any] = {
            "heading": say("home.title"), "hint": say("home.say"), "sends": "matter", "question": "", "style": "cards",
            "options": [
                Shown(one.name, say(one.name), say.maybe(f"{one.name}.note"), one.icon)
                for one in offered[(part - 1) * at_once : part * at_once]
            ],
        }  # fmt: skip
        if len(offered) == 1 and offered[0].at_home:
            about |= self._first_question(offered[0], say)
        try:
            resume: str = self._visits.offers_resume
            called_s = self._visits.home_call_s()
        except StoreUnavailable:
            resume, called_s = "", None
        return self._html(
            "home.html", say, look, theme=self._theme, title=say.of(self._title), online=self._visits.online,
            part=part, parts=parts, resume=resume, called_s=called_s, error=error if say.has(error) else "",
            spoken=f"home=1&look={quote(render.look_text(look))}", **about,
        )  # fmt: skip

    def _first_question(self, matter: Matter, say: Wording) -> dict[str, Any]:
        at = self._visits.opening(matter)
        if not isinstance(at, Choice):
            return {}
        prefix = words_of(matter.name, at)
        return {
            "heading": say(prefix), "hint": say.maybe(f"{prefix}.say"), "sends": "chosen", "question": at.name,
            "style": at.style, "matter": matter.name,
            "options": [option_shown(one, prefix, say) for one in at.options],
        }  # fmt: skip

    async def look(self, request: Request) -> Response:
        """大字, 高对比, 朗读, English: for the session, or carried on by the home page."""
        form = await form_of(request)
        look = self._changed_look(request, form)
        with contextlib.suppress(NoSession):
            await asyncio.to_thread(self._visits.set_look, self._session(request), look)
            return self._again()
        part = first(form, "page")
        return RedirectResponse(_home_url(look, part if part.isdecimal() else ""), 303)

    async def begin(self, request: Request) -> Response:
        form = await form_of(request)
        look = render.look_of(first(form, "look"))
        await asyncio.to_thread(self._visits.leave, self._session(request))
        try:
            session = await asyncio.to_thread(self._visits.begin, first(form, "matter"), look)
        except NotFound as wrong:
            return RedirectResponse(_home_url(look, "", wrong.why), 303)
        if question := first(form, "question"):
            with contextlib.suppress(NotAnAnswer):
                await asyncio.to_thread(self._visits.answer, session, question, 0, form)
        return self.into(session)

    async def resume(self, request: Request) -> Response:
        """By the card that was just laid, or by a code on the screen's keys."""
        form = await form_of(request)
        look, typed = render.look_of(first(form, "look")), first(form, "typed")
        error = ""
        do = first(form, "do")
        match do.partition(":"):
            case "key", _, digit if digit.isdecimal() and len(typed) < _LONGEST_CODE:
                typed += digit
            case "del", *_:
                typed = typed[:-1]
            case "clear", *_:
                typed = ""
        if not do:
            try:
                if first(form, "by") in ("card", "web"):
                    return self.into(await asyncio.to_thread(self._visits.resume_by_card, look))
                if typed:
                    await asyncio.to_thread(self._bring, typed)
                    return self.into(await asyncio.to_thread(self._visits.resume, typed, look))
                error = "resume.pad" if "typed" in form else ""
            except NotFound as wrong:
                error, typed = wrong.why, ""
        say = self._say[look.lang]
        return HTMLResponse(self._html(
            "resume.html", say, look, theme=self._theme, title=say("resume.title"), online=self._visits.online,
            typed=typed, error=error,
        ))  # fmt: skip

    async def staff(self, request: Request) -> Response:
        form = await form_of(request)
        session = self._session(request)
        await asyncio.to_thread(self._visits.call_staff, session or None)
        if session:
            return self._again()
        return RedirectResponse(_home_url(render.look_of(first(form, "look")), ""), 303)

    async def voice(self, request: Request, home: str = "", look: str = "") -> Response:
        """The present page, or the home page, read out."""
        if not home:
            return await super().voice(request)
        lang = render.look_of(look).lang
        return await self._read_out(lang, f"{self._say[lang]('home.title')} {self._say[lang]('home.say')}", "home")


def _home_url(look: Look, part: str, error: str = "") -> str:
    about = {"look": render.look_text(look), "page": part if part != "1" else "", "error": error}
    query = "&".join(f"{name}={quote(value)}" for name, value in about.items() if value)
    return f"/?{query}" if query else "/"
