"""Orders of payments. An end, once reached, stays."""

from sqlalchemy import Engine, and_, select, update

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available, insert_once
from cloud.ports import Order
from contract.lookups import PaymentStep

_c = t.payment.c
_ORDER = (_c.facility, _c.order, _c.case, _c.amount_fen, _c.state, _c.provider, _c.reference)


class SqlPayments:
    """Implements cloud.ports.PaymentBook."""

    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    def create(self, order: Order, at_ms: int) -> Order:
        row = {
            "facility": order.facility, "order": order.order, "case": order.case, "amount_fen": order.amount_fen,
            "state": "created", "provider": order.provider, "created_at_ms": at_ms,
        }  # fmt: skip
        with available(), self._engine.begin() as db:
            insert_once(db, t.payment, row)
        return self.find(order.facility, order.order) or order

    def find(self, facility: str, order: str) -> Order | None:
        with available(), self._engine.connect() as db:
            row = db.execute(select(*_ORDER).where(_c.facility == facility, _c.order == order)).first()
        return Order(*row) if row else None

    def refer(self, order: Order, reference: str) -> None:
        which = and_(_c.facility == order.facility, _c.order == order.order)
        with available(), self._engine.begin() as db:
            db.execute(update(t.payment).where(which).values(reference=reference))

    def settle(self, provider: str, reference: str, state: PaymentStep, at_ms: int) -> bool:
        open_one = and_(_c.provider == provider, _c.reference == reference, _c.state == "created")
        with available(), self._engine.begin() as db:
            settled = update(t.payment).where(open_one).values(state=state, settled_at_ms=at_ms)
            return db.execute(settled).rowcount == 1
