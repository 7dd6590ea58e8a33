"""Doorplates: collectors' batches and steps for many points at once; findings; samples of the base."""

from collections.abc import Callable
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel, Field
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.domain.actor import CITY, covers
from cloud.domain.deadline import day_of
from cloud.domain.happened import IllegalStep
from cloud.matters.place_names import accuracy, address_base, enforcement, figures, survey
from cloud.matters.place_names import doorplate_records as records
from cloud.matters.place_names.addressing import BadAddress, standard
from cloud.matters.place_names.syncing import Syncing
from cloud.services.casework import BadForm, Casework, NoSuchCase, NotAllowed, Refused
from cloud.web.door import Door, actor_of
from contract.doorplates import Batch, PointId, Synced

AreaCode = Annotated[str, Query(pattern=r"^3308[0-9]{2}([0-9]{3}([0-9]{3})?)?$")]
Text64 = Annotated[str, Query(max_length=64)]
_AT_ONCE = 500


class Many(BaseModel):
    """A step of many points. `form`: of all of them; 标准化 needs none: each gets the address that the rules give."""

    step: Literal["approve", "complete", "standardise", "import", "reject"]
    points: Annotated[tuple[PointId, ...], Field(min_length=1, max_length=_AT_ONCE)]
    form: dict[str, Any] = {}
    reason: Annotated[str, Field(max_length=256)] = ""


class StepOut(BaseModel):
    """`refused`: why not; then nothing of this one was changed. `zh`: the same."""

    point: str
    state: str = ""
    refused: str = ""
    zh: str = ""


def router(engine: Engine, door: Door, casework: Casework, syncing: Syncing, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(prefix="/api", dependencies=[Depends(door)])
    _survey(routes, engine, casework, syncing)

    @routes.get("/place-names/findings")
    def findings(
        request: Request,
        area: AreaCode = CITY,
        state: Text64 = "",
        after: Text64 = "",
        limit: Annotated[int, Query(ge=1, le=1000)] = 100,
    ) -> list[dict[str, Any]]:
        """What was found, with picture, place, last day and re-checks; a department sees what is its own."""
        who = actor_of(request)
        owner = who.unit if who.role == "department" else ""
        with available(), engine.connect() as db:
            return list(enforcement.listed(db, (area, state, owner), day_of(clock()), after, limit))

    @routes.get("/address-samples/{case}")
    def sample(case: str) -> dict[str, Any]:
        with available(), engine.connect() as db:
            found = accuracy.sample(db, case)
        if found is None:
            raise HTTPException(404, f"no sample {case}")
        return found

    @routes.get("/figures/address-accuracy")
    def of_accuracy(area: AreaCode = CITY) -> list[dict[str, Any]]:
        """Each share with how many were looked at, and its interval at 95 %."""
        with available(), engine.connect() as db:
            return figures.accuracy(db, area)

    return routes


def _survey(routes: APIRouter, engine: Engine, casework: Casework, syncing: Syncing) -> None:
    @routes.post("/doorplates/sync")
    def sync(batch: Batch, request: Request) -> Synced:
        """A collector's points; the same batch again changes nothing."""
        try:
            return syncing.take(batch.points, actor_of(request))
        except NotAllowed as wrong:
            raise HTTPException(403, str(wrong)) from None

    @routes.post("/doorplates/steps")
    def many(asked: Many, request: Request) -> list[StepOut]:
        """Each by itself: one that is refused holds up no other."""
        told = []
        for point in dict.fromkeys(asked.points):
            try:
                form = _proposed(engine, point) if asked.step == "standardise" else asked.form
                now = casework.step(point, asked.step, form, actor_of(request), reason=asked.reason)
                told.append(StepOut(point=point, state=now.state))
            except (BadForm, IllegalStep, NoSuchCase, NotAllowed, Refused) as wrong:
                told.append(StepOut(point=point, refused=str(wrong), zh=getattr(wrong, "zh", "")))
        return told

    @routes.get("/doorplates/{point}")
    def one(point: str, request: Request) -> dict[str, Any]:
        """A point, what the base says to it now, and the address that the rules would give."""
        with available(), engine.connect() as db:
            row = records.survey(db, point)
            who = actor_of(request)
            if row is None or who.role == "department" or not covers(who.area, row["area"]):
                raise HTTPException(404, f"no point {point}")
            written = row["address"] or row["written"]
            return {
                **row,
                "flags": survey.flags_now(db, row),
                "questions": address_base.questions(db, written, row["area"], row["lon"], row["lat"], row["replaces"]),
                "proposed": _standard(written, row["area"]),
            }


def _proposed(engine: Engine, point: str) -> dict[str, str]:
    with available(), engine.connect() as db:
        row = records.survey(db, point)
    return {"address": _standard(row["address"], row["area"])} if row and row["address"] else {"address": "--"}


def _standard(written: str, area: str) -> str:
    try:
        return standard(written, area)
    except BadAddress:
        return ""
