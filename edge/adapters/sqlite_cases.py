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
from edge.domain.visits.draft_age import Known, passed
from edge.domain.visits.order import PayOrder
from edge.domain.visits.refund import owed
from edge.domain.visits.staff_calls import StaffCall
from edge.ports import StoreUnavailable, WaitingMessage

log = logging.getLogger(__name__)
_COLUMNS = "id, code, matter, state, number, act, token, opened_ms, changed_ms, body"
_FORGETTABLE = "state = 'draft' AND id NOT IN (SELECT case_id FROM pay_order)"
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

    def in_state(
        self, states: Collection[str], limit: int = 500, matter: str = "", *, newest: bool = False
    ) -> list[Case]:
        """The oldest first; of one matter, or of all. `newest`: where there are more than `limit`, the last of them.

        A damaged one hides no other: it is left out, and logged.
        """
        marks, of_matter = ",".join("?" * len(states)), " AND matter = ?" if matter else ""
        where = f"state IN ({marks}){of_matter} ORDER BY opened_ms {'DESC' if newest else 'ASC'} LIMIT {int(limit)}"
        cases = list(self._cases(where, *states, *([matter] if matter else ()), leave_out_damaged=True))
        return cases[::-1] if newest else cases

    def some(self, ids: Collection[str]) -> list[Case]:
        """Those of them that are there; a damaged one is left out, and logged."""
        return list(self._cases(f"id IN ({','.join('?' * len(ids))})", *ids, leave_out_damaged=True))

    def wanting(self) -> list[str]:
        """The cases for which the cloud must still be asked something: those that cannot go on first, then the oldest.

        By an index alone: no case is opened for it.
        """
        query = (
            "SELECT id FROM matter_case INDEXED BY matter_case_wants WHERE wants <> ''"
            " ORDER BY state <> 'awaiting_online_check', opened_ms"
        )
        with self._lock, store.reporting("look what waits for the cloud"):
            return [case_id for (case_id,) in self._db.execute(query)]

    def family_of(self, relative: str) -> frozenset[str]:
        """Tokens of the residents whose family somebody is, as staff have confirmed."""
        with self._lock, store.reporting("read whose family it is"):
            rows = self._db.execute("SELECT resident FROM family WHERE relative = ?", (relative,)).fetchall()
        return frozenset(resident for (resident,) in rows)

    def owing(self) -> list[str]:
        """The cases for which money must still be given back; no case is opened for it."""
        with self._lock, store.reporting("look what is to be given back"):
            return [case_id for (case_id,) in self._db.execute("SELECT case_id FROM refund_due ORDER BY case_id")]

    def open_orders(self) -> list[PayOrder]:
        """The oldest first."""
        with self._lock, store.reporting("read orders"):
            rows = self._db.execute("SELECT * FROM pay_order ORDER BY at_ms, id").fetchall()
        return [PayOrder(*row) for row in rows]

    def has_drafts(self, matters: Collection[str] | None = None) -> bool:
        """Of these matters, or of any."""
        of_them = f" AND matter IN ({','.join('?' * len(matters))})" if matters is not None else ""
        query = f"SELECT 1 FROM matter_case WHERE state = 'draft'{of_them} LIMIT 1"  # noqa: S608 - our own words
        with self._lock, store.reporting("look for drafts"):
            return self._db.execute(query, tuple(matters or ())).fetchone() is not None

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
            f"INSERT OR REPLACE INTO matter_case({_COLUMNS}, wants) VALUES(?,?,?,?,?,?,?,?,?,?,?)",
            (case.id, case.code, case.matter, case.state, case.number, case.act, case.token, case.opened_ms,
             case.changed_ms, body, case.wants),
        )  # fmt: skip
        due = "INSERT OR IGNORE INTO refund_due VALUES(?)" if owed(case) else "DELETE FROM refund_due WHERE case_id = ?"
        self.db.execute(due, (case.id,))

    def forget(self, case_id: str) -> None:
        """A draft that its visitor left; one with an order stays until that has its end."""
        self.db.execute(f"DELETE FROM matter_case WHERE id = ? AND {_FORGETTABLE}", (case_id,))  # noqa: S608

    def age_drafts(self, ran_ms: int, now: Moment, *, may_have_been_off: bool) -> None:
        """Since this was last called; what the arguments mean: edge.domain.visits.draft_age."""
        kept = store.meta(self.db)
        known = Known(int(kept["drafts_trusted_ms"]), int(kept["drafts_counted_ms"]))
        older_ms, known = passed(known, ran_ms, now, may_have_been_off=may_have_been_off)
        self.db.execute("UPDATE matter_case SET idle_ms = idle_ms + ? WHERE state = 'draft'", (older_ms,))
        store.set_meta(self.db, drafts_trusted_ms=known.trusted_ms, drafts_counted_ms=known.counted_ms)

    def forget_drafts(self, kept: Collection[str], kept_ms: int, others_ms: int) -> None:
        """Drafts that nobody has touched for so long: those of the matters `kept` have a time of their own."""
        marks = ",".join("?" * len(kept))
        self.db.execute(
            f"DELETE FROM matter_case WHERE {_FORGETTABLE} AND idle_ms >"  # noqa: S608 - our own words
            f" CASE WHEN matter IN ({marks}) THEN ? ELSE ? END",
            (*kept, kept_ms, others_ms),
        )

    def open_order(self, order: PayOrder) -> None:
        """Opened again it is the same one."""
        self.db.execute(
            "INSERT OR IGNORE INTO pay_order VALUES(?,?,?,?,?)",
            (order.id, order.case, order.question, order.amount_fen, order.at_ms),
        )

    def close_order(self, order: str) -> None:
        self.db.execute("DELETE FROM pay_order WHERE id = ?", (order,))

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

    def confirm_family(self, relative: str, resident: str, at_ms: int) -> None:
        self.db.execute("INSERT OR REPLACE INTO family VALUES(?,?,?)", (relative, resident, at_ms))

    def end_family(self, relative: str, resident: str) -> None:
        self.db.execute("DELETE FROM family WHERE relative = ? AND resident = ?", (relative, resident))

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
