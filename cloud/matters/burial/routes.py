"""Facilities for a map, projects on a board, numbers by county."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.domain.actor import CITY
from cloud.domain.deadline import day_of
from cloud.matters.burial import figures, projects
from cloud.web.door import Door

AreaCode = Annotated[str, Query(pattern=r"^3308[0-9]{2}([0-9]{3}([0-9]{3})?)?$")]
_SHOWN = ("id", "kind", "name", "county", "area", "lon", "lat", "capacity", "free")


def router(engine: Engine, door: Door, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(prefix="/api")

    @routes.get("/public/burial-facilities")
    def public(area: AreaCode = CITY) -> list[dict[str, Any]]:
        """Where there is room, for everybody."""
        with available(), engine.connect() as db:
            found = figures.listed(db, area, day_of(clock()))
        return [{name: one[name] for name in _SHOWN} for one in found]

    @routes.get("/burial/facilities", dependencies=[Depends(door)])
    def facilities(area: AreaCode = CITY) -> list[dict[str, Any]]:
        """Red: no inspection in the last twelve months."""
        with available(), engine.connect() as db:
            return figures.listed(db, area, day_of(clock()))

    @routes.get("/burial/projects", dependencies=[Depends(door)])
    def board(area: AreaCode = CITY) -> list[dict[str, Any]]:
        """Red: a milestone's day is over and it is not reached."""
        with available(), engine.connect() as db:
            return projects.board(db, area, day_of(clock()))

    @routes.get("/figures/burial", dependencies=[Depends(door)])
    def numbers() -> dict[str, Any]:
        with available(), engine.connect() as db:
            return figures.figures(db, clock())

    return routes
