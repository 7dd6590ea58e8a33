"""The same figures that the panels show."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.matters.satisfaction import figures
from cloud.web.door import Door

_Ms = Annotated[int, Query(ge=0, le=2**53)]
_END = 2**53


def router(engine: Engine, door: Door) -> APIRouter:
    routes = APIRouter(prefix="/api/figures", dependencies=[Depends(door)])

    @routes.get("/trips")
    def trips(
        from_ms: _Ms = 0, until_ms: _Ms = _END, facility: Annotated[str, Query(max_length=64)] = ""
    ) -> list[dict[str, Any]]:
        """By matter: the target is a mean of 1.00 at most; who came more than once is listed with the reason."""
        with available(), engine.connect() as db:
            return figures.trips(db, from_ms=from_ms, until_ms=until_ms, facility=facility)

    @routes.get("/ratings")
    def ratings(from_ms: _Ms = 0, until_ms: _Ms = _END) -> dict[str, Any]:
        with available(), engine.connect() as db:
            return figures.ratings(db, from_ms=from_ms, until_ms=until_ms)

    return routes
