"""Cases in the box's store: what a visitor answered, and what it became, in one transaction with its events."""

import logging
import sqlite3
import threading
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from uuid import UUID

from contract.events.data import EventData
from edge.adapters import sqlite_store as store
from edge.adapters.case_seal import CaseDamaged, CaseSeal
from edge.adapters.sqlite_events import append_events
from edge.domain.moment import Moment
from edge.domain.visits.case import Case
from edge.domain.visits.staff_calls import StaffCall
from edge.ports import StoreUnavailable, WaitingMessage

log = logging.getLogger(__name__)
_COLUMNS = "id, code, matter, state, number, act, token, opened_ms, changed_ms, body"
_BODY = ("place", "rev", "answers", "result", "checks", "desk")


class SqliteCases:
    """`new_event_id` takes the event's wall time in ms (UUIDv7). One connection; safe from any thread."""

    def __init__(self, directory: Path, facility: str, seal: CaseSeal, new_event_id: Callable[[int], UUID]) -> None:
        """Raises StoreUnavailable."""
        self._facility, self._seal, self._new_id = facility, seal, new_event_id
        self._lock = threading.RLock()
        self._db = store.connect(directory, any_thread=True)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    @contextmanager
    def transaction(self) -> Iterator["Writing"]:
        """All or nothing, durable when it ends. Raises StoreUnavailable."""
        with self._lock, store.reporting("keep a case"), store.transaction(self._db):
            yield Writing(self._db, self._facility, self._seal, self._new_id)

    def case(self, case_id: str) -> Case | None:
        return next(self._cases("id = ?", case_id), None)

    def by_code(self, code: str) -> Case | None:
        """The newest with this code."""
        return next(self._cases("code = ? ORDER BY opened_ms DESC LIMIT 1", code), None)

    def draft_of(self, token: str) -> Case | None:
        """The newest draft of a person."""
        return next(self._cases("token = ? AND state = 'draft' ORDER BY changed_ms DESC LIMIT 1", token), None)

    def in_state(self, states: Collection[str], limit: int = 500, matter: str = "") -> list[Case]:
        """The oldest first; of one matter, or of all. A damaged one hides no other: it is left out, and logged."""
        marks, of_matter = ",".join("?" * len(states)), " AND matter = ?" if matter else ""
        where = f"state IN ({marks}){of_matter} ORDER BY opened_ms LIMIT {int(limit)}"
        return list(self._cases(where, *states, *([matter] if matter else ()), leave_out_damaged=True))

    def has_drafts(self) -> bool:
        with self._lock, store.reporting("look for drafts"):
            return self._db.execute("SELECT 1 FROM matter_case WHERE state = 'draft' LIMIT 1").fetchone() is not None

    def codes_in_use(self, since_ms: int) -> set[str]:
        """Of cases that were changed since then."""
        with self._lock, store.reporting("read codes"):
            rows = self._db.execute("SELECT code FROM matter_case WHERE changed_ms >= ?", (since_ms,))
            return {code for (code,) in rows}

    def booked(self, slot: str) -> int:
        """How many places of a slot were taken here."""
        with self._lock, store.reporting("read slots"):
            (count,) = self._db.execute("SELECT count(*) FROM slot_taken WHERE slot = ?", (slot,)).fetchone()
        return int(count)

    def open_calls(self) -> list[StaffCall]:
        with self._lock, store.reporting("read calls"):
            rows = self._db.execute("SELECT * FROM staff_call WHERE came_ms IS NULL ORDER BY at_ms").fetchall()
        return [StaffCall(*row) for row in rows]

    def messages_waiting(self) -> list[WaitingMessage]:
        """The oldest first."""
        query = (
            "SELECT id, case_id, template, at_ms FROM message WHERE leaflet_ms IS NULL"
            " AND seq > (SELECT value FROM meta WHERE key = 'acked_event') ORDER BY at_ms"
        )
        with self._lock, store.reporting("read messages"):
            return [WaitingMessage(*row) for row in self._db.execute(query)]

    def _cases(self, where: str, *values: object, leave_out_damaged: bool = False) -> Iterator[Case]:
        query = f"SELECT {_COLUMNS} FROM matter_case WHERE {where}"  # noqa: S608 - our own words
        with self._lock, store.reporting("read cases"):
            rows = self._db.execute(query, values).fetchall()
        for case_id, code, matter, state, number, act, token, opened_ms, changed_ms, body in rows:
            try:
                about: dict[str, Any] = self._seal.open(case_id, body)
            except CaseDamaged as damaged:
                if not leave_out_damaged:
                    raise StoreUnavailable(str(damaged)) from damaged
                log.error("%s; its number is %s", damaged, number or "not given yet")
                continue
            yield Case(
                id=case_id, code=code, matter=matter, state=state, number=number, act=act, token=token,
                opened_ms=opened_ms, changed_ms=changed_ms, **about,
            )  # fmt: skip


