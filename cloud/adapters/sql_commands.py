"""Commands to facilities: asked by a page, sent until answered by an event, or until they expire."""

from sqlalchemy import Engine, insert, or_, select, update

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available
from contract.command import Command

_AT_ONCE = 100


class SqlCommands:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def ask(self, facility: str, command: Command, now_ms: int, expires_at_ms: int) -> None:
        with available(), self._engine.begin() as db:
            db.execute(
                insert(t.command).values(
                    id=command.id, facility=facility, action=command.action, subject=command.subject, by=command.by,
                    reason=command.reason, asked_at_ms=now_ms, expires_at_ms=expires_at_ms,
                )
            )  # fmt: skip

    def facility_of_alarm(self, alarm: str) -> str | None:
        with available(), self._engine.connect() as db:
            return db.scalar(select(t.alarm.c.facility).where(t.alarm.c.id == alarm))

    def due(self, now_ms: int, repeat_after_ms: int) -> list[tuple[str, str, Command]]:
        c = t.command.c
        waiting = (
            select(t.facility.c.area, c.facility, c.id, c.action, c.subject, c.by, c.reason)
            .join(t.facility, t.facility.c.id == c.facility)
            .where(c.answered_at_ms.is_(None), c.expires_at_ms > now_ms)
            .where(or_(c.sent_at_ms.is_(None), c.sent_at_ms <= now_ms - repeat_after_ms))
            .order_by(c.asked_at_ms)
            .limit(_AT_ONCE)
        )
        with available(), self._engine.connect() as db:
            rows = db.execute(waiting).all()
        if not rows:
            return []
        with available(), self._engine.begin() as db:
            db.execute(update(t.command).where(c.id.in_([row.id for row in rows])).values(sent_at_ms=now_ms))
        return [(row.area, row.facility, Command(row.id, row.action, row.subject, row.by, row.reason)) for row in rows]
