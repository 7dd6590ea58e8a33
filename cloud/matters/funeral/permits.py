"""Permits to take remains out of the city (遗体外运许可), as the homes issued them: whose power, how long, received.

The funeral home's desk issues and signs them without a network (edge.services.desk.permits); here they are watched.
"""

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, and_, func, select

from cloud.adapters import tables as t
from cloud.domain.actor import covers
from cloud.matters.funeral import points
from cloud.matters.funeral.records import remains_transfer_permit

RECEIPT_DUE_MS = 72 * 3_600_000  # (P): from the departure; from the permit, where none was told
_p, _f, _trip = remains_transfer_permit.c, t.facility.c, t.case_trip.c


def due_ms(issued_at_ms: int, departed_at_ms: int | None) -> int:
    """Until when the receiving home's receipt (接收证明) is in time. Pure."""
    return (departed_at_ms if departed_at_ms is not None else issued_at_ms) + RECEIPT_DUE_MS


def overdue(db: Connection, now_ms: int, limit: int) -> Sequence[Any]:
    """Permits without a receipt and without an alert whose time is over."""
    begun = func.coalesce(_p.departed_at_ms, _p.issued_at_ms)
    late = select(_p.facility, _p.case).where(
        _p.received_at_ms.is_(None), _p.alert == "", begun < now_ms - RECEIPT_DUE_MS
    )
    return db.execute(late.order_by(begun, _p.case).limit(limit)).all()


def audit(db: Connection, area: str, now_ms: int, limit: int) -> list[dict[str, Any]]:
    """The newest first. `authorised`: the approver has the city's power; `trips`: days on which the family came."""
    lent = points.may_approve(db)
    of_case = and_(t.case_file.c.facility == _p.facility, t.case_file.c.case == _p.case)
    trips = select(func.count()).where(_trip.facility == _p.facility, _trip.case == _p.case).scalar_subquery()
    query = (
        select(remains_transfer_permit, _f.area, _f.kind, t.case_file.c.state, trips.label("trips"))
        .select_from(remains_transfer_permit)
        .outerjoin(t.facility, _f.id == _p.facility)
        .outerjoin(t.case_file, of_case)
        .order_by(_p.issued_at_ms.desc(), _p.facility, _p.case)
        .limit(limit)
    )
    return [
        {
            "permit": row.permit, "home": row.facility, "home_kind": row.kind, "case": row.case, "state": row.state,
            "approver": row.approver, "authorised": (row.facility, row.approver) in lent, "key": row.key,
            "qr_sha256": row.qr_sha256, "issued_at_ms": row.issued_at_ms, "departed_at_ms": row.departed_at_ms,
            "received_at_ms": row.received_at_ms, "receipt": row.receipt, "alert": row.alert, "trips": row.trips,
            "due_ms": (due := due_ms(row.issued_at_ms, row.departed_at_ms)),
            "overdue": row.received_at_ms is None and now_ms > due,
        }
        for row in db.execute(query)
        if covers(area, row.area or "")
    ]  # fmt: skip
