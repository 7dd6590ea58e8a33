"""What the staff of elder care ask: the duty board, one person's care, what does not fit, a deposit, the figures."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.domain.actor import CITY
from cloud.domain.deadline import day_of
from cloud.matters.elder_care import care_safety, duty_board, figures, warned
from cloud.matters.elder_care.bed_payments import BedPayments
from cloud.matters.elder_care.person_view import PersonAsked, PersonView
from cloud.matters.elder_care.routes import AreaCode
from cloud.services.casework import NoSuchCase, NotAllowed, Refused
from cloud.web.door import Door, actor_of
from contract.lookups import PaymentState


def router(engine: Engine, door: Door, clock: Callable[[], int], view: PersonView, payments: BedPayments) -> APIRouter:
    routes = APIRouter(prefix="/api", dependencies=[Depends(door)])

    @routes.get("/care/duty-board")
    def board(request: Request, area: AreaCode = CITY) -> dict[str, Any]:
        """Of one guidance centre: the slots of three days, who has them, open alarms of its homes."""
        with _answered(), available(), engine.connect() as db:
            return duty_board.board(db, area, actor_of(request), clock())

    @routes.post("/care/persons/read")
    def person(asked: PersonAsked, request: Request) -> dict[str, Any]:
        """The five kinds of care data of one person; that it was read, by whom and why, is written down."""
        with _answered():
            return view.read(asked, actor_of(request))

    @routes.get("/care/warnings")
    def warnings(request: Request, area: AreaCode = CITY) -> list[dict[str, Any]]:
        """A stay and a visit at home on one day, claims for the same days: of the last 90 days, naming nobody."""
        with _answered(), available(), engine.connect() as db:
            return warned.warnings(db, area, actor_of(request), day_of(clock()))

    @routes.post("/care-bed-booking/{case}/payment")
    def pay(case: str, request: Request) -> PaymentState:
        """Opens the order for the deposit, or tells how it stands."""
        with _answered():
            return payments.order(case, actor_of(request))

    @routes.get("/figures/elder-care")
    def numbers() -> dict[str, Any]:
        with available(), engine.connect() as db:
            return figures.beds(db)

    @routes.get("/figures/care-safety")
    def safety(area: AreaCode = CITY, days: Annotated[int, Query(ge=1, le=366)] = 30) -> dict[str, Any]:
        """How fast calls and falls were answered, false alarms, devices on line and tried in time."""
        with available(), engine.connect() as db:
            return care_safety.figures(db, area, clock(), days)

    return routes


class _answered:  # noqa: N801 - reads as what it does
    def __enter__(self) -> None:
        return None

    def __exit__(self, _kind: object, error: BaseException | None, _trace: object) -> None:
        match error:
            case NotAllowed():
                raise HTTPException(403, str(error)) from None
            case Refused():
                raise HTTPException(409, str(error)) from None
            case NoSuchCase() | LookupError():
                raise HTTPException(404, str(error)) from None
