"""The pages of a visit (办事页面): one question each, until the end. They stand at the kiosk, and at the desk where
staff fill a matter in with somebody. Every form is a plain POST that ends in a redirect, so a page can be loaded again
at any time.

An answer names its question and how many answers there were (`rev`): the same form sent twice changes nothing.
"""

import asyncio
import contextlib
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol
from urllib.parse import parse_qs

from fastapi import FastAPI, HTTPException, Request, Response
from fastapi.responses import HTMLResponse, RedirectResponse, StreamingResponse

from edge.adapters.voice_espeak import media_type
from edge.domain.visits.questions import NotAnAnswer, Question, Said
from edge.kiosk import render
from edge.kiosk.editing import edited, first
from edge.kiosk.page import compose, words_of
from edge.kiosk.wording import Wording
from edge.kiosk.words import WORDS
from edge.ports import StoreUnavailable
from edge.services.visits import Look, NoSession, View, Visits

MOST_FORM = 256 * 1024  # a signature of 5000 points
MOST_FIELDS = 200
STATIC = Path(__file__).parent / "static"
MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}
CLEAR = {"Clear-Site-Data": '"cache", "storage"'}
_STREAM_S = 1.0
_STREAMS = 32  # each page that was left holds one of these threads for a second; the pages have their own
log = logging.getLogger(__name__)


class Speaker(Protocol):
    """Reads out (edge.adapters.voice_espeak)."""

    def say(self, lang: str, text: str, prompt: str = "") -> bytes | None: ...


@dataclass(frozen=True, slots=True)
class Door:
    """Where the pages stand. `at`: before each of their addresses; `home`: where it goes on when a visit is over."""

    cookie: str
    at: str = ""
    home: str = "/"


