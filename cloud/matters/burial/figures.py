"""Numbers of burial: by county, what is free and for how long; what is late, paid, not kept up."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, func, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import CITY
from cloud.domain.deadline import day_of
from cloud.matters.burial import facilities, projects
from cloud.matters.burial.forecast import mean_use, years_to_full
from cloud.matters.burial.records import burial_deceased, burial_facility, burial_use
from cloud.matters.burial.workflow import BURIAL, REWARD

_b, _u, _f = burial_facility.c, burial_use.c, t.case_file.c


def by_county(db: Connection, today: date) -> list[dict[str, Any]]:
    """`years_to_full`: free places by the mean use of the last three years; None where nobody can tell."""
    sums = select(_b.county, func.count(), func.sum(_b.capacity), func.sum(_b.used), func.sum(_b.reserved))
    rows = db.execute(sums.group_by(_b.county).order_by(_b.county)).all()
    used = _use(db)
    return [
        {
            "county": county, "facilities": n, "capacity": capacity, "used": taken, "reserved": reserved,
            "free": capacity - taken - reserved,
            "mean_annual_use": mean_use(used.get(county, {}), today.year),
            "years_to_full": years_to_full(capacity - taken - reserved, used.get(county, {}), today.year),
        }
        for county, n, capacity, taken, reserved in rows
    ]  # fmt: skip


def listed(db: Connection, area: str, today: date) -> list[dict[str, Any]]:
    """Facilities for a map, each with when it was last inspected; red without an inspection in twelve months."""
    last = facilities.last_upkeep(db)
    query: Select[Any] = select(burial_facility).order_by(_b.county, _b.id)
    if area != CITY:
        query = query.where(_b.area.startswith(area, autoescape=True))
    return [
        {
            **row,
            "free": row["capacity"] - row["used"] - row["reserved"],
            "last_inspected": last[row["id"]].isoformat() if row["id"] in last else None,
            "light": "green" if facilities.is_kept_up(last.get(row["id"]), today) else "red",
        }
        for row in map(dict, db.execute(query).mappings())
    ]


def figures(db: Connection, now_ms: int) -> dict[str, Any]:
    today = day_of(now_ms)
    facts, board = listed(db, CITY, today), projects.board(db, CITY, today)
    return {
        "counties": by_county(db, today),
        "not_inspected": sum(one["light"] == "red" for one in facts),
        "projects": len(board),
        "projects_late": sum(one["light"] == "red" for one in board),
        "burials": _count(db, BURIAL, "buried"),
        "eco_burials": _eco(db),
        "rewards_paid": _count(db, REWARD, "paid"),
        "rewards_paid_in_30_days": _paid_in_time(db),
    }


def _use(db: Connection) -> Mapping[str, Mapping[int, int]]:
    """county -> year -> burials."""
    query = select(_b.county, _u.year, func.sum(_u.before + _u.recorded)).join(burial_facility, _b.id == _u.facility)
    used: dict[str, dict[int, int]] = {}
    for county, year, n in db.execute(query.group_by(_b.county, _u.year)):
        used.setdefault(county, {})[year] = int(n)
    return used


def _count(db: Connection, kind: str, state: str) -> int:
    return db.scalar(select(func.count()).select_from(t.case_file).where(_f.matter == kind, _f.state == state)) or 0


def _eco(db: Connection) -> int:
    d = burial_deceased.c
    query = (
        select(func.count())
        .select_from(burial_deceased)
        .join(t.case_file, _f.case == d.case)
        .join(burial_facility, _b.id == d.facility)
    )
    return db.scalar(query.where(_f.state == "buried", _b.kind.in_(facilities.ECO))) or 0


def _paid_in_time(db: Connection) -> int:
    """From approval to payment, 30 times 24 hours at most."""
    approved, paid = c.case_step.alias(), c.case_step.alias()
    both = select(func.count()).select_from(approved).join(paid, paid.c.case == approved.c.case)
    of_rewards = both.join(t.case_file, _f.case == paid.c.case).where(_f.matter == REWARD)
    steps = of_rewards.where(approved.c.step == "approve", paid.c.step == "pay")
    return db.scalar(steps.where(paid.c.at_ms - approved.c.at_ms <= 30 * 86_400_000)) or 0
