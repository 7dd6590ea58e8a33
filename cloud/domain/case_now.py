"""A case and a ledger's row, as they are now. Pure."""

from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import Any

from contract.events.envelope import encode


@dataclass(frozen=True, slots=True)
class CaseNow:
    """`form`: what was filled in when it was opened. `facility`: "city", or the box by which it came."""

    case: str
    facility: str
    number: str
    kind: str
    state: str
    area: str
    owner: str
    opened_at_ms: int
    clock: str = ""
    due_ms: int | None = None
    left: int | None = None
    form: Mapping[str, Any] | None = None

    @property
    def filed_sha256(self) -> str:
        """What a signature of the application is over: what was filed, without who filed it (see `encode`)."""
        return sha256(encode(dict(self.form or {}))).hexdigest()


@dataclass(frozen=True, slots=True)
class LedgerRow:
    ledger: str
    key: str
    version: int
    row: Mapping[str, Any]
    sealed: str | None
    seal: str
    at_ms: int
