"""Which homes there are (机构筛选): by area, price, beds that are free now, level of care, unit for dementia."""

import json
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, select

from cloud.domain.actor import CITY
from cloud.matters.elder_care import care_records as records
from cloud.matters.elder_care import figures

_h = records.care_home.c
_SHOWN = (
    "home", "name", "area", "address", "phone", "lon", "lat", "price_from_fen", "price_to_fen", "deposit_fen", "beds",
    "care_levels", "dementia_unit", "about",
)  # fmt: skip
_DEFAULTS: dict[str, Any] = {"lon": 0, "lat": 0, "deposit_fen": 0, "dementia_unit": False, "about": ""}
MOST = 500


@dataclass(frozen=True, slots=True)
class Wanted:
    """`area`: all below it. `most_fen`: a month at the lowest price; None: any. `care_level` "": any."""

    area: str = CITY
    most_fen: int | None = None
    free: bool = False
    care_level: str = ""
    dementia: bool = False


def homes(db: Connection, wanted: Wanted) -> list[dict[str, Any]]:
    """Those that fit, the cheapest first. `free`: beds at this moment. `reviews`, `mean`: None where they are few."""
    query = select(records.care_home).where(_h.area.startswith(records.within(wanted.area), autoescape=True))
    if wanted.most_fen is not None:
        query = query.where(_h.price_from_fen <= wanted.most_fen)
    if wanted.free:
        query = query.where(_h.beds - _h.occupied - _h.reserved - _h.out_of_service > 0)
    said = {one["home"]: one for one in figures.reviews(db)}
    found = []
    for row in map(dict, db.execute(query.order_by(_h.price_from_fen, _h.home)).mappings()):
        about = {**_DEFAULTS, **json.loads(row["row"])}
        if wanted.care_level and wanted.care_level not in about["care_levels"]:
            continue
        if wanted.dementia and not about["dementia_unit"]:
            continue
        review = said.get(row["home"], {"reviews": 0, "mean": None})
        told = {"free": records.free(row), "reviews": review["reviews"], "mean": review["mean"]}
        found.append({**{name: about[name] for name in _SHOWN}, **told})
    return found[:MOST]
