"""What anybody may ask of a care home's reviews."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.matters.elder_care import figures


class HomeOut(BaseModel):
    """`reviews` and `mean` null: fewer than five; `mean` alone null: none."""

    home: str
    reviews: int | None
    mean: float | None


def router(engine: Engine) -> APIRouter:
    routes = APIRouter(prefix="/api/public/care-homes")

    @routes.get("/reviews")
    def reviews(home: Annotated[str, Query(max_length=64)] = "") -> list[HomeOut]:
        with available(), engine.connect() as db:
            return [HomeOut(**row) for row in figures.reviews(db, home)]

    return routes
