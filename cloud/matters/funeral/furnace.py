"""When the furnace says that it is done: the case is cremated, and the fact is entered, signed, for all who need it.

The entry is the ledger `cremation` (cloud.matters.burial.cremations), which a burial and its reward want.
"""

import logging
from collections.abc import Callable, Mapping
from typing import Any

from sqlalchemy import select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import SYSTEM
from cloud.domain.deadline import day_of
from cloud.matters.burial import cremations
from cloud.matters.funeral import records
from cloud.matters.funeral.rules import KIND
from cloud.ports import CityLog, LogWriting, Opener, RecordsUnavailable
from cloud.services.casework import Casework
from cloud.services.ledgers import Ledgers
from contract.sealing import CannotOpen

EVERY_S = 2.0
_AT_ONCE = 100
_ENDED = "火化机报告本次火化结束"
_b, _f, _t, _s, _e = (
    records.cremation_batch.c, records.funeral_case.c, t.case_file.c, c.case_step.c, c.ledger_entry.c,
)  # fmt: skip
log = logging.getLogger(__name__)


class Cremations:
    """A job. One case that it cannot do does not keep the others."""

    def __init__(self, log: CityLog, casework: Casework, ledgers: Ledgers, opener: Opener) -> None:
        self._log, self._casework, self._ledgers, self._open = log, casework, ledgers, opener

    def step(self) -> int:
        """How many cases were cremated or entered. Raises RecordsUnavailable."""
        return self._each(_ended(), self._end) + self._each(_not_entered(), self._enter)

    def _each(self, wanted: Any, deed: Callable[[LogWriting, Any], bool]) -> int:
        with self._log.writing() as writing:
            rows = writing.books.db.execute(wanted.limit(_AT_ONCE)).all()
        return sum(self._does(deed, row) for row in rows)

    def _does(self, deed: Callable[[LogWriting, Any], bool], row: Any) -> bool:
        try:
            with self._log.writing() as writing:
                return deed(writing, row)
        except RecordsUnavailable:
            raise
        except Exception:  # somebody must look at this one; the next is another family's
            log.exception("the cremation of case %s cannot be recorded", row.case)
            return False

    def _end(self, writing: LogWriting, row: Any) -> bool:
        now = writing.books.case_now(row.case)
        if now is None or now.state != "released":
            return False
        self._casework.step_in(writing, now, "cremated", {}, SYSTEM, reason=_ENDED)
        return True

    def _enter(self, writing: LogWriting, row: Any) -> bool:
        if cremations.is_recorded(writing.books.db, row.token):
            return False
        who = self._who(writing, row.case)
        day = min(day_of(row.ended_at_ms or row.started_at_ms), day_of(writing.now_ms))
        fact = {**who, "home": row.home, "batch": row.batch, "day": day.isoformat()}
        self._ledgers.enter_named(writing, cremations.NAME, fact, SYSTEM)
        return True

    def _who(self, writing: LogWriting, case: str) -> Mapping[str, str]:
        """As the reception wrote it down. Raises CannotOpen."""
        for sealed in writing.books.db.scalars(_receptions(case)):
            told = self._open(f"case/{case}", sealed)
            if told.get("deceased_number"):
                return {name: str(told[name]) for name in ("deceased_name", "deceased_number")}
        raise CannotOpen(f"nobody wrote down whose case {case} is")


def _ended() -> Any:
    done = select(_b.case).join(t.case_file, _t.case == _b.case)
    return done.where(_t.matter == KIND, _t.state == "released", _b.ended_at_ms.is_not(None)).order_by(_b.ended_at_ms)


def _not_entered() -> Any:
    """The batch's own row with whom it was; the unknown have no number to be entered by."""
    there = select(_e.key).where(_e.ledger == cremations.NAME, _e.key == _f.token, _e.current).exists()
    rows = (
        select(_f.case, _f.home, _f.token, _b.batch, _b.started_at_ms, _b.ended_at_ms)
        .join(t.case_file, _t.case == _f.case)
        .join(records.cremation_batch, _b.case == _f.case)
    )
    return rows.where(_t.matter == KIND, _t.state == "cremated", _f.token != "", ~there).order_by(_b.started_at_ms)


def _receptions(case: str) -> Any:
    return select(_s.sealed).where(_s.case == case, _s.step == "receive", _s.sealed.is_not(None)).order_by(_s.n.desc())
