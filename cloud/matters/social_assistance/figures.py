"""Figures of social assistance; each can be counted again from the records."""

from typing import Any

from sqlalchemy import Connection, and_, func, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.matters.kiosk_forms import records as kiosk_forms
from cloud.matters.social_assistance.records import dept_task
from cloud.matters.social_assistance.tasks import KIND as TASK
from cloud.matters.social_assistance.windows import NAME, Window
from cloud.matters.social_assistance.workflow import KIND
from contract.identifiers.townships import TOWNSHIPS
from contract.special_relief import OWNERS

SILENT_MS = 300_000
"""A window is alive whose box was heard since."""
_f, _d, _e, _box = t.case_file.c, dept_task.c, c.ledger_entry.c, t.facility.c


def figures(db: Connection, now_ms: int) -> dict[str, Any]:
    real = _f.matter == KIND, _f.drill == ""
    is_overdue = and_(_f.clock != "", _f.due_at_ms < now_ms, _f.clock_left.is_(None))
    first = and_(c.case_step.c.case == _f.case, c.case_step.c.n == 0)
    total, overdue, by_proxy = db.execute(
        select(
            func.count(),
            func.count().filter(is_overdue),
            func.count().filter(c.case_step.c.role == "grid_worker"),
        ).select_from(t.case_file.join(c.case_step, first)).where(*real)
    ).one()  # fmt: skip
    states = db.execute(select(_f.state, func.count().label("n")).where(*real).group_by(_f.state).order_by(_f.state))
    late = _f.matter == TASK, _f.clock == "receipt", _f.due_at_ms < now_ms
    return {
        "forms": total,
        "states": {row.state: row.n for row in states},
        "overdue": overdue,
        "by_proxy": by_proxy,
        "trips": _trips(db),
        "receipts": receipts(db),
        "from_kiosks": kiosk_forms.counted(db, ("social_assistance",)),
        "late_receipts": db.scalar(select(func.count()).where(*late)) or 0,
    }


def _trips(db: Connection) -> dict[str, int]:
    """Days on which somebody came: of forms that a grid worker filed, and of the others."""
    first = and_(c.case_step.c.case == _f.case, c.case_step.c.n == 0)
    n = func.count(t.case_trip.c.day.distinct()).label("n")
    came = select(t.case_trip.c.case, n).group_by(t.case_trip.c.case).subquery()
    is_proxied = c.case_step.c.role == "grid_worker"
    query = (
        select(func.coalesce(func.sum(came.c.n).filter(is_proxied), 0), func.coalesce(func.sum(came.c.n), 0))
        .select_from(t.case_file.join(c.case_step, first).join(came, came.c.case == _f.case))
        .where(_f.matter == KIND, _f.drill == "")
    )
    proxied, everybody = db.execute(query).one()
    return {"by_proxy": int(proxied), "others": int(everybody) - int(proxied)}


def receipts(db: Connection) -> dict[str, dict[str, Any]]:
    """By owner: its tasks, how many it has receipted, reused and granted, and how long a receipt took (ms)."""
    took = _d.receipt_at_ms - _d.sent_at_ms
    query = select(
        _d.owner,
        func.count().label("tasks"),
        func.count(_d.receipt_at_ms).label("received"),
        func.count().filter(_d.reused_from != "").label("reused"),
        func.count().filter(_d.result == "granted").label("granted"),
        func.avg(took).label("mean"),
        func.max(took).label("longest"),
    ).group_by(_d.owner)
    found = {row.owner: row for row in db.execute(query)}
    return {
        owner: {
            "tasks": row.tasks, "received": row.received, "reused": row.reused, "granted": row.granted,
            "mean_ms": None if row.mean is None else round(row.mean), "longest_ms": row.longest,
        }
        for owner in OWNERS
        if (row := found.get(owner)) is not None
    }  # fmt: skip


def windows(db: Connection, now_ms: int) -> dict[str, Any]:
    """All 100 townships, with their window and when its box was last heard."""
    boxes = {row.id: row for row in db.execute(select(_box.id, _box.online, _box.heard_at_ms))}
    rows = db.execute(select(_e.key, _e.row).where(_e.ledger == NAME, _e.current))
    known = {key: Window.model_validate_json(row) for key, row in rows}
    listed = []
    for code, township in TOWNSHIPS.items():
        window = known.get(code)
        box = boxes.get(window.facility) if window else None
        listed.append({
            "township": code, "name": township.zh, "facility": window.facility if window else None,
            "heard_at_ms": box.heard_at_ms if box else None,
            "alive": box is not None and box.online and now_ms - box.heard_at_ms <= SILENT_MS,
        })  # fmt: skip
    return {
        "townships": len(listed),
        "windows": sum(one["facility"] is not None for one in listed),
        "alive": sum(bool(one["alive"]) for one in listed),
        "list": listed,
    }
