"""What events do to the names."""

from sqlalchemy import and_, update

from cloud.adapters.sql_database import insert_once
from cloud.domain.happened import Happened
from cloud.matters.place_names.records import normal, place_name
from cloud.matters.place_names.workflow import KIND
from cloud.ports import Books
from contract.events.city import CaseStepped


def handle(books: Books, happened: Happened) -> None:
    match happened.data:
        case CaseStepped(kind=kind, state="published", case=case) if kind == KIND:
            _publish(books, case, happened.at_ms)


def _publish(books: Books, case: str, at_ms: int) -> None:
    """A renaming makes the old name a former one."""
    now = books.case_now(case)
    assert now is not None
    form, county = now.form or {}, now.area[:6]
    if form["action"] == "renaming":
        p = place_name.c
        old = and_(p.county == county, p.normal == normal(form["former_name"]), p.status == "current")
        books.db.execute(update(place_name).where(old).values(status="former"))
    insert_once(books.db, place_name, {
        "id": case, "name": form["name"], "normal": normal(form["name"]), "category": form["category"],
        "county": county, "area": now.area, "lon": form["lon"], "lat": form["lat"], "status": "current",
        "since_ms": at_ms,
    })  # fmt: skip
