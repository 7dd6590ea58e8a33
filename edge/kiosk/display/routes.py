"""The call display's addresses, under /display: the page, its stream, the sound of a call, its files."""

import asyncio
import threading
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Protocol

from fastapi import FastAPI, HTTPException, Response
from fastapi.responses import HTMLResponse, PlainTextResponse

from edge.adapters import tones
from edge.adapters.wav import joined
from edge.domain.visits.questions import Said
from edge.kiosk.display.board import EN, FOLDER, ZH, Board, board_of, key_of, page
from edge.kiosk.display.feed import Feed
from edge.kiosk.display.words import WORDS
from edge.ports import StoreUnavailable
from edge.services.queueing import Shown
from edge.web.stream import streamed

_MEDIA_TYPES = {".css": "text/css", ".js": "text/javascript", ".svg": "image/svg+xml"}


class Hall(Protocol):
    """The queue as the display sees it (edge.services.queueing)."""

    def shown(self) -> Shown: ...
    def wait(self, seen: int, timeout: float) -> int: ...


class Caller(Protocol):
    """Says the calls (edge.adapters.voice_espeak). `reason`: why it is silent; "" while it speaks."""

    reason: str

    def say(self, lang: str, text: str, prompt: str = "") -> bytes | None: ...


class Display:
    """`queues`: the hall's queues and their names, in their order. `voice`: None where there is none."""

    def __init__(
        self,
        hall: Hall,
        queues: Mapping[str, Said],
        office: Said,
        theme: str,
        now_ms: Callable[[], int],
        stopping: threading.Event,
        *,
        simulated: bool,
        voice: Caller | None = None,
    ) -> None:
        self._hall, self._queues, self._office, self._theme = hall, queues, office, theme
        self._now_ms, self._simulated, self._voice = now_ms, simulated, voice
        self._feed = Feed(self._look, hall.wait, now_ms, stopping)
        static = FOLDER / "static"
        self._files = {path.name: path.read_bytes() for path in static.iterdir() if path.suffix in _MEDIA_TYPES}
        self._chime = tones.chime()

    def add_to(self, app: FastAPI) -> None:
        app.get("/display")(self.page)
        app.get("/display/stream")(self.stream)
        app.get("/display/sound")(self.sound)
        app.get("/display/static/{name}")(self.static)

    async def page(self) -> Response:
        try:
            _version, board = await asyncio.to_thread(self._look)
        except StoreUnavailable:  # a television switched on meanwhile must not stay on an error page
            lost = WORDS["lost"]
            return PlainTextResponse(f"{lost.zh}\n{lost.en}", 503, headers={"Refresh": "5"})
        return HTMLResponse(page(board, self._office, self._theme, self._now_ms(), simulated=self._simulated))

    async def stream(self) -> Response:
        return streamed(self._feed.messages())

    async def sound(self, call: str) -> Response:
        """A chime and the call in both languages, WAV. Only what stands on the board is said."""
        return Response(await asyncio.to_thread(self._sound, call), media_type="audio/wav")

    def _sound(self, key: str) -> bytes:
        call = next((one for one in self._hall.shown().calls if key_of(one) == key), None)
        if call is None:
            raise HTTPException(404)
        if self._voice is None:
            return self._chime
        said = [
            self._voice.say(wording.lang, wording("call.say", number=call.number, window=call.window))
            for wording in (ZH, EN)
        ]
        return joined([self._chime, *filter(None, said)])

    async def static(self, name: str) -> Response:
        if (body := self._files.get(name)) is None:
            raise HTTPException(404)
        headers = {"Cache-Control": "max-age=31536000, immutable"}  # the page names each file with its build
        return Response(body, media_type=_MEDIA_TYPES[Path(name).suffix], headers=headers)

    def _look(self) -> tuple[int, Board]:
        shown = self._hall.shown()
        return shown.version, board_of(shown, self._queues, silent=self._voice is None or bool(self._voice.reason))
