"""What the staff and the departments of social assistance read, and the figures."""

from collections.abc import Callable
from typing import Any

from fastapi import APIRouter, Depends, HTTPException, Request
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.matters.social_assistance.figures import figures, windows
from cloud.matters.social_assistance.reading import Reading
from cloud.services.casework import NoSuchCase, NotAllowed
from cloud.web.door import Door, actor_of


def router(reading: Reading, engine: Engine, door: Door, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(prefix="/api", dependencies=[Depends(door)])

    @routes.post("/assistance/tasks/{case}/read")
    def part(case: str, request: Request) -> dict[str, Any]:
        """A department reads its own part; that it did is written down."""
        with _answered():
            return reading.part(case, actor_of(request))

    @routes.get("/assistance/forms/{case}")
    def form(case: str, request: Request) -> dict[str, Any]:
        """The whole form, for the staff of its area."""
        with _answered():
            return reading.form(case, actor_of(request))

    @routes.get("/assistance/forms/{case}/proxy-actions")
    def acts(case: str, request: Request) -> list[dict[str, Any]]:
        """What a grid worker did for the person, each with both names."""
        with _answered():
            return reading.acts(case, actor_of(request))

    @routes.get("/figures/social-assistance")
    def of_assistance() -> dict[str, Any]:
        with available(), engine.connect() as db:
            return figures(db, clock())

    @routes.get("/figures/assistance-windows")
    def of_windows() -> dict[str, Any]:
        """All 100 townships: which have a window, and whose box was heard in the last five minutes."""
        with available(), engine.connect() as db:
            return windows(db, clock())

    return routes


class _answered:  # noqa: N801 - reads as what it does
    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        match error:
            case NoSuchCase():
                raise HTTPException(404, str(error)) from None
            case NotAllowed():
                raise HTTPException(403, str(error)) from None
