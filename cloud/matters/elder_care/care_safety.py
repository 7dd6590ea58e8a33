"""Safety in care homes as numbers (养老机构安全): how fast calls and falls are answered, whether devices watch.

Of alarms that were raised in the period, without drills; times are the homes' own. A percentile is by nearest rank.
"""

import math
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, and_, func, select

from cloud.adapters import tables as t
from cloud.matters.elder_care import care_records

DAY_MS = 86_400_000
LISTED_OVER_S = 300
"""A call that took longer to be at the bedside is listed one by one."""
_MOST = 500
_a, _f, _d, _l = t.alarm.c, t.facility.c, t.device.c, t.latest.c


def percentile(values: Collection[float], share: int) -> float | None:
    """None: there are none."""
    known = sorted(values)
    return known[math.ceil(len(known) * share / 100) - 1] if known else None


def figures(db: Connection, area: str, now_ms: int, days: int) -> dict[str, Any]:
    here = and_(_f.kind == "care_home", _f.area.startswith(care_records.within(area), autoescape=True))
    calls, falls, fridges = (_alarms(db, here, rule, now_ms, days) for rule in ("call", "fall", "out_of_range"))
    radars = _devices(db, here, _l.metric == "Fall/Detected")
    false = sum(one.close_reason == "false_alarm" for one in falls)
    proves, online = _proofs(db, here, now_ms), _online(db, here)
    return {
        "days": days,
        "calls": {
            "count": len(calls),
            "acknowledged_p95_s": percentile(_took(calls, "acknowledged_at_ms"), 95),
            "on_site_p95_s": percentile(_took(calls, "attended_at_ms"), 95),
            "on_site_over_300_s": [
                {"alarm": one.id, "facility": one.facility, "took_s": took}
                for one in calls
                if (took := _took_s(one, "attended_at_ms")) is not None and took > LISTED_OVER_S
            ][:_MOST],
        },
        "falls": {
            "count": len(falls),
            "on_site_p95_s": percentile(_took(falls, "attended_at_ms"), 95),
            "false_alarms": false,
            "radars": radars,
            "false_alarms_per_radar_day": round(false / (radars * days), 4) if radars else None,
        },
        "fridges": {
            "count": len(fridges),
            "unacknowledged": sum(one.acknowledged_at_ms is None and one.state == "raised" for one in fridges),
            "longest_s": max((_lasted_s(one, now_ms) for one in fridges), default=None),
        },
        "devices": online,
        "proofs": proves,
    }


def _alarms(db: Connection, here: ColumnElement[bool], rule: str, now_ms: int, days: int) -> Sequence[Any]:
    in_time = _a.raised_at_ms > now_ms - days * DAY_MS, _a.raised_at_ms <= now_ms
    query = select(t.alarm).join(t.facility, _f.id == _a.facility).where(here, _a.rule == rule, _a.drill == "")
    return db.execute(query.where(*in_time).order_by(_a.raised_at_ms, _a.id)).all()


def _took_s(alarm: Any, step: str) -> float | None:
    at_ms: int | None = getattr(alarm, step)
    return None if at_ms is None else (at_ms - alarm.raised_at_ms) / 1000


def _took(alarms: Sequence[Any], step: str) -> list[float]:
    return [took for alarm in alarms if (took := _took_s(alarm, step)) is not None]


def _lasted_s(alarm: Any, now_ms: int) -> float:
    until_ms: int = now_ms if alarm.closed_at_ms is None else alarm.closed_at_ms
    took_s: float = (until_ms - alarm.raised_at_ms) / 1000
    return took_s


def _devices(db: Connection, here: ColumnElement[bool], *which: ColumnElement[bool]) -> int:
    query = select(_l.facility, _l.device).join(t.facility, _f.id == _l.facility).where(here, *which).distinct()
    return db.scalar(select(func.count()).select_from(query.subquery())) or 0


def _online(db: Connection, here: ColumnElement[bool]) -> dict[str, Any]:
    query = select(func.count().label("n"), func.count().filter(_d.online).label("up"))
    row = db.execute(query.select_from(t.device).join(t.facility, _f.id == _d.facility).where(here)).one()
    return {"count": row.n, "online": row.up, "share": round(row.up / row.n, 4) if row.n else None}


def _proofs(db: Connection, here: ColumnElement[bool], now_ms: int) -> dict[str, int]:
    """Devices that are to be tried at times (the weekly press of a button), and how many of them are late."""
    age_ms = now_ms - func.coalesce(_d.proven_at_ms, 0)
    late = func.count().filter(age_ms > _d.prove_every_days * DAY_MS)
    query = select(func.count().label("n"), late.label("late")).select_from(t.device)
    row = db.execute(query.join(t.facility, _f.id == _d.facility).where(here, _d.prove_every_days > 0)).one()
    return {"count": row.n, "late": row.late}
