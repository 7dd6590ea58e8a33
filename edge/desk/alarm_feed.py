"""The alarm board's stream: one look at the alarms for all pages, the board when it is another, and a beat each look.

A look that takes long sends no beat, and then the pages themselves say that they are not up to date.
"""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Awaitable, Callable
from dataclasses import dataclass
from typing import Any

from edge.desk.render import BUILD
from edge.services.alarm_board import Board, NotSeen

LOOK_S = 0.5
RETRY_MS = 1000
_STAYS_S = 60.0
log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Seen:
    """The board at a moment. `blind`: nobody knows of any alarm now, and this is what was seen last."""

    now_ms: int
    board: Board
    blind: bool = False

    def looks_like(self, other: "Seen | None") -> bool:
        return other is not None and (self.board, self.blind) == (other.board, other.blind)


class AlarmFeed:
    def __init__(self, look: Callable[[], tuple[int, Board]], stopping: threading.Event) -> None:
        """`look` raises NotSeen."""
        self._look, self._stopping = look, stopping
        self._seen = Seen(0, Board(), blind=True)
        self._pages = 0
        self._poller: asyncio.Task[None] | None = None
        self._news = asyncio.Event()

    async def now(self) -> Seen:
        """Looks at once."""
        try:
            self._seen = Seen(*await asyncio.to_thread(self._look))
        except NotSeen as error:
            if not self._seen.blind:
                log.error("the alarm board sees nothing: %s", error)
            self._seen = Seen(self._seen.now_ms, self._seen.board, blind=True)
        return self._seen

    async def messages(
        self, draw: Callable[[Seen], str] | None, stays: Callable[[], Awaitable[bool]]
    ) -> AsyncIterator[str]:
        """Server-sent events for one page; without `draw` only the beats.

        `stays`: asked now and then whether its reader is still logged in.
        """
        poller = self._enter()
        loop = asyncio.get_running_loop()
        try:
            yield f"retry: {RETRY_MS}\n\n"
            sent: Seen | None = None
            asked_at = loop.time()
            while not poller.done():
                await self._news.wait()
                seen = self._seen
                if draw is not None and not seen.looks_like(sent):
                    sent = seen
                    yield _event("board", {"html": draw(seen)})
                if loop.time() - asked_at >= _STAYS_S:
                    asked_at = loop.time()
                    if not await stays():
                        yield _event("over", {})
                        return
                calls = {"unanswered": seen.board.unanswered, "blind": seen.blind}
                yield _event("beat", {"now": seen.now_ms, "build": BUILD, **calls})
        finally:
            self._leave()

    def _enter(self) -> "asyncio.Task[None]":
        self._pages += 1
        if self._poller is None or self._poller.done():
            self._poller = asyncio.create_task(self._poll(), name="alarm board")
            self._poller.add_done_callback(self._ended)
        return self._poller

    def _leave(self) -> None:
        self._pages -= 1
        if self._pages == 0 and self._poller is not None:
            self._poller.cancel()
            self._poller = None

    async def _poll(self) -> None:
        while not self._stopping.is_set():
            await self.now()
            self._wake()
            await asyncio.sleep(LOOK_S)

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _ended(self, poller: "asyncio.Task[None]") -> None:
        error = None if poller.cancelled() else poller.exception()
        if error:
            log.error("the alarm board's poller failed; the pages will come back", exc_info=error)
        self._wake()


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"
