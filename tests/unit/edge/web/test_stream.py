"""One poller looks for all pages, only while one listens; what it sees is never lost to a page that was busy."""

import asyncio
from collections.abc import AsyncGenerator
from contextlib import aclosing

import pytest

from edge.web.stream import Poller, event, retry

pytestmark = pytest.mark.loopback  # the event loop has a socket of its own


class Clock:
    """Looks that the test makes happen. `begun`: how often a run of looks began."""

    def __init__(self) -> None:
        self.begun, self.ended = 0, asyncio.Event()
        self.looks: asyncio.Queue[int | Exception] = asyncio.Queue()
        self.failures: list[BaseException] = []
        self.poller = Poller("looks", self.run, self.failures.append)

    async def run(self) -> AsyncGenerator[int, None]:
        self.begun += 1
        try:
            while (look := await self.looks.get()) != 0:
                if isinstance(look, Exception):
                    raise look
                yield look
                self.looks.task_done()  # all pages were told
        finally:
            self.ended.set()


async def next_of(page: AsyncGenerator[int, None]) -> int:
    return await asyncio.wait_for(anext(page), 5)


def test_all_pages_see_each_look_of_one_poller_and_with_the_last_page_it_ends() -> None:
    async def watch() -> None:
        clock = Clock()
        async with aclosing(clock.poller.seen()) as one, aclosing(clock.poller.seen()) as other:
            both = asyncio.gather(next_of(one), next_of(other))
            await clock.looks.put(7)
            assert await both == [7, 7]
        await asyncio.wait_for(clock.ended.wait(), 5)
        assert clock.begun == 1
        async with aclosing(clock.poller.seen()) as page:
            await clock.looks.put(8)
            assert await next_of(page) == 8
        assert clock.begun == 2

    asyncio.run(watch())


def test_a_page_that_was_busy_sees_the_last_look_at_once() -> None:
    async def watch() -> None:
        clock = Clock()
        async with aclosing(clock.poller.seen()) as page:
            await clock.looks.put(1)
            assert await next_of(page) == 1
            for look in (2, 3):
                await clock.looks.put(look)
            await asyncio.wait_for(clock.looks.join(), 5)
            assert await next_of(page) == 3

    asyncio.run(watch())


@pytest.mark.parametrize("last", [0, ValueError("the store is gone")])
def test_when_the_looks_end_the_streams_end_and_the_next_page_begins_anew(last: int | Exception) -> None:
    async def watch() -> None:
        clock = Clock()
        async with aclosing(clock.poller.seen()) as page:
            await clock.looks.put(last)
            with pytest.raises(StopAsyncIteration):
                await next_of(page)
        async with aclosing(clock.poller.seen()) as page:
            await clock.looks.put(5)
            assert await next_of(page) == 5
        assert clock.failures == ([last] if last else [])

    asyncio.run(watch())


def test_a_message_is_one_line_of_its_name_and_one_of_its_data() -> None:
    assert event("board", {"html": "一\n二"}) == 'event: board\ndata: {"html":"一\\n二"}\n\n'
    assert retry(1000) == "retry: 1000\n\n"
