"""What anybody may ask of care homes: which there are, with the beds that are free now, and their reviews."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel
from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.domain.actor import CITY
from cloud.matters.elder_care import figures, finder
from cloud.matters.elder_care.homes import CareLevel

AreaCode = Annotated[str, Query(pattern=r"^3308[0-9]{2}([0-9]{3}([0-9]{3})?)?$")]
_Wish = Annotated[bool, Query()]


class HomeOut(BaseModel):
    """`reviews` and `mean` null: fewer than five; `mean` alone null: none."""

    home: str
    reviews: int | None
    mean: float | None


class FoundOut(HomeOut):
    """A home. Prices a month; `free`: beds at this moment."""

    name: str
    area: str
    address: str
    phone: str
    lon: float
    lat: float
    price_from_fen: int
    price_to_fen: int
    deposit_fen: int
    beds: int
    free: int
    care_levels: tuple[CareLevel, ...]
    dementia_unit: bool
    about: str


def router(engine: Engine) -> APIRouter:
    routes = APIRouter(prefix="/api/public/care-homes")

    @routes.get("")
    def homes(
        area: AreaCode = CITY,
        most_fen: Annotated[int | None, Query(ge=0, le=10**9)] = None,
        free: _Wish = False,  # noqa: FBT002
        care_level: Annotated[CareLevel | None, Query()] = None,
        dementia: _Wish = False,  # noqa: FBT002
    ) -> list[FoundOut]:
        """The cheapest first. `most_fen`: a month; `free`: only where there is a bed now."""
        wanted = finder.Wanted(area, most_fen, free, care_level or "", dementia)
        with available(), engine.connect() as db:
            return [FoundOut(**row) for row in finder.homes(db, wanted)]

    @routes.get("/reviews")
    def reviews(home: Annotated[str, Query(max_length=64)] = "") -> list[HomeOut]:
        with available(), engine.connect() as db:
            return [HomeOut(**row) for row in figures.reviews(db, home)]

    return routes
