"""The call display's stream: one poller for all televisions, a board when it is another, and a beat each second."""

import asyncio
import logging
import threading
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing

from edge.kiosk.display.board import BUILD, Board, fragment
from edge.ports import StoreUnavailable
from edge.web.stream import Poller, event, retry

BEAT_S = 1.0
REFRESH_S = 10.0  # a new day begins without anybody doing anything
RETRY_MS = 1000
log = logging.getLogger(__name__)


class Feed:
    """`look`: the board and its version. `wait`: until another version than this, or so many seconds.

    When the store fails, the streams end: the pages say so, and come back by themselves.
    """

    def __init__(
        self,
        look: Callable[[], tuple[int, Board]],
        wait: Callable[[int, float], int],
        now_ms: Callable[[], int],
        stopping: threading.Event,
    ) -> None:
        self._look, self._wait, self._now_ms, self._stopping = look, wait, now_ms, stopping
        self._poller = Poller("call display", self._boards, _failed)

    async def messages(self) -> AsyncIterator[str]:
        """Server-sent events for one television."""
        yield retry(RETRY_MS)
        sent: Board | None = None
        async with aclosing(self._poller.seen()) as boards:
            async for board in boards:
                if board != sent:
                    sent = board
                    yield event("board", {"html": fragment(board)})
                yield event("beat", {"now": self._now_ms(), "build": BUILD})

    async def _boards(self) -> AsyncGenerator[Board, None]:
        """At each change, and each second."""
        loop = asyncio.get_running_loop()
        drawn, board = await asyncio.to_thread(self._look)
        drawn_at = loop.time()
        while not self._stopping.is_set():
            yield board
            version = await asyncio.to_thread(self._wait, drawn, BEAT_S)
            if version != drawn or loop.time() - drawn_at >= REFRESH_S:
                drawn_at = loop.time()
                drawn, board = await asyncio.to_thread(self._look)


def _failed(error: BaseException) -> None:
    if isinstance(error, StoreUnavailable):
        log.warning("the call display cannot read the queue, it will try again: %s", error)
    else:
        log.error("the call display's poller failed, it will try again", exc_info=error)
