"""What the clerks and reviewers of the archives do and ask, beyond the steps of each item."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Body, Depends, HTTPException, Path, Query, Request, Response
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.domain.actor import covers
from cloud.matters.archives import item_records as records
from cloud.matters.archives.figures import figures
from cloud.matters.archives.folder import PageDamaged
from cloud.matters.archives.intake import Intake
from cloud.matters.archives.pictures import NotInstalled, TooLarge, Unreadable, WrongMedia
from cloud.matters.archives.upload import BODY, File
from cloud.matters.archives.workbench import Workbench
from cloud.matters.archives.workflow import is_archivist
from cloud.services.casework import NoSuchCase, NotAllowed, Refused
from cloud.web.door import Door, actor_of

PageNumber = Annotated[int, Path(ge=1, le=9999)]
_STATUS: tuple[tuple[type[Exception], int], ...] = (
    (NoSuchCase, 404), (NotAllowed, 403), (Refused, 409), (TooLarge, 413), (WrongMedia, 415), (Unreadable, 422),
    (NotInstalled, 503), (PageDamaged, 500),
)  # fmt: skip


def router(engine: Engine, door: Door, workbench: Workbench, intake: Intake | None) -> APIRouter:
    routes = APIRouter(prefix="/api", dependencies=[Depends(door)])

    @routes.post("/archives/{item}/pages", status_code=201, openapi_extra=BODY)
    def scan(
        item: str, data: File, request: Request, instead: Annotated[int | None, Query(ge=1, le=9999)] = None
    ) -> list[dict[str, Any]]:
        """One PNG, JPEG or PDF; `instead`: the page of which it is a new version."""
        if intake is None:
            raise HTTPException(503, "no folder for pages: start onetrip cloud with --archive-pages DIR")
        with answered():
            return intake.take(item, data, actor_of(request), instead=instead)

    @routes.get("/archives/{item}")
    def item(item: str, request: Request) -> dict[str, Any]:
        """With its pages and, to whom it is due, what was read."""
        with answered():
            return workbench.item(item, actor_of(request))

    @routes.get("/archives/{item}/pages/{page}", response_class=Response)
    def page(item: str, page: PageNumber, request: Request) -> Response:
        """The page itself. That you looked is written down."""
        with answered():
            data, media = workbench.image(item, page, actor_of(request), "api")
        return Response(data, media_type=media, headers={"Cache-Control": "no-store"})

    @routes.get("/archives/{item}/looks")
    def looks(item: str, request: Request) -> list[dict[str, Any]]:
        """Who looked at which page, the newest first."""
        with answered():
            return workbench.looks(item, actor_of(request))

    @routes.post("/archives/search")
    def search(
        number: Annotated[str, Body(embed=True, pattern=r"^[0-9A-Za-z]{4,18}$")], request: Request
    ) -> list[dict[str, Any]]:
        """Items that are about the person of this number, in your area."""
        with answered():
            return workbench.find(number, actor_of(request))

    @routes.get("/archive-samples/{case}")
    def sample(case: str, request: Request) -> dict[str, Any]:
        """A sample with its seed, its pages and what was found."""
        actor = actor_of(request)
        with available(), engine.connect() as db:
            found = records.sample(db, case)
        if found is None:
            raise HTTPException(404, f"no sample {case}")
        if not is_archivist(actor) or not covers(actor.area, found["area"]):
            raise HTTPException(403, f"samples of {found['area']} are for who keeps its archives")
        return found

    @routes.get("/figures/archives")
    def numbers() -> dict[str, Any]:
        """Agreement by county and stage; items, pages, what samples found."""
        with available(), engine.connect() as db:
            return figures(db)

    return routes


@contextmanager
def answered() -> Iterator[None]:
    try:
        yield
    except tuple(kind for kind, _ in _STATUS) as wrong:
        status = next(status for kind, status in _STATUS if isinstance(wrong, kind))
        raise HTTPException(status, str(wrong)) from None
