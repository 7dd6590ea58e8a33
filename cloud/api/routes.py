"""The API: read the shared records, ask a facility for a step on an alarm, follow what changes."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from cloud.api.schemas import (
    AlarmOut,
    AlarmStepIn,
    CommandOut,
    DeadLetterOut,
    DeviceOut,
    FacilityOut,
    HealthOut,
    VisitOut,
)
from cloud.ports import CommandDesk, Queries, RecordsUnavailable, Row
from contract.command import Command

_COMMAND_LIVES_MS = 60_000
_POLL_S = 0.1
_BEAT_S = 5.0
_CHANGES = 500

Limit = Annotated[int, Query(ge=1, le=1000)]
Facility = Annotated[str | None, Query(max_length=64)]


def router(queries: Queries, desk: CommandDesk, clock: Callable[[], int], new_id: Callable[[], str]) -> APIRouter:
    """`clock` gives UTC milliseconds, `new_id` a UUIDv7 as text."""
    routes = APIRouter(prefix="/api")

    @routes.get("/facilities", response_model=list[FacilityOut])
    def facilities() -> list[Row]:
        return queries.facilities()

    @routes.get("/devices", response_model=list[DeviceOut])
    def devices(facility: Facility = None) -> list[Row]:
        return queries.devices(facility)

    @routes.get("/alarms", response_model=list[AlarmOut])
    def alarms(state: Literal["open", "all"] = "open", facility: Facility = None, limit: Limit = 100) -> list[Row]:
        return queries.alarms(open_only=state == "open", facility=facility, limit=limit)

    @routes.get("/visits", response_model=list[VisitOut])
    def visits(facility: Facility = None, limit: Limit = 100) -> list[Row]:
        return queries.visits(facility, limit)

    @routes.post("/alarms/{alarm}/{action}", response_model=CommandOut, status_code=202)
    def step(alarm: str, action: Literal["acknowledge", "attend", "close"], body: AlarmStepIn) -> Row:
        """Ask the facility; it decides and answers by an event. Follow the command's `answer`."""
        facility = desk.facility_of_alarm(alarm)
        if facility is None:
            raise HTTPException(404, f"no alarm {alarm}")
        now_ms = clock()
        command = Command(new_id(), action, alarm, body.by, body.reason if action == "close" else "")
        desk.ask(facility, command, now_ms, now_ms + _COMMAND_LIVES_MS)
        return queries.command(command.id) or {}

    @routes.get("/commands/{command}", response_model=CommandOut)
    def one_command(command: str) -> Row:
        found = queries.command(command)
        if found is None:
            raise HTTPException(404, f"no command {command}")
        return found

    @routes.get("/dead-letters", response_model=list[DeadLetterOut])
    def dead_letters(limit: Limit = 100) -> list[Row]:
        return queries.dead_letters(limit)

    @routes.get("/health", response_model=HealthOut)
    def health(response: Response) -> Row:
        response.headers["Cache-Control"] = "no-store"
        return queries.health()

    @routes.get("/stream", response_class=StreamingResponse)
    async def stream() -> StreamingResponse:
        """Server-sent events: `alarm`, `visit`, `device`, `facility` with the row as it is now; `beat` when idle.

        `missed` says to a client that was too slow that it must read the lists again.
        """
        last = await run_in_threadpool(queries.last_change)
        headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
        return StreamingResponse(_changes(queries, last), media_type="text/event-stream", headers=headers)

    return routes


async def _changes(queries: Queries, last: int) -> AsyncIterator[str]:
    yield _sse("beat", {})
    idle_s = 0.0
    while True:
        try:
            changes = await run_in_threadpool(queries.changes_after, last, _CHANGES)
        except RecordsUnavailable:
            return  # the client comes back by itself
        for last, kind, row in changes:  # noqa: B007 - the last change seen is where the next look begins
            if row:
                yield _sse(kind, row)
        idle_s = 0.0 if changes else idle_s + _POLL_S
        if idle_s >= _BEAT_S:
            idle_s = 0.0
            yield _sse("beat", {})
        await asyncio.sleep(_POLL_S)


def _sse(event: str, data: Row) -> str:
    return f"event: {event}\ndata: {json.dumps(data, ensure_ascii=False)}\n\n"
