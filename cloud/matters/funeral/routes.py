"""An attendant's inbox, a case's attendants, custody and bill, the audit of permits, the figures."""

import json
from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Request
from sqlalchemy import Connection, Engine, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.adapters.sql_database import available
from cloud.domain.actor import CITY, Actor, covers
from cloud.matters.funeral import accompaniment, custody, notices, permits, records
from cloud.matters.funeral.figures import as_move, figures
from cloud.matters.funeral.inbox import inbox
from cloud.web.door import Door, actor_of

_HOME = frozenset({"attendant", "manager", "clerk", "auditor"})
_AUDITS = frozenset({"manager", "auditor", "inspector"})
_s, _k = c.case_step.c, records.funeral_booking.c


def router(engine: Engine, door: Door, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(prefix="/api", dependencies=[Depends(door)])

    @routes.get("/funeral/inbox")
    def waiting(request: Request) -> dict[str, list[dict[str, Any]]]:
        """What waits for you: of an attendant, their own families and those that have nobody."""
        with available(), engine.connect() as db:
            return inbox(db, _of_a_home(request), clock())

    @routes.get("/funeral/{case}/accompaniment")
    def attendants(case: str, request: Request) -> list[dict[str, Any]]:
        """Who attended to the family from when to when, without a gap."""
        with available(), engine.connect() as db:
            _seen(db, case, request)
            return accompaniment.attendants(db, case)

    @routes.get("/funeral/{case}/custody")
    def chain(case: str, request: Request) -> dict[str, Any]:
        """Each move with the scan that proves it; `breaks`: what is wrong with the chain."""
        with available(), engine.connect() as db:
            _seen(db, case, request)
            rows = records.moves(db, case)
        breaks = custody.breaks([as_move(row) for row in rows])
        shown = ("n", "move", "epc", "read", "device", "read_at_ms", "at_ms", "by", "attendant")
        moves = [{name: getattr(row, name) for name in shown} for row in rows]
        return {"moves": moves, "unbroken": bool(moves) and not breaks, "breaks": breaks}

    @routes.get("/funeral/{case}/bill")
    def bill(case: str, request: Request) -> dict[str, Any]:
        """From the list as it was when the family booked; nothing else is charged."""
        with available(), engine.connect() as db:
            _seen(db, case, request)
            return _bill(db, case)

    @routes.get("/funeral-permits")
    def audit(request: Request, limit: Annotated[int, Query(ge=1, le=1000)] = 100) -> list[dict[str, Any]]:
        """For the city bureau: each permit with who approved it, and whether the power is theirs."""
        actor = actor_of(request)
        if actor.area != CITY or actor.role not in _AUDITS:
            raise HTTPException(403, "the city bureau audits permits")
        with available(), engine.connect() as db:
            return permits.audit(db, actor.area, clock(), limit)

    @routes.get("/figures/funeral")
    def numbers() -> dict[str, Any]:
        with available(), engine.connect() as db:
            return figures(db, clock())

    return routes


def _of_a_home(request: Request) -> Actor:
    actor = actor_of(request)
    if actor.role not in _HOME:
        raise HTTPException(403, "for those who work at a funeral home, or answer for one")
    return actor


def _seen(db: Connection, case: str, request: Request) -> None:
    actor, f = _of_a_home(request), t.case_file.c
    area = db.scalar(
        select(f.area).join(records.funeral_case, records.funeral_case.c.case == f.case).where(f.case == case)
    )
    if area is None or not covers(actor.area, area):
        raise HTTPException(404, f"no funeral case {case}")


def _bill(db: Connection, case: str) -> dict[str, Any]:
    """Of the newest order; of the kiosk's booking where the office took none."""
    home = db.scalar(select(records.funeral_case.c.home).where(records.funeral_case.c.case == case)) or ""
    ordered = db.execute(
        select(_s.form, _s.at_ms).where(_s.case == case, _s.step.in_(("open", "book"))).order_by(_s.n.desc())
    ).all()
    for row in ordered:
        form = json.loads(row.form)
        if not form.get("services"):
            continue
        snapshot = db.scalar(select(_k.snapshot).where(_k.funeral_case == case, _k.case == form.get("booking", "")))
        prices = (
            notices.price_list(db, home, snapshot)
            if snapshot
            else notices.list_named(db, home, form["price_list"], row.at_ms)
        )
        if prices is None:
            raise HTTPException(404, f"the list {form['price_list']} of {home} is not kept here")
        lines = notices.bill(prices, form["services"])
        told = [
            {"item": one.item, "name": one.name, "count": one.count, "price_fen": one.price_fen,
             "to_pay_fen": one.to_pay_fen}
            for one in lines
        ]  # fmt: skip
        return {"price_list": prices.list_version, "lines": told, "to_pay_fen": notices.to_pay_fen(lines)}
    raise HTTPException(404, f"nothing is booked for case {case}")
