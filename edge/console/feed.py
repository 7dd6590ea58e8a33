"""The page's stream of server-sent events: parts of the page that changed, cells, frames, and a beat each second."""

import asyncio
from collections.abc import AsyncIterator, Callable, Mapping

from edge.console import render
from edge.console.box import POLL_S, Box, Picture, changed
from edge.console.frame_log import Language, told
from edge.web.stream import event, retry

RETRY_MS = 1000
_FRAMES_S = 0.1  # frames are sent in batches: a browser draws no faster anyhow
Jobs = Callable[[], Mapping[str, object]]


class Feed:
    """One poller for all pages; it runs only while a page is open."""

    def __init__(self, box: Box, jobs: Jobs) -> None:
        """`jobs`: the parts of the page that tell of what the console itself does."""
        self._box, self._jobs = box, jobs
        self._clients = 0
        self._poller: asyncio.Task[None] | None = None
        self._picture: Picture | None = None

    async def messages(
        self, language: Language, after: int | None, is_welcome: Callable[[], bool]
    ) -> AsyncIterator[str]:
        """`after`: the last frame's number that the page has; None for a new page. Ends when it is not welcome."""
        self._enter()
        try:
            yield retry(RETRY_MS)
            number = self._box.frames.last if after is None or after > self._box.frames.last else after
            parts: dict[str, object] = {}
            cells: dict[str, str] = {}
            beaten_at = 0.0
            loop = asyncio.get_running_loop()
            while not self._box.stopping.is_set():
                if self._picture is not None:
                    now_parts = {**self._picture.parts, **self._jobs()}
                    for part_id, part in changed(now_parts, parts).items():
                        yield event("fragment", {"id": part_id, "html": render.fragment(part, language)})
                    if fresh := changed(self._picture.cells, cells):
                        yield event("cells", fresh)
                    parts, cells = now_parts, dict(self._picture.cells)
                number, batch = self._frames(number, language)
                if batch:
                    yield batch
                if loop.time() - beaten_at >= POLL_S:
                    beaten_at = loop.time()
                    if not is_welcome():
                        yield event("over", {})
                        return
                    yield event("beat", {"build": render.BUILD})
                await asyncio.sleep(_FRAMES_S)
        finally:
            self._leave()

    def _frames(self, number: int, language: Language) -> tuple[int, str]:
        lines, missed = self._box.frames.after(number)
        if not lines:
            return number, ""
        devices = self._box.devices_of_port
        rows = [told(line, devices, language) for line in lines]
        if missed:
            gap = {"n": lines[0]["n"] - 1, "what": "missed", "count": missed}
            rows.insert(0, told(gap, devices, language))
        number = lines[-1]["n"]
        return number, f"id: {number}\n{event('frames', rows)}"

    def _enter(self) -> None:
        self._clients += 1
        self._box.enter()
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll(), name="console-poller")

    def _leave(self) -> None:
        self._box.leave()
        self._clients -= 1
        if self._clients == 0 and self._poller is not None:
            self._poller.cancel()
            self._poller = None

    async def _poll(self) -> None:
        while True:
            self._picture = await asyncio.to_thread(self._box.look)
            await asyncio.sleep(POLL_S / 2)
