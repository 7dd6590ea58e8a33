"""Orders of payments whose end is not known yet (待定订单): none is ever both paid and lost.

An order is durable, with its draft, before the provider hears of it, and stays open until its end is known and what
follows from it is written down: the case is submitted as paid, the payment is noted with the case that was submitted
without it, or its return is asked for where nothing is left that it pays for. All this is found from the case as it is,
so that a cut between two steps only makes the second one come later.
"""

import logging
from collections.abc import Mapping
from dataclasses import replace
from hashlib import sha256
from typing import Any

from contract.events.data import EventData
from contract.lookups import PaymentState
from edge.domain.moment import Moment
from edge.domain.visits.case import OPEN, Case
from edge.domain.visits.conversation import Ending, Message, Walk, walk
from edge.domain.visits.order import PayOrder
from edge.domain.visits.questions import Answer, Card, Pad, Pay, Question
from edge.services.refunds import about, ask_refund, settled
from edge.services.visits.machine_side import MachineSide
from edge.services.visits.session import Session

log = logging.getLogger(__name__)
_KEPT, _REFUND = "pay.kept", "pay.refund"


class Paying(MachineSide):
    """Of the visits at a kiosk."""

    def open_order(self, session_id: str, question: Pay) -> bool:
        """Durable when it returns True; False when nobody waits for it any more. Raises StoreUnavailable."""
        with self._changed:
            session, now = self._sessions.find(session_id), self._clock.now()
            if session is None or session.asks != question:
                return False
            case = session.case
            order = PayOrder(question.order, case.id, question.name, question.amount_fen, now.wall_ms)
            with self._store.transaction() as writing:
                case.code = case.code or self._drafts.new_code(now)
                writing.keep(case)
                writing.open_order(order)
            session.kept = True
            return True

    def settle(self, order: PayOrder, payment: PaymentState | None) -> bool:
        """What the provider says of an open order now; None: nobody asked it to open one, and nobody will.

        True when the order has its end here too. Raises StoreUnavailable.
        """
        with self._changed:
            if payment is not None and payment["state"] == "created":
                return False
            session = next((one for one in self._sessions if one.case.id == order.case), None)
            if session is not None and session.case.state == "draft":
                return self._settle_before(session, order, payment)
            case, now = self._store.case(order.case), self._clock.now()
            if payment is None or payment["state"] != "paid" or case is None:
                self._close(order, case)
                return True
            if case.state == "draft":
                if case.matter not in self._matters:
                    log.error("order %s waits: %s is not offered here any more", order.id, case.matter)
                    return False
                case = self._submitted(case, order, payment, now)
            answer = case.answers.get(order.question, {})
            if answer.get("state") != "paid" or answer.get("order", order.id) != order.id:
                self._note(case, order, payment, now)
            self._close(order, self._store.case(order.case))
            return True

    def _settle_before(self, session: Session, order: PayOrder, payment: PaymentState | None) -> bool:
        """The visitor is still there; whether it pays for something is seen when they have come to the end, or left."""
        at = session.asks
        if not isinstance(at, Pay) or (at.order, at.amount_fen) != (order.id, order.amount_fen):
            return False
        if payment is not None and payment["state"] == "paid":
            self.give(session.id, order.question, payment)
        elif payment is not None:
            self.tell(session.id, order.question, state="failed", hint="pay.again")
        return False

    def _close(self, order: PayOrder, case: Case | None) -> None:
        with self._store.transaction() as writing:
            writing.close_order(order.id)
            matter = self._matters.get(case.matter) if case else None
            if matter is not None and not matter.keeps_draft and case is not None and case.desk.get("left"):
                writing.forget(order.case)  # who was only cut off comes back to it

    def _submitted(self, draft: Case, order: PayOrder, payment: PaymentState, now: Moment) -> Case:
        """As if its visitor had waited for the payment. Where that is not what they paid for any more, it is submitted
        without it; where the same act was submitted before, that one is returned.
        """
        matter, visit = self._matters[draft.matter], self._visit(draft, {})
        paid: dict[str, Answer] = {**draft.answers, order.question: payment}
        walked, events, told = walk(matter, visit, paid), list[EventData](), tuple[Message, ...]()
        if _pays_for_something(walked, order):
            draft.answers = paid
            events = [settled(draft, payment, "paid")]
            if phone := str(_said(walked.asked, paid)["phone"]):
                told = (Message(template=_KEPT, phone=phone, text=self.message(_KEPT, draft)),)
        else:
            walked = walk(matter, visit, draft.answers)
        ending = walked.at
        if not isinstance(ending, Ending) or ending.state is None:
            ending = Ending(key="paid_back", sealed=_said(walked.asked, draft.answers), undo=False, rating=False)
        ending = replace(ending, ticket=None, messages=(*ending.messages, *told))  # nobody waits in the hall for it
        if not self._endings.end(draft, matter, ending, visit, events, now):
            return draft
        return self._store.case((draft.result or {})["case"]) or draft

    def _note(self, case: Case, order: PayOrder, payment: PaymentState, now: Moment) -> None:
        """With a case that was submitted without it: it is paid after all, or the money goes back."""
        with self._store.transaction() as writing:
            case = self._store.case(case.id) or case  # as staff have left it
            noted = case.desk.get("paid", {})
            if noted.get("order") == order.id:
                return
            waits = case.answers.get(order.question, {}).get("state") == "at_counter" and order.case == case.id
            is_kept = waits and case.state in OPEN and not noted
            events = [settled(case, payment, "paid")] if is_kept else ask_refund(case, payment, now)
            if not events:
                return
            if is_kept:
                case.desk["paid"] = {**about(payment), "at_ms": now.wall_ms}
                case.result = {**(case.result or {}), "undo": False}  # money is given back by people
            else:
                self._calls.call_in(writing, "help", case.id)
            case.changed_ms = now.wall_ms
            template, phone = _KEPT if is_kept else _REFUND, str(case.desk.get("sealed", {}).get("phone", ""))
            if phone:
                message = Message(template=template, phone=phone, text=self.message(template, case))
                self._endings.send(writing, case, message, sha256(order.id.encode()).hexdigest()[:8], events, now)
            else:
                writing.add_events(events, now)
            writing.keep(case)


def _pays_for_something(walked: Walk, order: PayOrder) -> bool:
    asked, end = walked.question(order.question), walked.at
    fits = isinstance(asked, Pay) and (asked.order, asked.amount_fen) == (order.id, order.amount_fen)
    return fits and isinstance(end, Ending) and end.state is not None


def _said(asked: tuple[Question, ...], answers: Mapping[str, Answer]) -> dict[str, Any]:
    """Who it was, as far as they had said so."""
    phones = [answers[one.name]["typed"] for one in asked if isinstance(one, Pad) and one.kind == "phone"]
    persons = [answers[one.name]["person"] for one in asked if isinstance(one, Card) and "person" in answers[one.name]]
    return {"persons": persons, "phone": next(filter(None, phones), "")}
