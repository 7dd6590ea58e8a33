"""How visitors found each care home: reviews and their mean, none of them where they are few. Beds, by county."""

from typing import Any

from sqlalchemy import Connection, func, select

from cloud.adapters import tables as t
from cloud.matters.elder_care.care_records import BOOKING, care_home, free
from cloud.matters.elder_care.records import care_booking, care_review

FEWEST = 5
"""With fewer reviews neither their number nor their mean is told: staff could see who said what."""
_r, _b, _h, _f = care_review.c, care_booking.c, care_home.c, t.case_file.c


def told(count: int, total: int) -> tuple[int | None, float | None]:
    """(reviews, mean score); None: not told. Nought is told."""
    if count == 0:
        return 0, None
    return (count, round(total / count, 2)) if count >= FEWEST else (None, None)


def reviews(db: Connection, facility: str = "") -> list[dict[str, Any]]:
    """By home, those that were reviewed at all. No total stands beside them, so nothing can be taken away."""
    counted = select(_r.facility, func.count().label("n"), func.sum(_r.score).label("total")).group_by(_r.facility)
    if facility:
        counted = counted.where(_r.facility == facility)
    rows = db.execute(counted.order_by(_r.facility))
    found = [(row.facility, *told(row.n, int(row.total))) for row in rows]
    return [{"home": home, "reviews": count, "mean": mean} for home, count, mean in found]


def bookings(db: Connection, facility: str = "") -> dict[str, dict[str, int]]:
    """By home: how many bookings stand in each state; for staff."""
    counted = select(_b.facility, _b.state, func.count().label("n")).group_by(_b.facility, _b.state)
    if facility:
        counted = counted.where(_b.facility == facility)
    found: dict[str, dict[str, int]] = {}
    for row in db.execute(counted.order_by(_b.facility, _b.state)):
        found.setdefault(row.facility, {})[row.state] = row.n
    return found


def beds(db: Connection) -> dict[str, Any]:
    """By county: homes, beds and who has them. `bookings`: of beds, by state."""
    county = func.substr(_h.area, 1, 6).label("county")
    sums = [func.sum(column).label(column.name) for column in (_h.beds, _h.out_of_service, _h.occupied, _h.reserved)]
    rows = db.execute(select(county, func.count().label("homes"), *sums).group_by(county).order_by(county)).mappings()
    states = select(_f.state, func.count().label("n")).where(_f.matter == BOOKING).group_by(_f.state).order_by(_f.state)
    return {
        "counties": [
            {**{name: row[name] if name == "county" else int(row[name]) for name in row}, "free": int(free(row))}
            for row in rows
        ],
        "bookings": {row.state: row.n for row in db.execute(states)},
    }
