"""Ledgers (台账) of the city: rows that are facts. A change is a new version, and none is ever overwritten.

A sealed ledger's row carries the office's signature over what stands in it; `broken` finds a byte that was changed.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from cloud.domain.actor import Actor, Role, covers
from cloud.domain.case_now import LedgerRow
from cloud.domain.forms import Form
from cloud.ports import CityLog, LogWriting, Sealer, Signer, Tokens
from cloud.services.casework import NotAllowed, Refused, fitting, parsed
from contract.events.city import LedgerEntered
from contract.events.envelope import encode

__all__ = ["Entering", "Ledger", "Ledgers", "NotAllowed", "Refused", "only_in", "signed_text"]


@dataclass(frozen=True, slots=True)
class Entering:
    """What a rule looks at. `before` None: the first version."""

    db: Connection
    row: Form
    before: LedgerRow | None
    actor: Actor
    now_ms: int


def only_in(entering: Entering, *areas: str, field: str = "area") -> None:
    """Staff enter what belongs to their area, and take nothing over from another. Raises NotAllowed.

    `field`: of the row, where the area stands.
    """
    before = (str(entering.before.row[field]),) if entering.before and field in entering.before.row else ()
    for place in (*before, *areas):
        if not covers(entering.actor.area, place):
            raise NotAllowed(f"it belongs to {place}, which is not in {entering.actor.area}")


def no_rule(_entering: Entering) -> None:
    """For a ledger that takes what its model takes."""


@dataclass(frozen=True, kw_only=True)
class Ledger:
    """`key`: which row, from what stands in it; `signed`: each version is signed; `check` raises Refused.

    `private`: its rows are read by the service's own routes alone, which write down who did.
    """

    name: str
    model: type[Form]
    key: Callable[[Any], str]
    enters: frozenset[Role]
    signed: bool = False
    private: bool = False
    check: Callable[[Entering], None] = no_rule


class Ledgers:
    def __init__(self, log: CityLog, ledgers: Mapping[str, Ledger], seal: Sealer, sign: Signer, tokens: Tokens) -> None:
        self._log, self.ledgers, self._seal, self._sign, self._tokens = log, ledgers, seal, sign, tokens

    def enter(self, ledger: str, filled: Mapping[str, Any], actor: Actor, *, reason: str = "") -> LedgerRow:
        """Raises BadForm, NotAllowed, Refused, RecordsUnavailable."""
        of = self.ledgers[ledger]
        if actor.role not in of.enters:
            raise NotAllowed(f"{ledger} is entered by {', '.join(sorted(of.enters))}, not by a {actor.role}")
        row = parsed(of.model, filled)
        with self._log.writing() as writing:
            return self.enter_in(writing, of, row, actor, reason=reason)

    def enter_named(self, writing: LogWriting, ledger: str, filled: Mapping[str, Any], actor: Actor) -> LedgerRow:
        """What follows from a step of a case, in its transaction; who may take the step may do this."""
        of = self.ledgers[ledger]
        return self.enter_in(writing, of, parsed(of.model, filled), actor)

    def enter_in(self, writing: LogWriting, ledger: Ledger, row: Form, actor: Actor, *, reason: str = "") -> LedgerRow:
        """The same in a transaction that does more. Entering what stands there already changes nothing."""
        row = row.tokened(self._tokens.of)
        books, key = writing.books, ledger.key(row)
        before = books.ledger_row(ledger.name, key)
        plain, personal = row.parts()
        if before is not None and before.row == plain and not personal:
            return before
        ledger.check(Entering(books.db, row, before, actor, writing.now_ms))
        version = before.version + 1 if before else 1
        sealed = self._seal(f"ledger/{ledger.name}/{key}", personal) if personal else None
        text = signed_text(ledger.name, key, version, plain, sealed)
        with fitting():
            told = LedgerEntered(
                ledger=ledger.name, key=key, version=version, row=plain, sealed=sealed, by=actor.number,
                unit=actor.unit, reason=reason[:256], seal=self._sign(text) if ledger.signed else "",
            )  # fmt: skip
        writing.append(told)
        entered = books.ledger_row(ledger.name, key)
        assert entered is not None
        return entered


def signed_text(ledger: str, key: str, version: int, row: Mapping[str, Any], sealed: str | None) -> bytes:
    """The bytes that an office signs."""
    return encode({"ledger": ledger, "key": key, "version": version, "row": row, "sealed": sealed})