class Writing:
    """What one transaction may do."""

    def __init__(self, db: sqlite3.Connection, facility: str, seal: CaseSeal, new_id: Callable[[int], UUID]) -> None:
        self.db, self._facility, self._seal, self._new_id = db, facility, seal, new_id

    def keep(self, case: Case) -> None:
        body = self._seal.close(case.id, {name: getattr(case, name) for name in _BODY})
        self.db.execute(
            "INSERT OR REPLACE INTO matter_case VALUES(?,?,?,?,?,?,?,?,?,?)",
            (case.id, case.code, case.matter, case.state, case.number, case.act, case.token, case.opened_ms,
             case.changed_ms, body),
        )  # fmt: skip

    def forget(self, case_id: str) -> None:
        """A draft that its visitor left."""
        self.db.execute("DELETE FROM matter_case WHERE id = ? AND state = 'draft'", (case_id,))

    def forget_drafts(self, kept: Collection[str], kept_before_ms: int, before_ms: int) -> None:
        """Drafts that were changed before: those of the matters `kept` have a time of their own."""
        marks = ",".join("?" * len(kept))
        self.db.execute(
            "DELETE FROM matter_case WHERE state = 'draft' AND changed_ms <"  # noqa: S608 - our own words
            f" CASE WHEN matter IN ({marks}) THEN ? ELSE ? END",
            (*kept, kept_before_ms, before_ms),
        )

    def add_events(self, events: Sequence[EventData], at: Moment) -> int:
        """Returns the number of the last one in the chain."""
        written = append_events(
            self.db, self._facility, [(event, at) for event in events], lambda _seq, when: self._new_id(when.wall_ms)
        )
        return written[-1][0] if written else 0

    def last_number(self, prefix: str) -> int:
        """The highest count among the numbers that begin so; 0 for none."""
        (highest,) = self.db.execute(
            "SELECT max(number) FROM matter_case WHERE number >= ? AND number < ?", (prefix, prefix + "~")
        ).fetchone()
        return int(highest.removeprefix(prefix)) if highest else 0

    def id_of_act(self, act: str) -> str:
        row = self.db.execute("SELECT id FROM matter_case WHERE act = ?", (act,)).fetchone()
        return str(row[0]) if row else ""

    def take_slot(self, slot: str, case_id: str, at_ms: int) -> None:
        self.db.execute("INSERT OR REPLACE INTO slot_taken VALUES(?,?,?)", (slot, case_id, at_ms))

    def free_slots(self, case_id: str) -> None:
        self.db.execute("DELETE FROM slot_taken WHERE case_id = ?", (case_id,))

    def note_message(self, message: str, case_id: str, template: str, at_ms: int, seq: int) -> None:
        self.db.execute(
            "INSERT OR IGNORE INTO message VALUES(?,?,?,?,?,NULL)", (message, case_id, template, at_ms, seq)
        )

    def note_leaflet(self, message: str, at_ms: int) -> None:
        self.db.execute("UPDATE message SET leaflet_ms = ? WHERE id = ?", (at_ms, message))

    def keep_call(self, call: StaffCall) -> None:
        self.db.execute(
            "INSERT OR REPLACE INTO staff_call VALUES(?,?,?,?,?,?,?)",
            (call.id, call.place, call.about, call.case, call.at_ms, call.came_ms, call.by),
        )
