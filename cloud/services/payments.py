"""Payments (支付): an order is opened once, asked about again and again, and settled once, whoever tells its end."""

from collections.abc import Callable

from cloud.ports import LookupUnavailable, Order, PaymentBook, PaymentProvider
from contract.lookups import PaymentAsked, PaymentState, PaymentStep


class OtherOrder(Exception):
    """An order of this name is there, for another amount or case."""


class Payments:
    def __init__(self, book: PaymentBook, provider: PaymentProvider, clock: Callable[[], int]) -> None:
        self._book, self._provider, self._clock = book, provider, clock

    def ask(self, asked: PaymentAsked) -> PaymentState:
        """Opens it, or the same one again. Raises OtherOrder, LookupUnavailable, RecordsUnavailable.

        It is written down before the provider hears of it, who knows it by its name: a cut in between opens no second.
        """
        wanted = Order(asked.facility, asked.order, asked.case, asked.amount_fen, "created", self._provider.name, "")
        order = self._book.create(wanted, self._clock())
        if (order.case, order.amount_fen) != (asked.case, asked.amount_fen):
            raise OtherOrder(f"order {asked.order} is there already, for another amount or case")
        if order.state == "created" and not order.reference:
            reference, step = self._provider.open(f"{order.facility}/{order.order}", order.amount_fen)
            self._book.refer(order, reference)
            self.settle(reference, step)
        return self._now(order)

    def look(self, facility: str, order: str) -> PaymentState | None:
        """Asks the provider while it has no end: a call-back may have been lost. Raises RecordsUnavailable."""
        found = self._book.find(facility, order)
        if found is None:
            return None
        if found.state == "created" and found.reference:
            try:
                self.settle(found.reference, self._provider.step(found.reference))
            except LookupUnavailable:
                return _told(found)
        return self._now(found)

    def called_back(self, body: bytes, signature: str) -> bool:
        """Any number of times is once. False: it was not the provider who called."""
        told = self._provider.told(body, signature)
        if told is not None:
            self.settle(*told)
        return told is not None

    def settle(self, reference: str, step: PaymentStep) -> None:
        if step != "created":
            self._book.settle(self._provider.name, reference, step, self._clock())

    def _now(self, order: Order) -> PaymentState:
        return _told(self._book.find(order.facility, order.order) or order)


def _told(order: Order) -> PaymentState:
    return {
        "order": order.order, "amount_fen": order.amount_fen, "state": order.state, "provider": order.provider,
        "reference": order.reference,
    }  # fmt: skip
