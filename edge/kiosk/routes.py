"""The kiosk's addresses. Every form is a plain POST that ends in a redirect, so a page can be loaded again at any time.

An answer names its question and how many answers there were (`rev`): the same form sent twice changes nothing.
"""

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any, Protocol
from urllib.parse import parse_qs, quote

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from edge.adapters.voice_espeak import media_type
from edge.domain.visits.conversation import Matter
from edge.domain.visits.questions import Choice, NotAnAnswer, Question, Said
from edge.kiosk import render
from edge.kiosk.editing import edited, first
from edge.kiosk.page import Shown, compose, option_shown, words_of
from edge.kiosk.wording import Wording
from edge.kiosk.words import WORDS
from edge.ports import StoreUnavailable
from edge.services.visits import Look, NoSession, NotFound, View, Visits

SESSION = "onetrip_kiosk"  # cookie
MOST_FORM = 256 * 1024  # a signature of 5000 points
MOST_FIELDS = 200
STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
_AT_ONCE = 4  # matters on the home page
_STREAM_S = 1.0
_STREAMS = 32  # each page that was left holds one of these threads for a second; the pages have their own
_CLEAR = {"Clear-Site-Data": '"cache", "storage"'}
log = logging.getLogger(__name__)


class Speaker(Protocol):
    """Reads out (edge.adapters.voice_espeak)."""

    def say(self, lang: str, text: str, prompt: str = "") -> bytes | None: ...


