"""The API: read the shared records, ask a facility for a step on an alarm, follow what changes."""

from collections.abc import Callable
from typing import Annotated, Literal

from fastapi import APIRouter, HTTPException, Query, Response

from cloud.api import stream
from cloud.api.schemas import (
    AlarmOut,
    AlarmStepIn,
    CommandOut,
    DeadLetterOut,
    DeviceOut,
    DrillOut,
    FacilityOut,
    HealthOut,
    OfDrills,
    VisitOut,
)
from cloud.ports import CommandDesk, Queries, Row
from contract.command import Command

_COMMAND_LIVES_MS = 60_000

Limit = Annotated[int, Query(ge=1, le=1000)]
Facility = Annotated[str | None, Query(max_length=64)]


def router(queries: Queries, desk: CommandDesk, clock: Callable[[], int], new_id: Callable[[], str]) -> APIRouter:
    """`clock` gives UTC milliseconds, `new_id` a UUIDv7 as text."""
    routes = APIRouter(prefix="/api")
    stream.add_to(routes, queries)

    @routes.get("/facilities", response_model=list[FacilityOut])
    def facilities() -> list[Row]:
        return queries.facilities()

    @routes.get("/devices", response_model=list[DeviceOut])
    def devices(facility: Facility = None) -> list[Row]:
        return queries.devices(facility)

    @routes.get("/alarms", response_model=list[AlarmOut])
    def alarms(
        state: Literal["open", "all"] = "open",
        facility: Facility = None,
        drill: OfDrills = "exclude",
        limit: Limit = 100,
    ) -> list[Row]:
        return queries.alarms(open_only=state == "open", facility=facility, drill=drill, limit=limit)

    @routes.get("/visits", response_model=list[VisitOut])
    def visits(facility: Facility = None, drill: OfDrills = "exclude", limit: Limit = 100) -> list[Row]:
        return queries.visits(facility, drill, limit)

    @routes.get("/drills", response_model=list[DrillOut])
    def drills(state: Literal["on", "all"] = "all", facility: Facility = None, limit: Limit = 100) -> list[Row]:
        """Newest first."""
        return queries.drills(on_only=state == "on", facility=facility, limit=limit)

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

    return routes
