"""The board (任务清单) as a page: what is late first, each task with its nodes and the supervision of them."""

from collections.abc import Callable
from typing import Annotated

from fastapi import APIRouter, Query, Request, Response
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.domain.deadline import day_of
from cloud.matters.plan import figures
from cloud.matters.plan.words import BOARD, WORDS
from cloud.web.page import Pages
from cloud.web.staff import Sessions, Staff
from cloud.web.words import FRAME

_WORST_FIRST = ("red", "amber", "green")


def router(engine: Engine, sessions: Sessions, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(include_in_schema=False)
    staff, pages = Staff(sessions), Pages("cloud.matters.plan", {**FRAME, **WORDS, **BOARD})

    @routes.get("/office/board")
    def board(request: Request, unit: Annotated[str, Query(max_length=64)] = "") -> Response:
        """Of the person's own area and all below it; `unit`: of that one alone."""
        who = staff.of(request)
        with available(), engine.connect() as db:
            every = figures.board(db, day_of(clock()), area=who.actor.area)
            shown = figures.board(db, day_of(clock()), area=who.actor.area, unit=unit) if unit else every
        shown.sort(key=lambda task: _WORST_FIRST.index(task["light"]))
        units = sorted({task["lead_unit"] for task in every})
        return pages.show(
            request, "board.html", staff=who, csrf=who.csrf, tasks=shown, units=units, unit=unit, area=who.actor.area
        )

    return routes
