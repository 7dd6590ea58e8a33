"""Gives back (退款) what was paid for a case that was taken back or refused, as soon as the cloud is reached.

The cloud gives an order back once, however often it is asked; that it did is written down with its event and the
message to the visitor in one transaction. Asked again soon at first, then more and more rarely.
"""

import logging
from collections.abc import Callable, Sequence
from hashlib import sha256
from typing import Protocol

from contract.events.data import EventData
from contract.events.visits import PaymentSettled
from contract.lookups import RefundState
from edge.domain.moment import Moment
from edge.domain.visits.case import Case
from edge.domain.visits.conversation import Message
from edge.domain.visits.refund import GIVEN_BACK, Owed, owed
from edge.ports import CaseStore, CaseWriting, CloudLookups, CloudUnreachable

_SOON_S, _RARELY_S = 5.0, 600.0
_TEMPLATE = "pay.refunded"
Wording = Callable[[str, Case], str]
"""The text of a message, by its template."""
log = logging.getLogger(__name__)


class Sends(Protocol):
    """A message about a case, after events, in the caller's transaction (edge.services.endings)."""

    def send(
        self, writing: CaseWriting, case: Case, message: Message, name: str, events: Sequence[EventData], now: Moment
    ) -> None: ...


class Refunding:
    def __init__(
        self, store: CaseStore, cloud: CloudLookups, endings: Sends, wording: Wording, is_online: Callable[[], bool]
    ) -> None:
        self._store, self._cloud, self._endings = store, cloud, endings
        self._wording, self._is_online = wording, is_online
        self._next: dict[str, tuple[float, float]] = {}  # by order: not before, and after what pause; monotonic s

    def step(self, now: Moment) -> int:
        """Returns how many orders were given back. To be called again and again. Raises StoreUnavailable."""
        done = 0
        if not self._is_online():
            return done
        for case in self._store.some(self._store.owing()):
            for one in owed(case):
                not_before, pause_s = self._next.get(one.order, (0.0, _SOON_S))
                if now.monotonic < not_before:
                    continue
                try:
                    back = self._cloud.refund(one.order, case.id)
                except CloudUnreachable as error:
                    log.info("a refund must wait: %s", error)
                    self._next[one.order] = now.monotonic + pause_s, min(2 * pause_s, _RARELY_S)
                    return done  # if it is this one, others need not wait
                self._note(case.id, one, back, now)
                self._next.pop(one.order, None)
                done += 1
        return done

    def _note(self, case_id: str, one: Owed, back: RefundState, now: Moment) -> None:
        with self._store.transaction() as writing:
            case = self._store.case(case_id)
            if case is None or one not in owed(case):
                return
            about = {"order": one.order, "amount_fen": back["amount_fen"], "reference": back["reference"],
                     "at_ms": now.wall_ms}  # fmt: skip
            case.desk[GIVEN_BACK] = [*case.desk.get(GIVEN_BACK, ()), about]
            event = PaymentSettled(
                case=case.id, order=one.order, amount_fen=back["amount_fen"], provider=back["provider"],
                result="refunded", reference=back["reference"],
            )  # fmt: skip
            if phone := str(case.desk.get("sealed", {}).get("phone", "")):
                message = Message(template=_TEMPLATE, phone=phone, text=self._wording(_TEMPLATE, case))
                name = sha256(f"refund/{one.order}".encode()).hexdigest()[:8]
                self._endings.send(writing, case, message, name, [event], now)
            else:
                writing.add_events([event], now)
            case.changed_ms = now.wall_ms
            writing.keep(case)
