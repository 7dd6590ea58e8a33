"""Asks how open orders (待定订单) stand, until each has its end: who paid and walked away, or was cut off, is not lost.

What follows from an end is the visits' (edge.services.visits.paying). Asked soon at first, then more and more rarely.
"""

import logging
from collections.abc import Callable
from typing import Protocol

from contract.lookups import PaymentState
from edge.domain.moment import Moment
from edge.domain.visits.order import PayOrder
from edge.ports import CaseStore, CloudLookups, CloudUnreachable

_SOON_S, _RARELY_S = 2.0, 600.0
_NEVER_OPENED_AFTER_S = 600.0
"""How long the cloud must not know an order: what was asked of it may still be on the way."""
log = logging.getLogger(__name__)


class Settles(Protocol):
    def settle(self, order: PayOrder, payment: PaymentState | None) -> bool: ...


class OpenOrders:
    def __init__(self, store: CaseStore, cloud: CloudLookups, visits: Settles, is_online: Callable[[], bool]) -> None:
        self._store, self._cloud, self._visits, self._is_online = store, cloud, visits, is_online
        self._next: dict[str, tuple[float, float]] = {}  # by order: not before, and after what pause; monotonic s
        self._unknown_since: dict[str, float] = {}

    def step(self, now: Moment) -> int:
        """Returns how many orders have got their end. To be called again and again. Raises StoreUnavailable."""
        done = 0
        if not self._is_online():
            return done
        for order in self._store.open_orders():
            not_before, pause_s = self._next.get(order.id, (0.0, _SOON_S))
            if now.monotonic < not_before:
                continue
            self._next[order.id] = now.monotonic + pause_s, min(2 * pause_s, _RARELY_S)
            try:
                payment = self._cloud.payment(order.id)
            except CloudUnreachable as error:
                log.info("an order must wait: %s", error)
                break
            if payment is not None:
                self._unknown_since.pop(order.id, None)
            elif not self._never_came(order, now):
                continue
            if self._visits.settle(order, payment):
                done += 1
                self._next.pop(order.id, None)
                self._unknown_since.pop(order.id, None)
        return done

    def _never_came(self, order: PayOrder, now: Moment) -> bool:
        return now.monotonic - self._unknown_since.setdefault(order.id, now.monotonic) >= _NEVER_OPENED_AFTER_S
