"""What the public may ask without a login (一网通查), and the figures."""

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, HTTPException, Query
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.domain.deadline import day_of
from cloud.matters.social_organisations.figures import figures
from cloud.matters.social_organisations.publishing import as_file, draft
from cloud.matters.social_organisations.records import Register
from cloud.web.door import Door
from contract.identifiers import credit_code

_MOST = 20


def public_router(register: Register, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(prefix="/api/public")

    @routes.get("/organisations/{code}")
    def of_code(code: str) -> dict[str, Any]:
        """By the 18 characters of its unified social credit code: four groups, each with how fresh it is."""
        try:
            wanted = credit_code.parse(code[:64]).code
        except credit_code.BadCreditCode as wrong:
            raise HTTPException(422, {"zh": "统一社会信用代码有误，请核对后再输一次", "en": str(wrong)}) from None
        found = register.of_code(wanted, day_of(clock()).isoformat())
        if found is None:
            raise HTTPException(404, {"zh": "没有查到这家社会组织", "en": "no organisation has this code"})
        return found

    @routes.get("/organisations")
    def of_name(name: Annotated[str, Query(min_length=2, max_length=64)]) -> dict[str, Any]:
        """By part of its name, twenty at most."""
        return {"organisations": register.of_name(name, day_of(clock()).isoformat(), _MOST)}

    return routes


def router(engine: Engine, door: Door, clock: Callable[[], int]) -> APIRouter:
    routes = APIRouter(prefix="/api", dependencies=[Depends(door)])

    @routes.get("/reference-files/social-organisations")
    def reference_file() -> dict[str, Any]:
        """The register as a reference file, for `onetrip reference publish`."""
        with available(), engine.connect() as db:
            return as_file(draft(db, clock()))

    @routes.get("/figures/social-organisations")
    def of_organisations() -> dict[str, Any]:
        """Each can be counted again from the cases and ledgers."""
        with available(), engine.connect() as db:
            return figures(db, clock())

    return routes
