"""The board, the plan's own tasks entered at once, and what is published."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from pydantic import BaseModel
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.domain.actor import CITY
from cloud.domain.deadline import day_of
from cloud.matters.plan import figures, publications
from cloud.matters.plan.tasks import TASK, of_the_plan
from cloud.ports import CityLog
from cloud.services.ledgers import Ledgers
from cloud.web.door import Door, actor_of

AreaCode = Annotated[str, Query(pattern=r"^3308[0-9]{2}([0-9]{3}([0-9]{3})?)?$")]
Limit = Annotated[int, Query(ge=1, le=500)]


class EnteredOut(BaseModel):
    """`entered`: tasks that were not there before."""

    entered: int


def router(engine: Engine, log: CityLog, ledgers: Ledgers, door: Door, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(prefix="/api")
    _public(routes, engine, clock)

    @routes.post("/plan/tasks", dependencies=[Depends(door)])
    def enter(request: Request) -> EnteredOut:
        """The city's tasks as the plan has them, one for each commitment, as drafts. What is there already stays."""
        actor = actor_of(request)
        if actor.role != "manager" or actor.area != CITY:
            raise HTTPException(403, "the city's manager enters the plan's tasks")
        entered = 0
        with log.writing() as writing:
            for task in of_the_plan():
                if writing.books.ledger_row(TASK, task.task) is None:
                    ledgers.enter_in(writing, ledgers.ledgers[TASK], task, actor, reason="衢政办发〔2018〕106号")
                    entered += 1
        return EnteredOut(entered=entered)

    @routes.get("/plan/board", dependencies=[Depends(door)])
    def board(area: AreaCode = CITY, unit: Annotated[str, Query(max_length=64)] = "") -> list[dict[str, Any]]:
        """Tasks with nodes, lights, days late, and each step of supervision with its reply."""
        with available(), engine.connect() as db:
            return figures.board(db, day_of(clock()), area=area, unit=unit)

    @routes.get("/figures/plan", dependencies=[Depends(door)])
    def numbers() -> dict[str, Any]:
        with available(), engine.connect() as db:
            return figures.figures(db, clock())

    return routes


def _public(routes: APIRouter, engine: Engine, clock: Callable[[], int]) -> None:
    @routes.get("/public/publications")
    def every(limit: Limit = 50) -> list[dict[str, Any]]:
        """The newest first, without their texts."""
        with available(), engine.connect() as db:
            rows = publications.publications(db)[:limit]
        return [row.model_dump(mode="json", exclude={"text", "text_en"}) for row in rows]

    @routes.get("/public/publications/{publication}")
    def one(publication: str) -> dict[str, Any]:
        """Counted each time it is read."""
        with available(), engine.begin() as db:
            if (found := publications.publication(db, publication)) is None:
                raise HTTPException(404, f"no publication {publication}")
            publications.count_read(db, found.publication, day_of(clock()))
        return found.model_dump(mode="json")
