"""The API's stream: what changes in the shared records, as server-sent events."""

import asyncio
import json
from collections.abc import AsyncIterator

from fastapi import APIRouter
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from cloud.api.schemas import OfDrills
from cloud.ports import Drills, Queries, RecordsUnavailable, Row

_POLL_S = 0.1
_BEAT_S = 5.0
_CHANGES = 500


def add_to(routes: APIRouter, queries: Queries) -> None:
    @routes.get("/stream", response_class=StreamingResponse)
    async def stream(drill: OfDrills = "exclude") -> StreamingResponse:
        """Server-sent events: `alarm`, `visit`, `drill`, `device`, `facility` with the row as it is now.

        `beat` when idle. `drill` in the query says which alarms and visits.

        `missed` says to a client that was too slow that it must read the lists again.
        """
        last = await run_in_threadpool(queries.last_change)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_changes(queries, last, drill), media_type="text/event-stream", headers=headers)


async def _changes(queries: Queries, last: int, wanted: Drills) -> AsyncIterator[str]:
    yield _sse("beat", {})
    idle_s = 0.0
    while True:
        try:
            changes = await run_in_threadpool(queries.changes_after, last, _CHANGES)
        except RecordsUnavailable:
            return  # the client comes back by itself
        for last, kind, row in changes:  # noqa: B007 - the last change seen is where the next look begins
            if row and _is_wanted(row, wanted):
                yield _sse(kind, row)
        idle_s = 0.0 if changes else idle_s + _POLL_S
        if idle_s >= _BEAT_S:
            idle_s = 0.0
            yield _sse("beat", {})
        await asyncio.sleep(_POLL_S)


def _is_wanted(row: Row, wanted: Drills) -> bool:
    return wanted == "include" or "drill" not in row or bool(row["drill"]) == (wanted == "only")


def _sse(event: str, data: Row) -> str:
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
