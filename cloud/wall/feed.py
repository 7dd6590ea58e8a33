"""The live stream: one poller asks the reader for all clients; each client gets the fragments that changed for it."""

import asyncio
import json
import logging
from collections.abc import AsyncIterator, Callable

from cloud.ports import PictureReader, RecordsUnavailable
from cloud.wall import render
from cloud.wall.parts import Part, Wall
from cloud.wall.view import wall_view

REFRESH_S = 5.0  # data gets stale though nothing changes
BEAT_S = 1.0  # the page says "connection lost" after five of them
RETRY_MS = 2000

log = logging.getLogger(__name__)


class Frame:
    """One state of the wall, each fragment rendered once however many clients want it."""

    def __init__(self, wall: Wall) -> None:
        self.parts = render.by_id(wall)
        self.facilities = [(card.id, card.heard_at_ms) for card in wall.cards]
        self._html: dict[tuple[str, render.Language], str] = {}

    def html(self, part_id: str, language: render.Language) -> str:
        key = (part_id, language)
        if key not in self._html:
            self._html[key] = render.fragment(self.parts[part_id], language)
        return self._html[key]


class Feed:
    """Polls only while somebody watches. When the reader fails, the streams end; clients come back by themselves."""

    def __init__(self, reader: PictureReader, clock: Callable[[], int], poll_s: float) -> None:
        self._reader = reader
        self._clock = clock
        self._poll_s = poll_s
        self._clients = 0
        self._poller: asyncio.Task[None] | None = None
        self._frame: Frame | None = None
        self._news = asyncio.Event()

    async def messages(self, language: render.Language) -> AsyncIterator[str]:
        """Server-sent events for one client: every fragment first, then what changes, and a beat each second."""
        poller = self._enter()
        try:
            yield f"retry: {RETRY_MS}\n\n"
            sent: dict[str, Part] = {}
            beaten_at = float("-inf")
            while not poller.done():
                news = self._news
                frame, now = self._frame, asyncio.get_running_loop().time()
                if frame is not None:
                    changed = [part_id for part_id, part in frame.parts.items() if sent.get(part_id) != part]
                    for part_id in changed:
                        yield _event("fragment", {"id": part_id, "html": frame.html(part_id, language)})
                    sent = frame.parts
                    if changed or now - beaten_at >= BEAT_S:
                        beaten_at = now
                        yield self._beat(frame)
                await news.wait()
        finally:
            self._leave()

    def _enter(self) -> asyncio.Task[None]:
        self._clients += 1
        if self._poller is None or self._poller.done():
            self._frame = None
            self._poller = asyncio.create_task(self._poll(), name="wall-poller")
            self._poller.add_done_callback(self._ended)
        return self._poller

    def _leave(self) -> None:
        self._clients -= 1
        if self._clients == 0 and self._poller is not None:
            self._poller.cancel()
            self._poller = None

    async def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        drawn: int | None = None
        drawn_at = beaten_at = float("-inf")
        while True:
            now = loop.time()
            version = await asyncio.to_thread(self._reader.version)
            if version != drawn or now - drawn_at >= REFRESH_S:
                self._frame = Frame(wall_view(await asyncio.to_thread(self._reader.picture, self._clock())))
                drawn, drawn_at = version, now
                self._wake()
                beaten_at = now
            elif now - beaten_at >= BEAT_S:
                self._wake()
                beaten_at = now
            await asyncio.sleep(self._poll_s)

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _ended(self, poller: asyncio.Task[None]) -> None:
        error = None if poller.cancelled() else poller.exception()
        if isinstance(error, RecordsUnavailable):
            log.warning("the wall cannot read the records, its clients will connect again: %s", error)
        elif error:
            log.error("the wall's poller failed, its clients will connect again", exc_info=error)
        self._wake()

    def _beat(self, frame: Frame) -> str:
        return _event("beat", {"now": self._clock(), "build": render.BUILD, "facilities": frame.facilities})


def _event(name: str, data: object) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"
