"""Figures of social organisations; each can be counted again from the records."""

import json
from datetime import date
from typing import Any

from sqlalchemy import Connection, and_, func, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.deadline import day_of
from cloud.matters.social_organisations.records import ANNUAL, org_record, organisation
from cloud.matters.social_organisations.registers import CONTACT, PLAN, AnnualCheck, AnnualPlan
from cloud.matters.social_organisations.workflow import KIND

_f, _o, _r, _e = t.case_file.c, organisation.c, org_record.c, c.ledger_entry.c


def figures(db: Connection, now_ms: int) -> dict[str, Any]:
    """Shares are None where there is nothing to share out."""
    real = _f.matter == KIND, _f.drill == ""
    is_overdue = and_(_f.clock != "", _f.due_at_ms < now_ms, _f.clock_left.is_(None))
    is_online = _f.channel.in_(("web", "mobile"))
    total, overdue, online = db.execute(
        select(func.count(), func.count().filter(is_overdue), func.count().filter(is_online)).where(*real)
    ).one()
    by_state = select(_o.state, func.count().label("n")).group_by(_o.state).order_by(_o.state)
    standing = {row.state: row.n for row in db.execute(by_state)}
    visits = _visits(db)
    reachable = select(_e.key).where(_e.ledger == CONTACT, _e.current)
    silent = select(func.count()).where(_o.state != "cancelled", _o.code.not_in(reachable))
    return {
        "organisations": standing,
        "cases": total,
        "overdue": overdue,
        "online_share": round(online / total, 4) if total else None,
        "visits": visits,
        "zero_visit_share": round(visits["0"] / sum(visits.values()), 4) if sum(visits.values()) else None,
        "waiting_for_platform": db.scalar(select(func.count()).where(*real, _f.state == "approved")) or 0,
        "without_phone": db.scalar(silent) or 0,
        "annual_checks": _annual(db, now_ms),
    }


def _visits(db: Connection) -> dict[str, int]:
    """Of cases that were decided: how many needed 0 visits, 1, or more. A visit is a day on which somebody came."""
    days = select(t.case_trip.c.case, func.count(t.case_trip.c.day.distinct()).label("n")).group_by(t.case_trip.c.case)
    came = days.subquery()
    n = func.coalesce(came.c.n, 0)
    decided = _f.matter == KIND, _f.drill == "", _f.state.in_(("approved", "closed", "refused"))
    query = select(func.count().filter(n == 0), func.count().filter(n == 1), func.count().filter(n > 1)).select_from(
        t.case_file.outerjoin(came, came.c.case == _f.case)
    )
    none, once, more = db.execute(query.where(*decided)).one()
    return {"0": none, "1": once, "more": more}


def _annual(db: Connection, now_ms: int) -> dict[str, dict[str, int]]:
    """By year whose deadline has passed: how many organisations had to hand in, and how many did so in time."""
    known = [
        (code, date.fromisoformat(json.loads(row)["established"]))
        for code, row in db.execute(select(_o.code, _o.row).where(_o.state != "cancelled"))
    ]
    told = {}
    for row in db.scalars(select(_e.row).where(_e.ledger == PLAN, _e.current).order_by(_e.key)):
        plan = AnnualPlan.model_validate_json(row)
        if plan.deadline >= day_of(now_ms):
            continue
        wanted = {code for code, established in known if established.year < plan.year}
        told[str(plan.year)] = {"wanted": len(wanted), "in_time": len(wanted & _in_time(db, plan))}
    return told


def _in_time(db: Connection, plan: AnnualPlan) -> set[str]:
    """Those whose application came, or whose check was decided, by the deadline."""
    checks = (AnnualCheck.model_validate_json(row) for row in db.scalars(select(_r.row).where(_r.ledger == ANNUAL)))
    found = {one.code for one in checks if one.year == plan.year and one.decided <= plan.deadline}
    filed = select(_f.form, _f.opened_at_ms).where(_f.matter == KIND, _f.state.not_in(("withdrawn", "refused")))
    for row, opened_at_ms in db.execute(filed):
        form = json.loads(row)
        if form.get("year") == plan.year and day_of(opened_at_ms) <= plan.deadline:
            found.add(form["code"])
    return found
