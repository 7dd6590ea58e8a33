"""Public figures: cases by county and kind. Small numbers are not told (cloud.domain.small_numbers)."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.domain import small_numbers
from cloud.matters.public import figures


class CountsOut(BaseModel):
    """null: below 10 and more than none, or it would give such a number away."""

    k: int
    counts: dict[str, int | None]
    total: int | None


def router(engine: Engine) -> APIRouter:
    routes = APIRouter(prefix="/api/public/figures")

    @routes.get("/cases")
    def cases(
        kind: Annotated[str, Query(min_length=1, max_length=64)],
    ) -> CountsOut:
        """By county (GB/T 2260), of all cases of one kind. Only so: other sums would give hidden numbers away."""
        with available(), engine.connect() as db:
            counts, total = small_numbers.told(figures.cases_by_county(db, kind))
        return CountsOut(k=small_numbers.K, counts=counts, total=total)

    return routes
