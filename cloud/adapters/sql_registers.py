"""What the API counts and lists of cases and text messages. Nothing that tells who somebody is."""

import math
from typing import Any

from sqlalchemy import Engine, func, select

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available
from cloud.ports import Row

_LAST_SENT = 1000


class SqlRegisters:
    """Implements cloud.ports.Registers. Cases of drills are not counted."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def cases(self, facility: str | None) -> Row:
        c, trip = t.case_file.c, t.case_trip.c
        real: list[Any] = [c.drill == ""]
        if facility is not None:
            real.append(c.facility == facility)
        days = (
            select(trip.facility, trip.case, func.count().label("trips")).group_by(trip.facility, trip.case).subquery()
        )
        counted = select(c.matter, c.state, func.count()).where(*real).group_by(c.matter, c.state)
        trips = (
            select(c.matter, func.count(), func.coalesce(func.sum(days.c.trips), 0))
            .select_from(t.case_file.outerjoin(days, (days.c.facility == c.facility) & (days.c.case == c.case)))
            .where(*real, c.state != "withdrawn")
            .group_by(c.matter)
        )
        with available(), self._engine.connect() as db:
            states = db.execute(counted.order_by(c.matter, c.state)).all()
            matters = db.execute(trips.order_by(c.matter)).all()
        return {
            "counts": [{"matter": matter, "state": state, "cases": cases} for matter, state, cases in states],
            "trips": [
                {"matter": matter, "cases": cases, "average": round(int(total) / cases, 3)}
                for matter, cases, total in matters
            ],
        }

    def messages(self, limit: int, now_ms: int) -> Row:
        c = t.sms.c
        listed = (
            select(
                c.facility, c.id, c.case, c.template, c.phone_masked, c.state, c.tries, c.reason, c.queued_at_ms,
                c.received_at_ms, c.sent_at_ms,
            )
            .order_by(c.received_at_ms.desc(), c.facility, c.id)
            .limit(limit)
        )  # fmt: skip
        last = (
            select(c.sent_at_ms - c.received_at_ms)
            .where(c.state == "sent")
            .order_by(c.sent_at_ms.desc())
            .limit(_LAST_SENT)
        )
        with available(), self._engine.connect() as db:
            counted = db.execute(select(c.state, func.count().label("n")).group_by(c.state))
            counts: dict[str, int] = {row.state: row.n for row in counted}
            oldest = db.scalar(select(func.min(c.received_at_ms)).where(c.state == "queued"))
            waits = sorted(db.scalars(last))
            messages = [dict(row) for row in db.execute(listed).mappings()]
        return {
            **{state: counts.get(state, 0) for state in ("queued", "sent", "failed")},
            "oldest_wait_ms": 0 if oldest is None else max(0, now_ms - oldest),
            "p99_ms": waits[math.ceil(len(waits) * 0.99) - 1] if waits else None,
            "messages": messages,
        }
