"""Text messages that wait for a sender. Several senders may work on the same table: each takes what it sends."""

from typing import Any

from sqlalchemy import Engine, and_, select, tuple_, update

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available
from cloud.ports import WaitingSms

_AT_ONCE = 50


class SqlSms:
    """Implements cloud.ports.SmsBox."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def take(self, now_ms: int, until_ms: int) -> list[WaitingSms]:
        c = t.sms.c
        is_due = and_(c.state == "queued", c.next_at_ms <= now_ms)
        oldest = select(c.facility, c.id).where(is_due).order_by(c.next_at_ms, c.id).limit(_AT_ONCE)
        taken = (
            update(t.sms)
            .where(tuple_(c.facility, c.id).in_(oldest.with_for_update(skip_locked=True)), is_due)
            .values(next_at_ms=until_ms)
            .returning(c.facility, c.id, c.sealed, c.tries, c.received_at_ms)
        )
        with available(), self._engine.begin() as db:
            rows = [WaitingSms(*row) for row in db.execute(taken)]
        return sorted(rows, key=lambda sms: (sms.received_at_ms, sms.id))

    def sent(self, sms: WaitingSms, phone_masked: str, at_ms: int) -> None:
        """What it said is needed no more."""
        self._write(sms, state="sent", sent_at_ms=at_ms, phone_masked=phone_masked, sealed=None)

    def again(self, sms: WaitingSms, tries: int, at_ms: int) -> None:
        self._write(sms, tries=tries, next_at_ms=at_ms)

    def failed(self, sms: WaitingSms, tries: int, reason: str) -> None:
        self._write(sms, state="failed", tries=tries, reason=reason[:256])

    def _write(self, sms: WaitingSms, **values: Any) -> None:
        c = t.sms.c
        which = and_(c.facility == sms.facility, c.id == sms.id, c.state == "queued")
        with available(), self._engine.begin() as db:
            db.execute(update(t.sms).where(which).values(**values))
