"""Server-sent events (HTML Living Standard, section 9.2): a message, the answer that carries them, and a poller that
looks for all pages that listen.
"""

import asyncio
import json
from collections.abc import AsyncGenerator, AsyncIterator, Callable
from contextlib import aclosing
from typing import Any, Generic, TypeVar

from starlette.responses import StreamingResponse

T = TypeVar("T")


def event(name: str, data: Any) -> str:
    return f"event: {name}\ndata: {json.dumps(data, ensure_ascii=False, separators=(',', ':'))}\n\n"


def retry(after_ms: int) -> str:
    """When a browser whose connection broke comes back."""
    return f"retry: {after_ms}\n\n"


def streamed(messages: AsyncIterator[str]) -> StreamingResponse:
    headers = {"X-Accel-Buffering": "no"}  # nginx would hold the events back
    return StreamingResponse(messages, media_type="text/event-stream", headers=headers)


class Poller(Generic[T]):
    """It looks only while a page listens, however many do, and wakes them all at each look.

    `looks` makes a run of looks and yields what each has seen; when it ends or raises, the pages' streams end, and the
    next page that comes begins a new one. `failed` is told of what it raised.
    """

    def __init__(
        self, name: str, looks: Callable[[], AsyncGenerator[T, None]], failed: Callable[[BaseException], None]
    ) -> None:
        self._name, self._looks, self._failed = name, looks, failed
        self._pages = 0
        self._task: asyncio.Task[None] | None = None
        self._seen: list[T] = []  # the last look, once there was one
        self._news = asyncio.Event()

    async def seen(self) -> AsyncGenerator[T, None]:
        """For one page: each look from the next one on; of those that come while it is busy only the last."""
        task = self._enter()
        news = self._news
        try:
            while True:
                await news.wait()
                if task.done():
                    return
                news = self._news  # before what follows takes time: what comes meanwhile is not missed
                if self._seen:
                    yield self._seen[0]
        finally:
            self._leave()

    def _enter(self) -> "asyncio.Task[None]":
        self._pages += 1
        if self._task is None or self._task.done():
            self._task = asyncio.create_task(self._poll(), name=self._name)
            self._task.add_done_callback(self._ended)
        return self._task

    def _leave(self) -> None:
        self._pages -= 1
        if self._pages == 0 and self._task is not None:
            self._task.cancel()
            self._task = None

    async def _poll(self) -> None:
        async with aclosing(self._looks()) as looks:
            async for seen in looks:
                self._seen = [seen]
                self._wake()

    def _wake(self) -> None:
        self._news.set()
        self._news = asyncio.Event()

    def _ended(self, task: "asyncio.Task[None]") -> None:
        if task.cancelled():
            return  # nobody listens any more
        if error := task.exception():
            self._failed(error)
        self._wake()
