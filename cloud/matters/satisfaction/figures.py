"""Trips per matter (跑次) and how content people were.

A trip is a day (Asia/Shanghai) on which somebody came for a case. A case that was withdrawn is none.
"""

from typing import Any

from sqlalchemy import Connection, Engine, func, select

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available
from cloud.matters.satisfaction.records import case_rating

_LISTED = 1000


def trips(db: Connection, *, from_ms: int = 0, until_ms: int = 2**62, facility: str = "") -> list[dict[str, Any]]:
    """By matter: cases that were opened in that time, their mean trips, how many needed none, and who came twice."""
    f, trip = t.case_file.c, t.case_trip.c
    days = select(trip.facility, trip.case, func.count().label("n")).group_by(trip.facility, trip.case).subquery()
    n = func.coalesce(days.c.n, 0)
    conditions = [f.drill == "", f.state != "withdrawn", f.opened_at_ms >= from_ms, f.opened_at_ms < until_ms]
    if facility:
        conditions.append(f.facility == facility)
    joined = t.case_file.outerjoin(days, (days.c.facility == f.facility) & (days.c.case == f.case))
    counted = select(f.matter, n.label("n"), func.count().label("cases")).select_from(joined).where(*conditions)
    matters: dict[str, dict[int, int]] = {}
    for row in db.execute(counted.group_by(f.matter, n).order_by(f.matter, n)):
        matters.setdefault(row.matter, {})[int(row.n)] = row.cases
    again = select(f.matter, f.number, f.facility, f.trip_reason, n.label("n")).select_from(joined)
    twice = db.execute(again.where(*conditions, n > 1).order_by(f.opened_at_ms.desc(), f.case).limit(_LISTED)).all()
    return [
        {
            "matter": matter,
            "cases": (cases := sum(by_trips.values())),
            "mean": round(sum(count * trips for trips, count in by_trips.items()) / cases, 4),
            "without_a_trip": round(by_trips.get(0, 0) / cases, 4),
            "more_than_one": [
                {"number": row.number, "facility": row.facility, "trips": int(row.n), "reason": row.trip_reason}
                for row in twice
                if row.matter == matter
            ],
        }
        for matter, by_trips in matters.items()
    ]


def ratings(db: Connection, *, from_ms: int = 0, until_ms: int = 2**62) -> dict[str, Any]:
    """Of that time: how many of each score, and their mean; None where nobody rated."""
    r = case_rating.c
    counted = select(r.score, func.count().label("n")).where(r.at_ms >= from_ms, r.at_ms < until_ms).group_by(r.score)
    scores: dict[int, int] = {row.score: row.n for row in db.execute(counted)}
    total = sum(scores.values())
    mean = round(sum(score * count for score, count in scores.items()) / total, 4) if total else None
    return {"scores": {str(score): scores.get(score, 0) for score in range(1, 6)}, "ratings": total, "mean": mean}


class Content:
    """Both, for a page. Each raises RecordsUnavailable."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def trips(self) -> list[dict[str, Any]]:
        with available(), self._engine.connect() as db:
            return trips(db)

    def ratings(self) -> dict[str, Any]:
        with available(), self._engine.connect() as db:
            return ratings(db)
