"""How far a case is (办件进度): by its number and the progress code of the slip; what was begun on the web by its code.

No name, no field of a form, no reason is told, for a slip may lie in the street. A wrong code and a case that there is
not get the very same answer; after some of them there is a pause, for the number and for where they come from.
"""

import hmac
import re
from dataclasses import dataclass
from typing import Any

from fastapi import APIRouter, Request, Response
from sqlalchemy import Connection, Engine, select

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available
from cloud.portal.drafts import Drafts
from cloud.portal.frame import Frame, Typed, address_of, is_own
from cloud.portal.limits import Limit
from cloud.portal.words import STATES
from cloud.ports import Opener
from contract.sealing import CannotOpen
from contract.web_drafts import CODE

WITHIN_MS = 10 * 60_000
WRONG_OF_A_CASE, WRONG_FROM_ONE = 5, 20
_NUMBER, _LONGEST = re.compile(r"[0-9A-Za-z.-]{1,64}"), 64
_PROGRESS, _WEB = re.compile(r"\d{4,9}"), re.compile(CODE)
_f = t.case_file.c


@dataclass(frozen=True, slots=True)
class Standing:
    """`state`: of the words `track.state.*`. `number` "": it has none yet."""

    number: str
    matter: str
    state: str
    begun_at_ms: int
    changed_at_ms: int


class Progress:
    """Raises RecordsUnavailable."""

    def __init__(self, engine: Engine, opener: Opener, drafts: Drafts) -> None:
        self._engine, self._open, self._drafts = engine, opener, drafts

    def of(self, number: str, code: str) -> Standing | None:
        """None for whatever does not lead to a case."""
        if _WEB.fullmatch(code) and (draft := self._drafts.standing(code)) is not None:
            with available(), self._engine.connect() as db:
                row = self._row(db, _f.case == draft.case)
            if row is None:
                state = "taken" if draft.taken_by else "web"
                return None if number else Standing("", draft.matter, state, draft.at_ms, draft.at_ms)
            return _standing(row) if number in ("", row.number) else None
        if not _NUMBER.fullmatch(number) or not _PROGRESS.fullmatch(code):
            return None
        with available(), self._engine.connect() as db:
            row = self._row(db, _f.number == number)
        return _standing(row) if row is not None and self._is_code_of(row, code) else None

    def _row(self, db: Connection, which: Any) -> Any:
        row = db.execute(select(t.case_file).where(which, _f.drill == "").limit(1)).first()
        return row if row is not None and row.state in STATES else None

    def _is_code_of(self, row: Any, code: str) -> bool:
        try:
            kept = self._open(f"progress/{row.case}", row.progress or "")
        except CannotOpen:
            return False
        return hmac.compare_digest(str(kept.get("code", "")).encode(), code.encode())


def _standing(row: Any) -> Standing:
    return Standing(row.number, row.matter, row.state, row.opened_at_ms, row.changed_at_ms)


class Tracking:
    def __init__(self, frame: Frame, progress: Progress, of_a_case: Limit | None = None,
                 from_one: Limit | None = None) -> None:  # fmt: skip
        self._frame, self._progress = frame, progress
        self._of_a_case = of_a_case or Limit(WRONG_OF_A_CASE, WITHIN_MS)
        self._from_one = from_one or Limit(WRONG_FROM_ONE, WITHIN_MS)

    def add_to(self, routes: APIRouter) -> None:
        routes.get("/track")(self.blank)
        routes.get("/track/{number}")(self.blank)
        routes.post("/track")(self.track)

    def blank(self, request: Request, number: str = "") -> Response:
        """`number`: of the slip's square code; its progress code is typed."""
        return self._show(request, number, "")

    def track(self, request: Request, typed: Typed) -> Response:
        number, code = typed.get("number", "").strip()[:_LONGEST], "".join(typed.get("code", "").split())[:_LONGEST]
        if not is_own(request, typed):
            return self._show(request, number, "portal.old", 403)
        now_ms, asks = self._frame.clock(), address_of(request)
        if self._of_a_case.is_reached(number or asks, now_ms) or self._from_one.is_reached(asks, now_ms):
            return self._show(request, number, "portal.wait", 429)
        found = self._progress.of(number, code)
        if found is None:
            self._of_a_case.count(number or asks, now_ms)
            self._from_one.count(asks, now_ms)
            return self._show(request, number, "track.unknown", 404)
        return self._frame.show(request, "track-found.html", found=found)

    def _show(self, request: Request, number: str, wrong: str, status: int = 200) -> Response:
        return self._frame.show(request, "track.html", status, number=number[:_LONGEST], wrong=wrong)
