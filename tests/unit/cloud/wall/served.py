"""The wall behind a real uvicorn on a free loopback port, and a client of its stream."""

import json
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import httpx
import uvicorn
from fastapi import FastAPI

from cloud.wall.routes import router
from tests.unit.cloud.wall.pictures import NOW_MS, MemoryReader


def running_clock() -> int:
    """The pictures' time, running on."""
    return NOW_MS + int((time.monotonic() - STARTED) * 1000)


STARTED = time.monotonic()


@contextmanager
def served(reader: MemoryReader, *, port: int = 0, poll_s: float = 0.02) -> Iterator[str]:
    """Yields the wall's address. Leaving ends the server as an operator's Ctrl-C would, with streams still open."""
    app = FastAPI()
    app.include_router(router(reader, running_clock, poll_s))
    config = uvicorn.Config(app, port=port, log_level="critical", timeout_graceful_shutdown=1)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, name="wall")
    thread.start()
    try:
        while not server.started:
            assert thread.is_alive(), "the server did not start"
            time.sleep(0.01)
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}/wall"
    finally:
        server.should_exit = True
        thread.join()


@contextmanager
def stream(wall: str, lang: str = "zh") -> Iterator[Iterator[tuple[str, Any]]]:
    """The stream's events as (name, data)."""
    with httpx.stream("GET", f"{wall}/stream?lang={lang}", timeout=10) as response:
        assert response.headers["content-type"].startswith("text/event-stream")
        yield _events(response.iter_lines())


def _events(lines: Iterator[str]) -> Iterator[tuple[str, Any]]:
    name = ""
    for line in lines:
        field, _, value = line.partition(": ")
        if field == "event":
            name = value
        elif field == "data":
            yield name, json.loads(value)


def until_beat(events: Iterator[tuple[str, Any]]) -> tuple[dict[str, str], dict[str, Any]]:
    """The fragments that come before the next beat, and the beat."""
    fragments: dict[str, str] = {}
    for name, data in events:
        if name == "beat":
            return fragments, data
        fragments[data["id"]] = data["html"]
    raise AssertionError("the stream ended")
