"""The call display's stream: one poller for all televisions, a board when it is another, and a beat each second."""

import asyncio
import json
import logging
import threading
from collections.abc import AsyncIterator, Callable
from typing import Any

from edge.kiosk.display.board import BUILD, Board, fragment
from edge.ports import StoreUnavailable

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
        self._clients = 0
        self._poller: asyncio.Task[None] | None = None
        self._board: Board | None = None
        self._news = asyncio.Event()

    async def messages(self) -> AsyncIterator[str]:
        """Server-sent events for one television."""
        poller = self._enter()
        try:
            yield f"retry: {RETRY_MS}\n\n"
            sent: Board | None = None
            while not poller.done():
                news, board = self._news, self._board
                if board is not None and board != sent:
                    sent = board
                    yield _event("board", {"html": fragment(board)})
                if board is not None:
                    yield _event("beat", {"now": self._now_ms(), "build": BUILD})
                await news.wait()
        finally:
            self._leave()

    def _enter(self) -> asyncio.Task[None]:
        self._clients += 1
        if self._poller is None or self._poller.done():
            self._board = None
            self._poller = asyncio.create_task(self._poll(), name="call display")
            self._poller.add_done_callback(self._ended)
        return self._poller

    def _leave(self) -> None:
        self._clients -= 1
        if self._clients == 0 and self._poller is not None:
            self._poller.cancel()
            self._poller = None

    async def _poll(self) -> None:
        loop = asyncio.get_running_loop()
        drawn, drawn_at = -1, float("-inf")
        version = drawn
        while not self._stopping.is_set():
            if version != drawn or loop.time() - drawn_at >= REFRESH_S:
                drawn_at = loop.time()
                drawn, self._board = await asyncio.to_thread(self._look)
            self._wake()
            version = await asyncio.to_thread(self._wait, drawn, BEAT_S)

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _ended(self, poller: asyncio.Task[None]) -> None:
        error = None if poller.cancelled() else poller.exception()
        if isinstance(error, StoreUnavailable):
            log.warning("the call display cannot read the queue, it will try again: %s", error)
        elif error:
            log.error("the call display's poller failed, it will try again", exc_info=error)
        self._wake()


def _event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"
