"""Names that are in use or were, and what is asked of them."""

import unicodedata
from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Float, Index, String, Table, and_, select
from sqlalchemy.dialects.postgresql import VARCHAR

from cloud.adapters import tables as t

_AFTER_ALL = "\U0010ffff"
_LONGEST = 64

place_name = Table(
    "place_name",
    t.metadata,
    Column("id", String(64), primary_key=True),  # of the case that made it, or of the list it came from
    Column("name", String(_LONGEST), nullable=False),
    # as it is looked up; compared byte by byte, so that names that begin alike stand together
    Column("normal", String(_LONGEST).with_variant(VARCHAR(_LONGEST, collation="C"), "postgresql"), nullable=False),
    Column("category", String(32), nullable=False),
    Column("county", String(6), nullable=False),
    Column("area", String(12), nullable=False),
    Column("lon", Float, nullable=False),
    Column("lat", Float, nullable=False),
    Column("status", String(16), nullable=False),  # current | former
    Column("since_ms", BigInteger, nullable=False),
    Index("place_name_normal", "normal"),
    Index("place_name_county", "county", "normal"),
    info=t.PROJECTION,
)
_p = place_name.c


def normal(name: str) -> str:
    """As names are compared: full-width and half-width alike, without spaces, in lower case."""
    return "".join(unicodedata.normalize("NFKC", name).split()).lower()[:_LONGEST]


def is_taken(db: Connection, county: str, name: str) -> bool:
    """Whether the county has a place of this name."""
    same = and_(_p.county == county, _p.normal == normal(name), _p.status == "current")
    return db.execute(select(_p.id).where(same).limit(1)).first() is not None


def beginning(db: Connection, text: str, county: str = "", limit: int = 20) -> Sequence[dict[str, Any]]:
    """Names in use that begin so, the shortest first among equals of their order."""
    begins = and_(_p.normal >= normal(text), _p.normal < normal(text) + _AFTER_ALL, _p.status == "current")
    query = select(place_name).where(begins)
    if county:
        query = query.where(_p.county == county)
    return [dict(row) for row in db.execute(query.order_by(_p.normal, _p.id).limit(limit)).mappings()]
