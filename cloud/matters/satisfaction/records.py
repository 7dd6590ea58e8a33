"""Ratings, once for each case; and low ones that nobody has called back about yet."""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, String, Table, select

from cloud.adapters import tables as t

LOW = 2  # of 5, and below

case_rating = Table(
    "case_rating",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("facility", String(64), nullable=False),
    Column("score", Integer, nullable=False),
    Column("place", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("follow_up", String(36), nullable=False, server_default=""),  # the case that came of it
    Index("case_rating_open", "follow_up", "score"),
    info=t.PROJECTION,
)


def low_ones(db: Connection, limit: int) -> Sequence[Any]:
    """Rows of low ratings without a follow-up, the oldest first."""
    r = case_rating.c
    query = select(case_rating).where(r.follow_up == "", r.score <= LOW).order_by(r.at_ms, r.case).limit(limit)
    return db.execute(query).all()
