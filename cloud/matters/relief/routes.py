"""The nearest open relief point for everybody; hand-overs, printed refusals, tickets and figures for staff."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request, Response
from pydantic import BaseModel
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.domain.actor import CITY
from cloud.domain.deadline import day_of
from cloud.domain.forms import Words
from cloud.matters.relief import figures, notices, stations
from cloud.matters.relief.contacts import HandOver
from cloud.matters.relief.handing_over import Contacts
from cloud.matters.relief.nearest import metres, nearest_open
from cloud.services.casework import NoSuchCase, NotAllowed, Refused
from cloud.web.door import Door, actor_of

AreaCode = Annotated[str, Query(pattern=r"^3308[0-9]{2}([0-9]{3}([0-9]{3})?)?$")]


class PrintIn(BaseModel):
    printer: Words


class PlaceOut(BaseModel):
    """`always`: a station, which is open day and night."""

    id: str
    name: str
    address: str
    lon: float
    lat: float
    phone: str
    kit: tuple[str, ...]
    metres: int
    always: bool


def public_router(engine: Engine, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(prefix="/api/public")

    @routes.get("/relief-points/nearest")
    def nearest(
        lon: Annotated[float, Query(ge=-180, le=180)],
        lat: Annotated[float, Query(ge=-90, le=90)],
        limit: Annotated[int, Query(ge=1, le=20)] = 3,
    ) -> list[PlaceOut]:
        """Those that are open now, the nearest first; the stations after them, for they never close."""
        with available(), engine.connect() as db:
            points = {one.point: one for one in stations.points(db)}
            always = stations.stations(db)
        places = [stations.place_of(one) for one in points.values()]
        found = [_point(points[place.id], away) for place, away in nearest_open(places, lon, lat, clock(), limit)]
        return [*found, *sorted((_station(one, lon, lat) for one in always), key=lambda one: (one.metres, one.id))]

    return routes


def router(
    engine: Engine, contacts: Contacts, printing: notices.Printing, door: Door, clock: Callable[[], int]
) -> APIRouter:
    routes = APIRouter(prefix="/api", dependencies=[Depends(door)])

    @routes.post("/relief/contacts", status_code=201)
    def hand_over(body: HandOver, request: Request, response: Response) -> dict[str, Any]:
        """By the point or by the station, as often as they like: 201 for the first, 200 with the same case after."""
        with _answered():
            told = contacts.hand_over(body.model_dump(mode="json"), actor_of(request))
        response.status_code = 201 if told["is_new"] else 200
        return told

    @routes.post("/relief/cases/{case}/notice/print")
    def print_notice(case: str, body: PrintIn, request: Request) -> dict[str, Any]:
        """不予救助通知书 for the printer; each time is written down."""
        with _answered():
            return printing.print(case, body.printer, actor_of(request))

    @routes.get("/relief/cases/{case}/notice/prints")
    def prints(case: str) -> list[dict[str, Any]]:
        with available(), engine.connect() as db:
            return notices.log_of(db, case)

    @routes.get("/relief/joint-tickets")
    def tickets(request: Request, area: AreaCode = CITY) -> list[dict[str, Any]]:
        """A department sees its own desk's."""
        who = actor_of(request)
        with available(), engine.connect() as db:
            told = figures.tickets(db, who.area if who.role == "department" else area)
        return [one for one in told if who.role != "department" or one["desk"] == who.unit]

    @routes.get("/figures/relief")
    def of_relief(year: Annotated[int | None, Query(ge=2018, le=2200)] = None) -> dict[str, Any]:
        now_ms = clock()
        with available(), engine.connect() as db:
            return figures.figures(db, year or day_of(now_ms).year, now_ms)

    return routes


def _point(one: stations.Point, away: float) -> PlaceOut:
    about = one.model_dump(include={"name", "address", "lon", "lat", "phone", "kit"})
    return PlaceOut(id=one.point, metres=round(away), always=False, **about)


def _station(one: dict[str, Any], lon: float, lat: float) -> PlaceOut:
    return PlaceOut(
        id=one["station"], name=one["name"], address="", lon=one["lon"], lat=one["lat"], phone=one["phone"], kit=(),
        metres=round(metres(lon, lat, one["lon"], one["lat"])), always=True,
    )  # fmt: skip


@contextmanager
def _answered() -> Iterator[None]:
    try:
        yield
    except NoSuchCase as wrong:
        raise HTTPException(404, str(wrong)) from None
    except NotAllowed as wrong:
        raise HTTPException(403, str(wrong)) from None
    except Refused as wrong:
        raise HTTPException(409, str(wrong)) from None
