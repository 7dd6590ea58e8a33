"""Archive items with their pages, what two readings differ in, and samples. They hold no name and no number."""

import json
from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import BigInteger, Boolean, Column, Connection, Index, Integer, String, Table, and_, func, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import CITY

archive_item = Table(
    "archive_item",
    t.metadata,
    Column("item", String(36), primary_key=True),
    Column("number", String(64), nullable=False),  # 档号
    Column("county", String(6), nullable=False),
    Column("area", String(12), nullable=False),
    Column("year", Integer, nullable=False),
    Column("retain_until", String(10), nullable=False),
    Column("state", String(64), nullable=False),
    Column("version", Integer, nullable=False),  # of what is sealed; 0: nothing yet
    Index("archive_item_number", "number"),
    Index("archive_item_county", "county", "year"),
    info=t.PROJECTION,
)
archive_page = Table(  # as it is now; every version stands in the ledger
    "archive_page",
    t.metadata,
    Column("item", String(36), primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
    Column("area", String(12), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("media", String(32), nullable=False),
    Column("width", Integer, nullable=False),
    Column("height", Integer, nullable=False),
    Column("problems", String(64), nullable=False),
    Column("operator", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("retain_until", String(10), nullable=False),
    Column("recognised", Boolean, nullable=False),
    Index("archive_page_area", "area"),
    Index("archive_page_recognised", "recognised", "at_ms"),
    info=t.PROJECTION,
)
archive_person = Table(
    "archive_person",
    t.metadata,
    Column("token", String(64), primary_key=True),
    Column("item", String(36), primary_key=True),
    info=t.PROJECTION,
)
consistency_diff = Table(
    "consistency_diff",
    t.metadata,
    Column("item", String(36), primary_key=True),
    Column("stage", String(16), primary_key=True),  # double_entry | shared
    Column("record", String(64), primary_key=True),  # the shared record that was compared; "" for a double entry
    Column("n", Integer, primary_key=True),  # how often it was compared
    Column("field", String(32), primary_key=True),
    Column("county", String(6), nullable=False),
    Column("matches", Boolean, nullable=False),
    Column("settled", String(16), nullable=False),  # first | second | other; "" where nothing was to settle
    Column("by", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    Column("current", Boolean, nullable=False),
    Index("consistency_diff_county", "county", "stage", "current"),
    info=t.PROJECTION,
)
archive_sample_page = Table(
    "archive_sample_page",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("item", String(36), primary_key=True),
    Column("page", Integer, primary_key=True),
    Column("n", Integer, nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("operator", String(64), nullable=False),
    Column("outcome", String(16), nullable=False),  # "" until somebody looked again
    Column("by", String(64), nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    info=t.PROJECTION,
)
archive_sample = Table(
    "archive_sample",
    t.metadata,
    Column("case", String(36), primary_key=True),
    Column("area", String(12), nullable=False),
    Column("seed", String(64), nullable=False),
    Column("population", Integer, nullable=False),
    Column("population_sha256", String(64), nullable=False),
    Column("drawn_at_ms", BigInteger, nullable=False),
    info=t.PROJECTION,
)
_i, _p, _s = archive_item.c, archive_page.c, c.case_step.c
READINGS = ("enter_second", "decide", "amend")
"""Steps whose form is what is sealed; the last one of them, of an item that is sealed."""


def item(db: Connection, item_id: str) -> dict[str, Any] | None:
    row = db.execute(select(archive_item).where(_i.item == item_id)).mappings().first()
    return dict(row) if row else None


def numbered(db: Connection, number: str, county: str) -> str | None:
    """The item of this number that was not discarded."""
    return db.scalar(select(_i.item).where(_i.number == number, _i.county == county, _i.state != "discarded"))


def pages(db: Connection, item_id: str) -> list[dict[str, Any]]:
    query = select(archive_page).where(_p.item == item_id).order_by(_p.page)
    return [dict(row) for row in db.execute(query).mappings()]


def page(db: Connection, item_id: str, n: int) -> dict[str, Any] | None:
    row = db.execute(select(archive_page).where(_p.item == item_id, _p.page == n)).mappings().first()
    return dict(row) if row else None


def of_person(db: Connection, token: str, area: str) -> list[dict[str, Any]]:
    query = select(archive_item).join(archive_person, archive_person.c.item == _i.item)
    query = query.where(archive_person.c.token == token).order_by(_i.year.desc(), _i.item)
    if area != CITY:
        query = query.where(_i.area.startswith(area, autoescape=True))
    return [dict(row) for row in db.execute(query.limit(100)).mappings()]


def all_pages(db: Connection, area: str) -> Sequence[str]:
    """`<item>/<page>` of every page in an area whose item was not discarded."""
    query = select(_p.item, _p.page).join(archive_item, _i.item == _p.item).where(_i.state != "discarded")
    if area != CITY:
        query = query.where(_p.area.startswith(area, autoescape=True))
    return [f"{row.item}/{row.page}" for row in db.execute(query)]


def reading(db: Connection, item_id: str, *steps: str) -> tuple[str, Mapping[str, str]] | None:
    """(by whom, marks) of the last one of these steps."""
    query = select(_s.by, _s.form).where(_s.case == item_id, _s.step.in_(steps)).order_by(_s.n.desc()).limit(1)
    row = db.execute(query).first()
    return (row.by, json.loads(row.form)["marks"]) if row else None


def sample_page(db: Connection, case: str, item_id: str, n: int) -> dict[str, Any] | None:
    p = archive_sample_page.c
    which = and_(p.case == case, p.item == item_id, p.page == n)
    row = db.execute(select(archive_sample_page).where(which)).mappings().first()
    return dict(row) if row else None


def sample(db: Connection, case: str) -> dict[str, Any] | None:
    """With its pages in the order of their lots, and all that is needed to draw it again."""
    row = db.execute(select(archive_sample).where(archive_sample.c.case == case)).mappings().first()
    if row is None:
        return None
    drawn = select(archive_sample_page).where(archive_sample_page.c.case == case).order_by(archive_sample_page.c.n)
    told = [{name: value for name, value in one.items() if name != "case"} for one in db.execute(drawn).mappings()]
    return {**row, "pages": told}


def unchecked(db: Connection, case: str) -> int:
    p = archive_sample_page.c
    query = select(func.count()).select_from(archive_sample_page).where(p.case == case, p.outcome == "")
    return db.scalar(query) or 0
