"""Refunds (退款): what was paid for an order goes back whence it came, all of it, once, however often it is asked."""

from collections.abc import Callable

from cloud.ports import PaymentBook, PaymentProvider, RefundBook
from contract.lookups import RefundAsked, RefundState


class NoOrder(Exception):
    """There is no such order of this facility."""


class NotPaid(Exception):
    """Nothing was paid for it."""


class Refunds:
    def __init__(
        self, payments: PaymentBook, book: RefundBook, provider: PaymentProvider, clock: Callable[[], int]
    ) -> None:
        self._payments, self._book, self._provider, self._clock = payments, book, provider, clock

    def ask(self, asked: RefundAsked) -> RefundState:
        """Raises NoOrder, NotPaid, LookupUnavailable, RecordsUnavailable.

        It is written down before the provider hears of it, who knows it by the payment: a cut in between, or two
        who ask at once, give nothing back twice.
        """
        order = self._payments.find(asked.facility, asked.order)
        if order is None:
            raise NoOrder(f"no order {asked.order} of {asked.facility}")
        if order.state != "paid":
            raise NotPaid(f"order {asked.order} is {order.state}: there is nothing to give back")
        reference = self._book.begin(order, self._clock())
        if not reference:
            reference = self._provider.refund(order.reference)
            self._book.end(order, reference, self._clock())
        return {
            "order": order.order, "amount_fen": order.amount_fen, "state": "refunded", "provider": order.provider,
            "reference": reference,
        }  # fmt: skip
