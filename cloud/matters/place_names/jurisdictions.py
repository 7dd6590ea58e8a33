"""Who is responsible where (责任主体): polygons that do not overlap, so that each point has one owner.

Two of Kecheng's three bodies are no administrative divisions and have no code of GB/T 2260: theirs are made of the
county's and a suffix (domain brief, C18).
"""

import json
from typing import Annotated, Any

from pydantic import Field, field_validator
from shapely import Point, Polygon, STRtree
from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.domain.forms import Form, Words
from cloud.services.ledgers import Entering, Ledger, Refused, only_in

NAME = "jurisdiction"
SLIVER = 1e-10  # square degrees, about a square metre: borders drawn twice never meet exactly
_e = c.ledger_entry.c
Degrees = Annotated[float, Field(ge=-180, le=180)]
Ring = Annotated[tuple[tuple[Degrees, Degrees], ...], Field(min_length=4, max_length=2000)]


def is_an_area(ring: Ring) -> Ring:
    """For a validator. Raises ValueError."""
    if ring[0] != ring[-1]:
        raise ValueError("the last point must be the first again")
    if not Polygon(ring).is_valid:
        raise ValueError("the border crosses itself")
    return ring


class Jurisdiction(Form):
    """`ring`: (longitude, latitude) in CGCS2000, the last point being the first again."""

    owner: Annotated[str, Field(pattern=r"^3308[0-9]{2}(-[A-Z]{2,8})?$")]
    name: Words
    ring: Ring

    _ring = field_validator("ring")(is_an_area)


def _check(entering: Entering) -> None:
    row = entering.row
    assert isinstance(row, Jurisdiction)
    only_in(entering, row.owner[:6])
    for other, polygon in _all(entering.db):
        if other != row.owner and polygon.intersection(Polygon(row.ring)).area > SLIVER:
            raise Refused(f"it overlaps with {other}: correct the border", f"与 {other} 的范围重叠，请改正边界")


LEDGER = Ledger(
    name=NAME, model=Jurisdiction, key=lambda row: row.owner, enters=frozenset({"reviewer", "manager"}), check=_check
)


def owner_at(db: Connection, lon: float, lat: float) -> str | None:
    """On a border the first of its owners; None where nobody is entered."""
    rows = _all(db)
    tree = STRtree([polygon for _, polygon in rows])
    found = tree.query(Point(lon, lat), predicate="intersects")
    return min((rows[index][0] for index in found), default=None)


def _all(db: Connection) -> list[tuple[str, Polygon]]:
    rows: list[tuple[str, dict[str, Any]]] = [
        (key, json.loads(row)) for key, row in db.execute(select(_e.key, _e.row).where(_e.ledger == NAME, _e.current))
    ]
    return [(key, Polygon(row["ring"])) for key, row in rows]
