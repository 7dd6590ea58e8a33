"""Numbers of the funeral service, each to be counted again from the cases, the ledgers and the log."""

from typing import Any

from sqlalchemy import Connection, func, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.matters.funeral import accompaniment, custody, permits, records
from cloud.matters.funeral.custody import Move
from cloud.matters.funeral.rules import ALONE
from contract.cremation_notice import TEMPLATE

_s, _e, _f, _m = c.case_step.c, c.ledger_entry.c, records.funeral_case.c, t.sms.c
_c, _p, _i = records.custody_event.c, records.remains_transfer_permit.c, records.funeral_incident.c


def figures(db: Connection, now_ms: int) -> dict[str, Any]:
    return {
        "accompaniment": _coverage(db),
        "custody": _custody(db),
        "incidents": {str(row.why): row.n for row in db.execute(
            select(_i.why, func.count().label("n")).group_by(_i.why).order_by(_i.why)
        )},
        "messages": _messages(db),
        "permits": _permits(db, now_ms),
    }  # fmt: skip


def _coverage(db: Connection) -> dict[str, Any]:
    """Of all steps of all funeral cases, those that were taken while somebody attended to the family."""
    there = select(_e.key).where(_e.ledger == accompaniment.NAME, _e.key == _s.case, _e.at_ms <= _s.at_ms).exists()
    taken = (
        select(func.count())
        .select_from(c.case_step)
        .join(records.funeral_case, _f.case == _s.case)
        .where(_s.n > 0, _s.step.not_in(ALONE))
    )
    steps, attended = db.scalar(taken) or 0, db.scalar(taken.where(there)) or 0
    open_cases = select(func.count()).select_from(records.funeral_case).where(_f.over.is_(False))
    return {
        "steps": steps, "attended": attended, "coverage": round(attended / steps, 4) if steps else None,
        "open_cases": db.scalar(open_cases), "unattended": db.scalar(open_cases.where(_f.attendant == "")),
    }  # fmt: skip


def _custody(db: Connection) -> dict[str, Any]:
    by_case: dict[str, list[Move]] = {}
    for row in db.execute(select(records.custody_event).order_by(_c.case, _c.n)):
        by_case.setdefault(row.case, []).append(as_move(row))
    broken = sorted(case for case, moves in by_case.items() if custody.breaks(moves))
    return {"cases": len(by_case), "moves": sum(map(len, by_case.values())), "broken": broken}


def as_move(row: Any) -> Move:
    """A row of custody_event."""
    return Move(row.move, row.read, row.read_at_ms, row.at_ms, row.attendant)


def _messages(db: Connection) -> dict[str, Any]:
    """From when the city has a message to when the gateway has it; the 99th of a hundred."""
    of_it = _m.template == TEMPLATE
    states = {row.state: row.n for row in db.execute(
        select(_m.state, func.count().label("n")).where(of_it).group_by(_m.state)
    )}  # fmt: skip
    took = sorted(db.scalars(select(_m.sent_at_ms - _m.queued_at_ms).where(of_it, _m.sent_at_ms.is_not(None))))
    return {
        "queued": states.get("queued", 0), "sent": states.get("sent", 0), "failed": states.get("failed", 0),
        "p99_ms": nearest(took, 99),
    }  # fmt: skip


def nearest(values: list[int], percent: int) -> int | None:
    """The nearest-rank percentile of sorted values. Pure."""
    return values[max(0, -(-len(values) * percent // 100) - 1)] if values else None


def _permits(db: Connection, now_ms: int) -> dict[str, Any]:
    rows = db.execute(select(_p.issued_at_ms, _p.departed_at_ms, _p.received_at_ms)).all()
    late = [
        row for row in rows
        if row.received_at_ms is None and now_ms > permits.due_ms(row.issued_at_ms, row.departed_at_ms)
    ]  # fmt: skip
    received = sum(row.received_at_ms is not None for row in rows)
    return {"issued": len(rows), "received": received, "overdue": len(late)}
