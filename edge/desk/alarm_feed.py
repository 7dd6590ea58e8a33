"""The alarm board's stream: one look at the alarms for all pages, the board when it is another, and a beat each look.

A look that takes long sends no beat, and then the pages themselves say that they are not up to date.
"""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Awaitable, Callable
from contextlib import aclosing
from dataclasses import dataclass

from edge.desk.render import BUILD
from edge.services.alarm_board import Board, NotSeen
from edge.web.stream import Poller, event, retry

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
        self._poller = Poller("alarm board", self._looks, _failed)

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
        loop = asyncio.get_running_loop()
        yield retry(RETRY_MS)
        sent: Seen | None = None
        asked_at = loop.time()
        async with aclosing(self._poller.seen()) as looks:
            async for seen in looks:
                if draw is not None and not seen.looks_like(sent):
                    sent = seen
                    yield event("board", {"html": draw(seen)})
                if loop.time() - asked_at >= _STAYS_S:
                    asked_at = loop.time()
                    if not await stays():
                        yield event("over", {})
                        return
                calls = {"unanswered": seen.board.unanswered, "blind": seen.blind}
                yield event("beat", {"now": seen.now_ms, "build": BUILD, **calls})

    async def _looks(self) -> AsyncGenerator[Seen, None]:
        while not self._stopping.is_set():
            yield await self.now()
            await asyncio.sleep(LOOK_S)


def _failed(error: BaseException) -> None:
    log.error("the alarm board's poller failed; the pages will come back", exc_info=error)
