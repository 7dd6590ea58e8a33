"""The figures (统计) that managers watch, each beside the query that gives the same number.

What is counted here is counted by the functions behind the API, so that no figure has two ways to come about.
"""

from collections.abc import Callable, Mapping
from itertools import groupby
from typing import Any, Protocol
from urllib.parse import urlencode

from fastapi import APIRouter, Request, Response

from cloud.domain.actor import Actor
from cloud.web.page import Pages
from cloud.web.staff import Staff


class Counts(Protocol):
    def seen_by(self, actor: Actor) -> "Counts": ...
    def by_state(self, wanted: Mapping[str, str], now_ms: int) -> list[dict[str, Any]]: ...


class Content(Protocol):
    """How the people were served: see cloud.matters.satisfaction.figures."""

    def trips(self) -> list[dict[str, Any]]: ...
    def ratings(self) -> dict[str, Any]: ...


def router(counts: Counts, content: Content, staff: Staff, pages: Pages, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(include_in_schema=False)

    @routes.get("/office/figures")
    def figures(request: Request, area: str = "") -> Response:
        """`area`: of that one and all below it; the person's own where none is asked for."""
        who = staff.of(request)
        area = area or who.actor.area
        rows = counts.seen_by(who.actor).by_state({"area": area}, clock())
        kinds = [_of_kind(kind, list(of), area) for kind, of in groupby(rows, lambda row: row["kind"])]
        return pages.show(
            request, "figures.html", staff=who, csrf=who.csrf, area=area, kinds=kinds,
            trips=[{**one, "twice": len(one["more_than_one"])} for one in content.trips()], ratings=content.ratings(),
        )  # fmt: skip

    return routes


def _of_kind(kind: str, rows: list[dict[str, Any]], area: str) -> dict[str, Any]:
    return {
        "kind": kind,
        "cases": sum(row["cases"] for row in rows),
        "overdue": sum(row["overdue"] for row in rows),
        "states": rows,
        "query": urlencode({"kind": kind, "area": area}),
    }
