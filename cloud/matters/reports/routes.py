"""Totals of a report, as anybody who works for the city may ask for them."""

from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.domain.actor import CITY
from cloud.matters.reports import records
from cloud.web.door import Door


class ReportOut(BaseModel):
    """`totals`: of the area at this moment; `states`: of the areas that have begun."""

    area: str
    totals: dict[str, int]
    states: dict[str, str]


def router(engine: Engine, door: Door) -> APIRouter:
    routes = APIRouter(prefix="/api/figures", dependencies=[Depends(door)])

    @routes.get("/reports")
    def totals(
        report: Annotated[str, Query(max_length=64)],
        period: Annotated[str, Query(max_length=16)],
        area: Annotated[str, Query(pattern=r"^3308[0-9]{2,8}$")] = CITY,
    ) -> ReportOut:
        with available(), engine.connect() as db:
            states = records.states(db, report, period)
            below = {of: state for of, state in states.items() if area == CITY or of.startswith(area)}
            return ReportOut(area=area, totals=dict(records.totals(db, report, period, area)), states=below)

    return routes
