"""联网核查: each case's check of its persons is made once, and its answer stands.

Other persons are another check, and so is another turn, which a registrar asks for.
"""

from collections.abc import Callable, Sequence
from hashlib import sha256

from sqlalchemy import Engine, and_, select

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available, insert_once
from cloud.ports import NationalCheck, Tokens
from contract.lookups import Asked, Clear, Conflict


class OnlineChecks:
    def __init__(
        self,
        engine: Engine,
        national: NationalCheck,
        tokens: Tokens,
        clock: Callable[[], int],
        new_id: Callable[[], str],
    ) -> None:
        self._engine, self._national, self._tokens = engine, national, tokens
        self._clock, self._new_id = clock, new_id

    def ask(self, facility: str, case: str, persons: Sequence[Asked], turn: int = 1) -> Clear | Conflict:
        """Raises LookupUnavailable, RecordsUnavailable."""
        token = _of_turn(self._tokens.of_all(person.number for person in persons), turn)
        found = self._made(facility, case, token)
        if found is None:
            kind = self._national.check(persons)
            row = {
                "facility": facility, "case": case, "persons": token, "request_id": self._new_id(),
                "result": "conflict" if kind else "clear", "conflict_kind": kind or "", "checked_at_ms": self._clock(),
            }  # fmt: skip
            with available(), self._engine.begin() as db:
                insert_once(db, t.online_check, row)
            found = self._made(facility, case, token)  # who asked at the same time may have been the first
        assert found is not None
        return found

    def _made(self, facility: str, case: str, persons: str) -> Clear | Conflict | None:
        c = t.online_check.c
        which = and_(c.facility == facility, c.case == case, c.persons == persons)
        with available(), self._engine.connect() as db:
            row = db.execute(select(c.result, c.request_id, c.conflict_kind).where(which)).first()
        if row is None:
            return None
        if row.result == "clear":
            return {"result": "clear", "request_id": row.request_id}
        return {"result": "conflict", "request_id": row.request_id, "conflict_kind": row.conflict_kind}


def _of_turn(token: str, turn: int) -> str:
    """The first turn is known by its persons alone, as it was before there were others."""
    return token if turn == 1 else sha256(f"{token}/{turn}".encode()).hexdigest()
