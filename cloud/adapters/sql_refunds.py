"""What is given back of payments, once for each order."""

from sqlalchemy import ColumnElement, Engine, and_, select, update

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available, insert_once
from cloud.ports import Order

_c = t.payment_refund.c


class SqlRefunds:
    """Implements cloud.ports.RefundBook."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def begin(self, order: Order, at_ms: int) -> str:
        row = {
            "facility": order.facility, "order": order.order, "case": order.case, "amount_fen": order.amount_fen,
            "state": "asked", "asked_at_ms": at_ms,
        }  # fmt: skip
        with available(), self._engine.begin() as db:
            insert_once(db, t.payment_refund, row)
            return str(db.scalar(select(_c.reference).where(_which(order))) or "")

    def end(self, order: Order, reference: str, at_ms: int) -> None:
        with available(), self._engine.begin() as db:
            ended = update(t.payment_refund).where(_which(order), _c.state == "asked")
            db.execute(ended.values(state="refunded", reference=reference, settled_at_ms=at_ms))


def _which(order: Order) -> ColumnElement[bool]:
    return and_(_c.facility == order.facility, _c.order == order.order)
