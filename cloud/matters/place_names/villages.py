"""Borders of villages and communities (村、社区界线), which a doorplate's point is held against."""

import json
from typing import Annotated

from pydantic import Field, field_validator
from shapely import Point, Polygon
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.forms import Form, Words
from cloud.matters.place_names.jurisdictions import SLIVER, Ring, is_an_area
from cloud.services.ledgers import Entering, Ledger, Refused, only_in

NAME = "village_boundary"
_e = c.ledger_entry.c


class Village(Form):
    """`ring`: (longitude, latitude) in CGCS2000, the last point being the first again."""

    area: Annotated[str, Field(pattern=r"^3308[0-9]{8}$")]
    name: Words
    ring: Ring

    _ring = field_validator("ring")(is_an_area)


def _check(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Village)
    only_in(entering, row.area)
    of_township = select(_e.key, _e.row).where(
        _e.ledger == NAME, _e.current, _e.key.startswith(row.area[:9]), _e.key != row.area
    )
    for other, text in entering.db.execute(of_township):
        if Polygon(json.loads(text)["ring"]).intersection(Polygon(row.ring)).area > SLIVER:
            raise Refused(f"it overlaps with {other}: correct the border", f"与 {other} 的范围重叠，请改正边界")


LEDGER = Ledger(
    name=NAME,
    model=Village,
    key=lambda row: row.area,
    enters=frozenset({"reviewer", "manager", "operator"}),
    check=_check,
)


def is_inside(db: Connection, area: str, lon: float, lat: float) -> bool | None:
    """On the border is inside. None: nobody has entered the village's border."""
    row = db.scalar(select(_e.row).where(_e.ledger == NAME, _e.current, _e.key == area))
    return None if row is None else bool(Polygon(json.loads(row)["ring"]).covers(Point(lon, lat)))
