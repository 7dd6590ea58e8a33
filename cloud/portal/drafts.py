"""What was begun on the web (网上填报) until somebody goes on with it at a kiosk.

Not in the city's log: that is never shortened, and a draft that nobody comes back for must go for good. A code stands
here only as a token (HMAC), so that who reads the table cannot go on with anything.
"""

import json
import secrets
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from sqlalchemy import BigInteger, Column, Connection, Engine, Index, String, Table, Text, delete, func, select, update

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available, insert_once
from cloud.ports import Tokens
from contract.web_drafts import Matter, WebDraft

KEPT_MS = 7 * 24 * 3600_000
"""As long as a kiosk keeps one (edge.domain.visits.case)."""
CODE_MS = 90 * 24 * 3600_000
"""So long the code of a draft that was gone on with tells how far it is."""
MOST = 100_000
"""That wait at once: more than people fill in, less than would fill a disk."""
_TRIES = 10

web_draft = Table(
    "web_draft",
    t.metadata,
    Column("code", String(64), primary_key=True),  # a token of it
    Column("case", String(36), nullable=False),
    Column("matter", String(64), nullable=False),
    Column("forms", Text, nullable=False),  # JSON; "" once it is old
    Column("at_ms", BigInteger, nullable=False),
    Column("taken_by", String(64), nullable=False),  # the facility where it goes on
    Index("web_draft_case", "case", unique=True),
    Index("web_draft_at", "at_ms"),
)
_w = web_draft.c
Forms = Mapping[str, Mapping[str, Sequence[str]]]


class Full(Exception):
    """More drafts wait than may."""


class Elsewhere(Exception):
    """It goes on at another facility already."""


@dataclass(frozen=True, slots=True)
class Standing:
    """`taken_by` "": nobody has gone on with it yet."""

    case: str
    matter: str
    at_ms: int
    taken_by: str


class Drafts:
    """Each method raises RecordsUnavailable."""

    def __init__(self, engine: Engine, tokens: Tokens, clock: Callable[[], int], new_id: Callable[[], str]) -> None:
        self._engine, self._tokens, self._clock, self._new_id = engine, tokens, clock, new_id

    def keep(self, matter: Matter, forms: Forms) -> str:
        """Returns its code. Raises Full."""
        with available(), self._engine.begin() as db:
            if (db.scalar(select(func.count()).select_from(web_draft)) or 0) >= MOST:
                raise Full
            about = {
                "case": self._new_id(), "matter": matter, "taken_by": "", "at_ms": self._clock(),
                "forms": json.dumps(forms, ensure_ascii=False),
            }  # fmt: skip
            for _ in range(_TRIES):
                code = f"{10**8 + secrets.randbelow(9 * 10**8)}"
                if insert_once(db, web_draft, {"code": self._token(code), **about}):
                    return code
        raise Full

    def standing(self, code: str) -> Standing | None:
        """None also for a draft that is too old to go on with."""
        with available(), self._engine.connect() as db:
            row = self._row(db, code)
        return None if row is None else Standing(row.case, row.matter, row.at_ms, row.taken_by)

    def take(self, code: str, facility: str) -> WebDraft | None:
        """For the box where it goes on; again for the same box. Raises Elsewhere."""
        with available(), self._engine.begin() as db:
            row = self._row(db, code)
            if row is None or not row.forms or self._clock() - row.at_ms >= KEPT_MS:
                return None
            mine = update(web_draft).where(_w.code == row.code, _w.taken_by.in_(("", facility)))
            if db.execute(mine.values(taken_by=facility)).rowcount == 0:
                raise Elsewhere
        return WebDraft(case=row.case, code=code, matter=row.matter, forms=json.loads(row.forms))

    def step(self) -> int:
        """What nobody came back for goes; of the others what was filled in. A job. Returns how many went."""
        now_ms = self._clock()
        old = _w.at_ms <= now_ms - KEPT_MS
        with available(), self._engine.begin() as db:
            gone = db.execute(delete(web_draft).where(old, _w.taken_by == "")).rowcount
            gone += db.execute(delete(web_draft).where(_w.at_ms <= now_ms - CODE_MS)).rowcount
            db.execute(update(web_draft).where(old).values(forms=""))
        return gone

    def _row(self, db: Connection, code: str):  # type: ignore[no-untyped-def]
        row = db.execute(select(web_draft).where(_w.code == self._token(code))).first()
        if row is None or (not row.taken_by and self._clock() - row.at_ms >= KEPT_MS):
            return None
        return row

    def _token(self, code: str) -> str:
        return self._tokens.of(f"web-draft/{code}")
