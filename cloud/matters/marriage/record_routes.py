"""Marriage records for staff of their county and of the city: import, work lists, one record, its seal, figures.

No answer here tells who somebody is.
"""

from collections.abc import Callable
from dataclasses import asdict
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, HTTPException, Path, Query, Request
from fastapi.concurrency import run_in_threadpool
from sqlalchemy import Connection, Engine, select

from cloud.adapters.sql_database import available
from cloud.domain.actor import CITY, Actor, covers
from cloud.matters.marriage import figures, records
from cloud.matters.marriage.importing import BadFile, Importing, from_csv, from_json
from cloud.matters.marriage.records import marriage_record, screening_result
from cloud.matters.marriage.sealing import Alerting, is_whole
from cloud.services.casework import NotAllowed
from cloud.web.door import Door, actor_of

_MOST_BYTES = 4 << 20
_STAFF = frozenset({"clerk", "registrar", "operator", "reviewer", "manager", "auditor"})
_SHOWN = (
    "key", "version", "county", "kind", "certificate", "registered", "status", "batch", "stage_1", "stage_2", "stage_3",
    "state", "sealed_version", "at_ms",
)  # fmt: skip
_m, _r = marriage_record.c, screening_result.c
County = Annotated[str, Query(pattern=r"^(3308[0-9]{2})?$")]
Limit = Annotated[int, Query(ge=1, le=1000)]
CountyPath = Annotated[str, Path(pattern=r"^3308[0-9]{2}$")]
RecordPath = Annotated[str, Path(pattern=r"^[0-9A-Za-z-]{1,64}$")]


def _staff(request: Request) -> None:
    if actor_of(request).role not in _STAFF:
        raise HTTPException(403, "for staff of marriage registration; departments ask POST /api/share/marriage_record")


def router(engine: Engine, door: Door, importing: Importing, alerting: Alerting) -> APIRouter:
    routes = APIRouter(prefix="/api", dependencies=[Depends(door), Depends(_staff)])
    _import(routes, importing)
    _figures(routes, engine)

    @routes.get("/marriage-records")
    def listed(
        request: Request,
        county: County = "",
        state: Annotated[str, Query(max_length=16)] = "",
        after: Annotated[str, Query(max_length=128)] = "",
        limit: Limit = 100,
    ) -> list[dict[str, Any]]:
        """The work list (工作台): of the own county, or of all for the city."""
        query = select(marriage_record).where(_m.key > after)
        if area := _within(actor_of(request), county):
            query = query.where(_m.county == area)
        if state:
            query = query.where(_m.state == state)
        with available(), engine.connect() as db:
            found = db.execute(query.order_by(_m.key).limit(limit)).mappings().all()
        return [{name: row[name] for name in _SHOWN} for row in found]

    @routes.get("/marriage-findings")
    def found(
        request: Request,
        county: County = "",
        stage: Annotated[int, Query(ge=0, le=3)] = 0,
        owner_level: Literal["", "county", "city"] = "",
        after: Annotated[str, Query(max_length=128)] = "",
        limit: Limit = 100,
    ) -> list[dict[str, Any]]:
        """What was found, for the level that has to see to it. `after`: a record."""
        query = select(screening_result).where(_r.record > after)
        if area := _within(actor_of(request), county):
            query = query.where(_r.county == area)
        if stage:
            query = query.where(_r.stage == stage)
        if owner_level:
            query = query.where(_r.owner_level == owner_level)
        with available(), engine.connect() as db:
            rows = db.execute(query.order_by(_r.record, _r.stage, _r.rule, _r.about).limit(limit)).mappings().all()
        return [dict(row) for row in rows]

    @routes.get("/marriage-records/{county}/{record}")
    def one(county: CountyPath, record: RecordPath, request: Request) -> dict[str, Any]:
        """With its findings, its sealed versions, and what the applicants signed; the seals are verified here too."""
        _within(actor_of(request), county)
        key = f"{county}/{record}"
        with available(), engine.connect() as db:
            told, broken = _one(db, key, alerting.is_signed)
        for version in broken:
            alerting.raise_for(key, version)
        return told

    return routes


def _one(db: Connection, key: str, is_signed: Callable[[bytes, str], bool]) -> tuple[dict[str, Any], list[int]]:
    now = records.record(db, key)
    if now is None:
        raise HTTPException(404, f"no record {key[:128]}")
    stands = records.current_row(db, records.RECORD, key)
    sealed = [
        {
            "version": one["version"], "at_ms": one["at_ms"], "seal": one["seal"],
            "whole": is_whole(key, one, is_signed),
        }
        for one in records.shared_versions(db, key)
    ]  # fmt: skip
    told = {
        **{name: now[name] for name in _SHOWN},
        "findings": records.findings(db, key),
        "waivers": records.waivers(db, key, now["version"]),
        "sealed": sealed,
        "signatures": records.signatures(db, now["case"], stands.get("statements", ())),
    }
    return told, [one["version"] for one in sealed if not one["whole"]]


def _import(routes: APIRouter, importing: Importing) -> None:
    @routes.post("/marriage-records/import")
    async def take(
        request: Request,
        batch: Annotated[str, Query(min_length=1, max_length=64, pattern=r"^[0-9A-Za-z-]+$")],
        file: Literal["csv", "json"] = "json",
    ) -> dict[str, Any]:
        """A batch of a county's register as the request's body, UTF-8; see the form of the ledger marriage_record."""
        try:
            text = (await _body(request)).decode()
            rows = from_csv(text) if file == "csv" else from_json(text)
            return asdict(await run_in_threadpool(importing.take, rows, actor_of(request), batch))
        except UnicodeDecodeError:
            raise HTTPException(422, "the file is not UTF-8") from None
        except BadFile as wrong:
            raise HTTPException(422, str(wrong)) from None
        except NotAllowed as wrong:
            raise HTTPException(403, str(wrong)) from None


def _figures(routes: APIRouter, engine: Engine) -> None:
    for name, figure in (
        ("agreement", figures.agreement),
        ("findings", figures.findings),
        ("states", figures.states),
        ("stages", figures.stages),
    ):
        _figure(routes, engine, name, figure)


def _figure(
    routes: APIRouter, engine: Engine, name: str, figure: Callable[[Connection, str], list[dict[str, Any]]]
) -> None:
    def told(request: Request, county: County = "") -> list[dict[str, Any]]:
        with available(), engine.connect() as db:
            return figure(db, _within(actor_of(request), county))

    told.__doc__ = (figure.__doc__ or "").strip()
    routes.get(f"/figures/marriage-{name}", name=f"marriage_{name}")(told)


def _within(actor: Actor, county: str) -> str:
    """The county that is meant, "" for all of the city; its staff see their own alone."""
    if not county:
        return "" if actor.area == CITY else actor.area[:6]
    if not covers(actor.area, county):
        raise HTTPException(403, f"{county[:12]} is not in {actor.area}")
    return county


async def _body(request: Request) -> bytes:
    body = bytearray()
    async for part in request.stream():
        body += part
        if len(body) > _MOST_BYTES:
            raise HTTPException(413, {"zh": "文件太大，请分批导入", "en": "too large: import it in parts"})
    return bytes(body)