class VisitPages:
    """`preview`: the newest picture of the camera, JPEG; None without one."""

    def __init__(
        self,
        visits: Visits,
        title: Said,
        theme: str,
        stopping: threading.Event,
        door: Door,
        *,
        simulated: bool,
        speaker: Speaker | None = None,
        preview: Callable[[], bytes | None] = lambda: None,
        words: Mapping[str, Said] = WORDS,
    ) -> None:
        self._visits, self._title, self._theme, self._stopping = visits, title, theme, stopping
        self._door, self._simulated, self._speaker, self._preview = door, simulated, speaker, preview
        self._files = {path.name: path.read_bytes() for path in STATIC.iterdir() if path.suffix in MEDIA_TYPES}
        self._say = {lang: Wording(lang, words) for lang in ("zh", "en")}
        self._waiting = ThreadPoolExecutor(_STREAMS, "visit stream")

    def add_to(self, app: FastAPI) -> None:
        app.post("/look")(self.look)
        app.get("/visit")(self.page)
        app.get("/visit/stream")(self.stream)
        app.get("/visit/preview")(self.picture)
        app.get("/voice")(self.voice)
        app.post("/visit/{deed}")(self.deed)
        app.get("/static/{name}")(self.static)
        app.add_exception_handler(StoreUnavailable, self._not_written)
        app.add_exception_handler(Exception, self._trouble)

    def into(self, session: str) -> Response:
        """To the page of a session that has begun."""
        answer = RedirectResponse(f"{self._door.at}/visit", 303)
        answer.set_cookie(self._door.cookie, session, httponly=True, samesite="strict", path=self._door.at or "/")
        return answer

    # where it cannot go on

    async def _not_written(self, request: Request, error: Exception) -> Response:
        log.error("visit: %s", error)
        return await self._trouble(request, error)

    async def _trouble(self, request: Request, _error: Exception) -> Response:
        """No dead end: the visitor may try again, or go to the window. What broke stands in the log."""
        look = self._look(request, {})
        say = self._say[look.lang]
        text = self._html(
            "trouble.html", say, look, theme=self._theme, title=say("trouble.title"), online=self._visits.online
        )
        return HTMLResponse(text, 503)

    # a visit

    async def page(self, request: Request) -> Response:
        try:
            view = await asyncio.to_thread(self._visits.view, self._session(request))
        except NoSession:
            return self._gone()
        say = self._say[view.look.lang]
        return HTMLResponse(render.visit(view, compose(view, say), say, **self._frame(say)))

    async def deed(self, request: Request, deed: str) -> Response:
        """answer, edit, skip, change, back, extend, rate, undo, leave."""
        form = await form_of(request)
        try:
            await asyncio.to_thread(self._do, self._session(request), deed, form)
        except NoSession:
            return self._gone()
        return self._gone() if deed == "leave" else self._again()

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

    async def look(self, request: Request) -> Response:
        """大字, 高对比, 朗读, English: for the session."""
        form = await form_of(request)
        try:
            await asyncio.to_thread(self._visits.set_look, self._session(request), self._changed_look(request, form))
        except NoSession:
            return self._gone()
        return self._again()

    async def stream(self, request: Request) -> Response:
        """Server-sent events: `standing` whenever something is another, and each second; `ended` at the end."""
        return StreamingResponse(self._standing(self._session(request)), media_type="text/event-stream")

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

    async def voice(self, request: Request) -> Response:
        """The present page read out, WAV; 204 where nothing can be read out."""
        try:
            view = await asyncio.to_thread(self._visits.view, self._session(request))
        except NoSession:
            return Response(status_code=204)
        lang = view.look.lang
        return await self._read_out(lang, spoken(view, self._say[lang]), _prompt(view))

    async def _read_out(self, lang: str, text: str, prompt: str) -> Response:
        if self._speaker is None:
            return Response(status_code=204)
        sound = await asyncio.to_thread(self._speaker.say, lang, text, prompt)
        return Response(sound, media_type=media_type(sound)) if sound else Response(status_code=204)

    async def static(self, name: str) -> Response:
        if (body := self._files.get(name)) is None:
            raise HTTPException(404)
        headers = {"Cache-Control": "max-age=31536000, immutable"}
        return Response(body, media_type=MEDIA_TYPES[Path(name).suffix], headers=headers)

    # inside

    def _html(self, template: str, say: Wording, look: Look, **about: object) -> str:
        return render.html(template, say, look, **self._frame(say), **about)

    def _frame(self, say: Wording) -> dict[str, object]:
        return {"office": say.of(self._title), "simulated": self._simulated, "at": self._door.at,
                "home": self._door.home}  # fmt: skip

    def _session(self, request: Request) -> str:
        return request.cookies.get(self._door.cookie, "")

    def _look(self, request: Request, form: Mapping[str, Sequence[str]]) -> Look:
        with contextlib.suppress(NoSession):
            return self._visits.look(self._session(request))
        return render.look_of(first(form, "look"))

    def _changed_look(self, request: Request, form: Mapping[str, Sequence[str]]) -> Look:
        look = self._look(request, form)
        name, _, value = first(form, "set").partition(":")
        return render.look_of(f"{render.look_text(look)},{name}:{value}") if name else look

    def _again(self) -> Response:
        return RedirectResponse(f"{self._door.at}/visit", 303)

    def _gone(self) -> Response:
        answer = RedirectResponse(self._door.home, 303, headers=CLEAR)
        answer.delete_cookie(self._door.cookie, path=self._door.at or "/")
        return answer


def spoken(view: View, say: Wording) -> str:
    """What is read out of a page: no name, no number, no line that tells something of a person."""
    return "。 ".join(compose(view, say).spoken) if say.lang == "zh" else ". ".join(compose(view, say).spoken)


def _prompt(view: View) -> str:
    """The name of a recording of this page, where a person has spoken one."""
    page = view.page
    return words_of(view.matter.name, page) if isinstance(page, Question) else f"{view.matter.name}.end.{page.key}"


def _number(text: str) -> int:
    return int(text) if text.isdecimal() and len(text) < 9 else -1


async def form_of(request: Request) -> dict[str, list[str]]:
    """Raises HTTPException (413)."""
    body = b""
    async for chunk in request.stream():
        body += chunk
        if len(body) > MOST_FORM:
            raise HTTPException(413, f"a form has at most {MOST_FORM} bytes")
    try:
        return parse_qs(body.decode("utf-8", "replace"), keep_blank_values=True, max_num_fields=MOST_FIELDS)
    except ValueError:
        raise HTTPException(413, f"a form has at most {MOST_FIELDS} fields") from None
