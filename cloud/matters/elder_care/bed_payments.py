"""The deposit of a booked bed (在线支付): an order at the provider, told any number of times, taken once.

The case moves when the records know that it is paid: a job looks, so a call-back that was lost is found as well. What
was paid for a booking that is over goes back (退款).
"""

from collections.abc import Sequence

from sqlalchemy import Connection, and_, func, or_, select

from cloud.adapters import tables as t
from cloud.domain.actor import SYSTEM, Actor
from cloud.matters.elder_care import care_records as records
from cloud.matters.elder_care.beds import OVER
from cloud.matters.elder_care.care_records import BOOKING
from cloud.ports import CityLog, LookupUnavailable
from cloud.services.casework import Casework, NoSuchCase, NotAllowed, Refused
from cloud.services.payments import Payments
from cloud.services.refunds import NotPaid, Refunds
from contract.events.city import CITY
from contract.lookups import PaymentAsked, PaymentState, RefundAsked

EVERY_S = 2.0
_MOST_TRIES = 9
_ENDED_BADLY = ("failed", "cancelled")
_LOOKED_AT_MS = 24 * 3_600_000
"""For so long after a booking is over a payment may still turn out to be made."""
_p, _r, _f = t.payment.c, t.payment_refund.c, t.case_file.c


class BedPayments:
    """A job, and what a page asks. Each method raises RecordsUnavailable."""

    def __init__(self, log: CityLog, casework: Casework, payments: Payments, refunds: Refunds) -> None:
        self._log, self._casework, self._payments, self._refunds = log, casework, payments, refunds

    def order(self, case: str, actor: Actor) -> PaymentState:
        """Opens the order, or tells how it stands; after one that failed a new one. The same actors as may cancel it.

        Raises NoSuchCase, NotAllowed, Refused, LookupUnavailable.
        """
        with self._log.writing() as writing:
            now, bed = writing.books.case_now(case), records.bed(writing.books.db, case)
            if now is None or bed is None or now.kind != BOOKING:
                raise NoSuchCase(f"no booking {case}")
            kind = self._casework.kinds[BOOKING]
            theirs = writing.books.persons_of(case)
            if not (
                actor.number in theirs if actor.role == "applicant" else kind.reaches(writing.books.db, now, actor)
            ):
                raise NotAllowed("the booking is not yours to pay for")
            if actor.role not in kind.opens:
                raise NotAllowed(f"a {actor.role} pays for no booking")
            orders = _orders(writing.books.db, case)
        open_one = next((order for order, state in orders if state not in _ENDED_BADLY), None)
        if now.state in OVER or (open_one is None and now.state != "reserved"):
            raise Refused(f"the booking is {now.state}: there is nothing to pay", "该预订无需支付")
        if open_one is None and len(orders) >= _MOST_TRIES:
            raise Refused("too many payments failed: book again", "支付失败次数过多，请重新预订")
        asked = PaymentAsked(
            facility=CITY, case=case, order=open_one or f"{case}.{len(orders) + 1}", amount_fen=bed["deposit_fen"]
        )
        told = self._payments.ask(asked)
        self._take(case)
        return self._payments.look(CITY, asked.order) or told

    def step(self) -> int:
        """How many were taken, or given back. A provider that does not answer is asked again."""
        with self._log.writing() as writing:
            waiting, over = _waiting(writing.books.db), _over(writing.books.db, writing.now_ms)
        done = sum(self._look(case, order) for case, order in waiting)
        done += sum(self._lapse(case) for case in self._late())
        return done + sum(self._give_back(case, order) for case, order in over)

    def _look(self, case: str, order: str) -> bool:
        self._payments.look(CITY, order)
        return self._take(case)

    def _take(self, case: str) -> bool:
        """Whether it was paid, and the case did not know."""
        with self._log.writing() as writing:
            now = writing.books.case_now(case)
            paid = select(_p.order, _p.amount_fen, _p.reference).where(_p.facility == CITY, _p.case == case)
            found = writing.books.db.execute(paid.where(_p.state == "paid")).first()
            if now is None or now.state != "reserved" or found is None:
                return False
            form = {"order": found.order, "amount_fen": found.amount_fen, "reference": found.reference}
            self._casework.step_in(writing, now, "pay", form, SYSTEM)
        return True

    def _late(self) -> Sequence[str]:
        with self._log.writing() as writing:
            late = _f.matter == BOOKING, _f.state == "reserved", _f.due_at_ms < writing.now_ms
            return list(writing.books.db.scalars(select(_f.case).where(*late).order_by(_f.case)))

    def _lapse(self, case: str) -> bool:
        with self._log.writing() as writing:
            now = writing.books.case_now(case)
            if now is None or now.state != "reserved":
                return False
            self._casework.step_in(writing, now, "lapse", {}, SYSTEM)
        return True

    def _give_back(self, case: str, order: str) -> bool:
        try:
            self._payments.look(CITY, order)
            self._refunds.ask(RefundAsked(facility=CITY, case=case, order=order))
        except (NotPaid, LookupUnavailable):
            return False
        return True


def _orders(db: Connection, case: str) -> Sequence[tuple[str, str]]:
    """(order, state) of a booking, the first first."""
    query = select(_p.order, _p.state).where(_p.facility == CITY, _p.case == case)
    return [(row.order, row.state) for row in db.execute(query.order_by(_p.order))]


def _waiting(db: Connection) -> Sequence[tuple[str, str]]:
    """(case, order) of bookings that are held and not known to be paid."""
    both = select(_f.case, _p.order).join(t.payment, and_(_p.case == _f.case, _p.facility == CITY))
    held = both.where(_f.matter == BOOKING, _f.state == "reserved", _p.state.in_(("created", "paid")))
    return [(row.case, row.order) for row in db.execute(held.order_by(_f.case, _p.order))]


def _over(db: Connection, now_ms: int) -> Sequence[tuple[str, str]]:
    """(case, order) of bookings that are over, and whose money is not known to be given back."""
    joined = select(_f.case, _p.order).join(t.payment, and_(_p.case == _f.case, _p.facility == CITY))
    joined = joined.outerjoin(t.payment_refund, and_(_r.facility == CITY, _r.order == _p.order))
    to_give = or_(_p.state == "paid", and_(_p.state == "created", _f.changed_at_ms > now_ms - _LOOKED_AT_MS))
    over = joined.where(_f.matter == BOOKING, _f.state.in_(OVER), to_give, func.coalesce(_r.state, "") != "refunded")
    return [(row.case, row.order) for row in db.execute(over.order_by(_f.case, _p.order))]