class Kiosk:
    """`preview`: the newest picture of the camera, JPEG; None without one."""

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
    ) -> None:
        self._visits, self._title, self._theme, self._stopping = visits, title, theme, stopping
        self._simulated, self._speaker, self._preview = simulated, speaker, preview
        self._files = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.suffix in MEDIA_TYPES}
        self._say = {lang: Wording(lang, words) for lang in ("zh", "en")}
        self._waiting = ThreadPoolExecutor(_STREAMS, "kiosk stream")

    def add_to(self, app: FastAPI) -> None:
        app.get("/")(self.home)
        app.post("/look")(self.look)
        app.post("/begin")(self.begin)
        app.post("/resume")(self.resume)
        app.post("/staff")(self.staff)
        app.get("/visit")(self.page)
        app.get("/visit/stream")(self.stream)
        app.get("/visit/preview")(self.picture)
        app.get("/voice")(self.voice)
        app.post("/visit/{deed}")(self.deed)
        app.get("/static/{name}")(self.static)
        app.add_exception_handler(StoreUnavailable, self._not_written)
        app.add_exception_handler(Exception, self._trouble)

    # where it cannot go on

    async def _not_written(self, request: Request, error: Exception) -> Response:
        log.error("kiosk: %s", error)
        return await self._trouble(request, error)

    async def _trouble(self, request: Request, _error: Exception) -> Response:
        """No dead end: the visitor may try again, or go to the window. What broke stands in the log."""
        look = self._look(request, {})
        say = self._say[look.lang]
        text = render.html(
            "trouble.html", say, look, theme=self._theme, title=say("trouble.title"), office=self._office(say),
            simulated=self._simulated, online=self._visits.online,
        )  # fmt: skip
        return HTMLResponse(text, 503)

    # home

    async def home(self, request: Request, look: str = "", page: int = 1, error: str = "") -> Response:
        """Without a session the default look again: the next visitor sees nothing of the last one's choices."""
        if request.cookies.get(SESSION):
            answer: Response = RedirectResponse("/", 303, headers=_CLEAR)
            await asyncio.to_thread(self._visits.leave, request.cookies[SESSION])
            answer.delete_cookie(SESSION, path="/")
            return answer
        return HTMLResponse(await asyncio.to_thread(self._home, render.look_of(look), page, error))

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
        return render.html(
            "home.html", say, look, theme=self._theme, title=self._office(say), office=self._office(say),
            simulated=self._simulated, online=self._visits.online, part=part, parts=parts, resume=resume,
            called_s=called_s, error=error if say.has(error) else "",
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
        form = await _form(request)
        look = self._look(request, form)
        name, _, value = first(form, "set").partition(":")
        if name:
            look = render.look_of(f"{render.look_text(look)},{name}:{value}")
        session = request.cookies.get(SESSION, "")
        with contextlib.suppress(NoSession):
            await asyncio.to_thread(self._visits.set_look, session, look)
            return RedirectResponse("/visit", 303)
        part = first(form, "page")
        return RedirectResponse(_home_url(look, part if part.isdecimal() else ""), 303)

    async def begin(self, request: Request) -> Response:
        form = await _form(request)
        look = render.look_of(first(form, "look"))
        await asyncio.to_thread(self._visits.leave, request.cookies.get(SESSION, ""))
        try:
            session = await asyncio.to_thread(self._visits.begin, first(form, "matter"), look)
        except NotFound as wrong:
            return RedirectResponse(_home_url(look, "", wrong.why), 303)
        if question := first(form, "question"):
            with contextlib.suppress(NotAnAnswer):
                await asyncio.to_thread(self._visits.answer, session, question, 0, form)
        return _into(session)

    async def resume(self, request: Request) -> Response:
        """By the card that was just laid, or by a code on the screen's keys."""
        form = await _form(request)
        look, typed = render.look_of(first(form, "look")), first(form, "typed")
        error = ""
        do = first(form, "do")
        match do.partition(":"):
            case "key", _, digit if digit.isdecimal() and len(typed) < 8:
                typed += digit
            case "del", *_:
                typed = typed[:-1]
            case "clear", *_:
                typed = ""
        if not do:
            try:
                if first(form, "by") == "card":
                    return _into(await asyncio.to_thread(self._visits.resume_by_card, look))
                if typed:
                    return _into(await asyncio.to_thread(self._visits.resume, typed, look))
                error = "resume.pad" if "typed" in form else ""
            except NotFound as wrong:
                error, typed = wrong.why, ""
        say = self._say[look.lang]
        return HTMLResponse(render.html(
            "resume.html", say, look, theme=self._theme, title=say("resume.title"), office=self._office(say),
            simulated=self._simulated, online=self._visits.online, typed=typed, error=error,
        ))  # fmt: skip

    async def staff(self, request: Request) -> Response:
        form = await _form(request)
        session = request.cookies.get(SESSION, "")
        await asyncio.to_thread(self._visits.call_staff, session or None)
        if session:
            return RedirectResponse("/visit", 303)
        return RedirectResponse(_home_url(render.look_of(first(form, "look")), ""), 303)

    # a visit

    async def page(self, request: Request) -> Response:
        try:
            view = await asyncio.to_thread(self._visits.view, request.cookies.get(SESSION, ""))
        except NoSession:
            return _gone()
        say = self._say[view.look.lang]
        text = render.visit(
            view, compose(view, say), say, office=self._office(say), simulated=self._simulated,
        )  # fmt: skip
        return HTMLResponse(text)

    async def deed(self, request: Request, deed: str) -> Response:
        """answer, edit, skip, change, back, extend, rate, undo, leave."""
        form = await _form(request)
        session = request.cookies.get(SESSION, "")
        try:
            await asyncio.to_thread(self._do, session, deed, form)
        except NoSession:
            return _gone()
        if deed == "leave":
            return _gone()
        return RedirectResponse("/visit", 303)

    def _do(self, session: str, deed: str, form: Mapping[str, Sequence[str]]) -> None:
        visits, question, rev = self._visits, first(form, "question"), _number(first(form, "rev"))
        match deed:
            case "answer" | "skip":
                if deed == "skip":
                    form = {"skip": ["1"]}
                with contextlib.suppress(NotAnAnswer):  # the page says what to do now
                    visits.answer(session, question, rev, form)
            case "edit":
                view = visits.view(session)
                sent = {name: values for name, values in form.items() if name == "typed"}
                visits.edit(session, question, rev, edited(view.page, {**view.unsent, **sent}, first(form, "do")))
            case "change":
                visits.change(session, first(form, "ask"), rev)
            case "back":
                if visits.view(session).can_go_back:
                    visits.back(session, rev)
                else:
                    visits.leave(session)
            case "extend":
                visits.extend(session)
            case "rate":
                with contextlib.suppress(ValueError):
                    visits.rate(session, _number(first(form, "score")))
            case "undo":
                visits.undo(session)
            case "leave":
                visits.leave(session)
            case _:
                raise HTTPException(404)

    async def stream(self, request: Request) -> Response:
        """Server-sent events: `standing` whenever something is another, and each second; `ended` at the end."""
        session = request.cookies.get(SESSION, "")
        return StreamingResponse(self._standing(session), media_type="text/event-stream")

    async def _standing(self, session: str) -> AsyncIterator[str]:
        loop = asyncio.get_running_loop()
        try:
            while not self._stopping.is_set():
                standing = await asyncio.to_thread(self._visits.standing, session)
                seen = standing["version"]
                yield f"event: standing\ndata: {json.dumps(standing)}\n\n"
                await loop.run_in_executor(self._waiting, self._visits.wait, session, seen, _STREAM_S)
        except NoSession:
            yield "event: ended\ndata: {}\n\n"

    async def picture(self) -> Response:
        jpeg = await asyncio.to_thread(self._preview)
        return Response(jpeg, media_type="image/jpeg") if jpeg else Response(status_code=204)

    async def voice(self, request: Request, home: str = "", look: str = "") -> Response:
        """The present page read out, WAV; 204 where nothing can be read out."""
        if self._speaker is None:
            return Response(status_code=204)
        if home:
            lang, prompt = render.look_of(look).lang, "home"
            text = f"{self._say[lang]('home.title')} {self._say[lang]('home.say')}"
        else:
            try:
                view = await asyncio.to_thread(self._visits.view, request.cookies.get(SESSION, ""))
            except NoSession:
                return Response(status_code=204)
            lang, text = view.look.lang, spoken(view, self._say[view.look.lang])
            prompt = _prompt(view)
        sound = await asyncio.to_thread(self._speaker.say, lang, text, prompt)
        return Response(sound, media_type=media_type(sound)) if sound else Response(status_code=204)

    async def static(self, name: str) -> Response:
        if (body := self._files.get(name)) is None:
            raise HTTPException(404)
        headers = {"Cache-Control": "max-age=31536000, immutable"}
        return Response(body, media_type=MEDIA_TYPES[Path(name).suffix], headers=headers)

    def _office(self, say: Wording) -> str:
        return say.of(self._title)

    def _look(self, request: Request, form: Mapping[str, Sequence[str]]) -> Look:
        with contextlib.suppress(NoSession):
            return self._visits.look(request.cookies.get(SESSION, ""))
        return render.look_of(first(form, "look"))


def spoken(view: View, say: Wording) -> str:
    """What is read out of a page: no name, no number, no line that tells something of a person."""
    return "。 ".join(compose(view, say).spoken) if say.lang == "zh" else ". ".join(compose(view, say).spoken)


def _prompt(view: View) -> str:
    """The name of a recording of this page, where a person has spoken one."""
    page = view.page
    return words_of(view.matter.name, page) if isinstance(page, Question) else f"{view.matter.name}.end.{page.key}"


def _into(session: str) -> Response:
    answer = RedirectResponse("/visit", 303)
    answer.set_cookie(SESSION, session, httponly=True, samesite="strict", path="/")
    return answer


def _gone() -> Response:
    answer = RedirectResponse("/", 303, headers=_CLEAR)
    answer.delete_cookie(SESSION, path="/")
    return answer


def _home_url(look: Look, part: str, error: str = "") -> str:
    about = {"look": render.look_text(look), "page": part if part != "1" else "", "error": error}
    query = "&".join(f"{name}={quote(value)}" for name, value in about.items() if value)
    return f"/?{query}" if query else "/"


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else -1


async def _form(request: Request) -> dict[str, list[str]]:
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM:
            raise HTTPException(413, f"a form has at most {MOST_FORM} bytes")
    try:
        return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(413, f"a form has at most {MOST_FIELDS} fields") from None
