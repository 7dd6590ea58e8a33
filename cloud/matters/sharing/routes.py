"""Departments ask; and who was told what, for whoever supervises it."""

from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Request
from fastapi import Query as Parameter
from pydantic import BaseModel, Field
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.matters.sharing import records
from cloud.matters.sharing.datasets import Query
from cloud.matters.sharing.delivery import Delivery
from cloud.ports import Tokens
from cloud.services.casework import NotAllowed
from cloud.web.door import Door, actor_of

_READS_ALL = ("manager", "auditor")


class AskIn(BaseModel):
    """`person`: the number of whom it is about, of which only a token is kept."""

    fields: Annotated[list[Annotated[str, Field(max_length=64)]], Field(min_length=1, max_length=100)]
    person: Annotated[str, Field(max_length=32)] = ""
    key: Annotated[str, Field(max_length=128)] = ""
    area: Annotated[str, Field(pattern=r"^(3308[0-9]{2,8})?$")] = ""
    limit: Annotated[int, Field(ge=1, le=1000)] = 100
    request: Annotated[str, Field(max_length=36)] = ""
    purpose: Annotated[str, Field(max_length=256)] = ""
    basis: Annotated[str, Field(max_length=256)] = ""


class RowsOut(BaseModel):
    rows: list[dict[str, Any]]


def router(delivery: Delivery, tokens: Tokens, engine: Engine, door: Door) -> APIRouter:
    routes = APIRouter(prefix="/api/share", dependencies=[Depends(door)])

    @routes.post("/{dataset}")
    def ask(dataset: str, body: AskIn, request: Request) -> RowsOut:
        """Rows with the fields that were asked for, and no others."""
        actor = actor_of(request)
        if actor.role != "department":
            raise HTTPException(403, "departments ask here")
        token = tokens.of(body.person) if body.person.strip() else ""
        query = Query(token=token, key=body.key, area=body.area, limit=body.limit)
        try:
            rows = delivery.ask(
                dataset, body.fields, query, actor, request=body.request, purpose=body.purpose, basis=body.basis
            )
        except NotAllowed as wrong:
            raise HTTPException(403, str(wrong)) from None
        return RowsOut(rows=rows)

    @routes.get("-deliveries")
    def deliveries(
        request: Request,
        unit: Annotated[str, Parameter(max_length=64)] = "",
        limit: Annotated[int, Parameter(ge=1, le=1000)] = 100,
    ) -> list[dict[str, Any]]:
        """A department sees its own."""
        actor = actor_of(request)
        with available(), engine.connect() as db:
            if actor.role in _READS_ALL:
                return records.deliveries(db, unit=unit, limit=limit)
            if not actor.unit:
                return []
            rows = records.deliveries(db, unit=actor.unit, limit=limit)
        return [{**row, "about": ""} for row in rows]  # a token would let it find the person elsewhere

    return routes
