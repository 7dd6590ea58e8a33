"""What everybody may read without a name: announcements, draws with all that is needed to repeat them, results."""

from collections.abc import Callable
from datetime import date
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query, Response
from sqlalchemy import Connection, Engine, select

from cloud.adapters import city_tables as c
from cloud.adapters.sql_database import available
from cloud.domain.deadline import day_of
from cloud.matters.inspection import evidence, figures, pools, records
from cloud.matters.inspection.workflow import Section
from cloud.web.door import Door

Number = Annotated[str, Query(max_length=64)]
Limit = Annotated[int, Query(ge=1, le=500)]
_d, _v = records.inspection_draw.c, records.inspection_visit.c


def router(engine: Engine, door: Door, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(prefix="/api")
    _public(routes, engine)

    @routes.get("/inspections/{case}/rectifications", dependencies=[Depends(door)])
    def rectifications(case: str) -> list[dict[str, Any]]:
        """整改清单: one list, whichever department found it; `days_late` of what is still open."""
        with available(), engine.connect() as db:
            return _listed(db, case, clock())

    @routes.get("/inspections/{case}/evidence", dependencies=[Depends(door)])
    def devices(case: str) -> dict[str, Any]:
        """What the devices of the place say, to be held beside what people say."""
        with available(), engine.connect() as db:
            of = db.scalar(select(_v.target).where(_v.case == case))
            target = pools.target_row(db, of) if of else None
            if target is None or not target.facility:
                raise HTTPException(404, "no devices of this place are known")
            return evidence.evidence(db, target.facility, clock())

    @routes.get("/figures/inspection", dependencies=[Depends(door)])
    def numbers() -> dict[str, Any]:
        with available(), engine.connect() as db:
            return figures.figures(db, clock())

    return routes


def _public(routes: APIRouter, engine: Engine) -> None:
    @routes.get("/public/inspection-draws")
    def draws(before: Number = "", limit: Limit = 50) -> list[dict[str, Any]]:
        """The newest first; `before`: the last one's number."""
        query = select(_d.number).where(_d.state != "cancelled").order_by(_d.number.desc())
        if before:
            query = query.where(_d.number < before)
        with available(), engine.connect() as db:
            return [_draw(db, number) for number in db.scalars(query.limit(limit)).all()]

    @routes.get("/public/inspection-draws/{number}")
    def one(number: str) -> dict[str, Any]:
        """With who goes where, and with the results that are published."""
        with available(), engine.connect() as db:
            told = _draw(db, number)
            named = ("n", "target", "unit", "inspector", "cross_county")
            rows = records.assignments(db, number)
            return {
                **told,
                "assignments": [{name: row[name] for name in named} for row in rows],
                "results": _results(db, number),
            }

    @routes.get("/public/inspection-draws/{number}/pools")
    def pools_of_draw(number: str) -> Response:
        """The bytes whose SHA-256 was announced."""
        with available(), engine.connect() as db:
            found = _found(db, number)
        return Response(found["pools"].encode(), media_type="application/json")


def _found(db: Connection, number: str) -> dict[str, Any]:
    if (found := records.draw_of(db, number)) is None:
        raise HTTPException(404, f"no draw {number}")
    return found


def _draw(db: Connection, number: str) -> dict[str, Any]:
    found = _found(db, number)
    kept = ("number", "state", "pools_sha256", "seed", "passed_over", "announced_at_ms", "drawn_at_ms")
    return {
        **{name: found[name] for name in kept},
        "terms": found["form"],
        "cross_county_share": figures.cross_county_share(db, number),
    }


def _results(db: Connection, number: str) -> list[dict[str, Any]]:
    published = select(records.inspection_visit).where(_v.draw == number, _v.published_at_ms.is_not(None))
    told = []
    for visit in db.execute(published.order_by(_v.target)).mappings().all():
        target = pools.target_row(db, visit["target"])
        told.append({
            "target": visit["target"], "name": target.name if target else "",
            "published_at_ms": visit["published_at_ms"], "sections": _sections(db, visit["case"]),
            "findings": [
                {name: one[name] for name in ("n", "unit", "what", "due", "fixed_on")}
                for one in records.findings(db, visit["case"])
            ],
        })  # fmt: skip
    return told


def _sections(db: Connection, case: str) -> list[dict[str, Any]]:
    s = c.case_step.c
    rows = db.execute(select(s.unit, s.form).where(s.case == case, s.step == "section").order_by(s.n)).all()
    parts = [(unit, Section.model_validate_json(form)) for unit, form in rows]
    return [
        {"unit": unit, "items": [{"item": item.item, "passed": item.passed} for item in part.items]}
        for unit, part in parts
    ]


def _listed(db: Connection, case: str, now_ms: int) -> list[dict[str, Any]]:
    today = day_of(now_ms)
    listed = []
    for one in records.findings(db, case):
        due = date.fromisoformat(one["due"])
        late = max(0, (today - due).days) if one["fixed_on"] is None else 0
        listed.append({**{name: value for name, value in one.items() if name != "case"}, "days_late": late})
    return listed
