"""The part of the shared records that the city itself writes: its cases, their history, its ledgers."""

import json
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.adapters.sql_database import insert_once
from cloud.domain.case_now import CaseNow, LedgerRow
from cloud.domain.happened import IllegalStep
from contract.events.city import CaseDone, CaseOpened, CaseStepped, CaseStepRefused, LedgerEntered


class CityBooks:
    """Implements its part of cloud.ports.Books."""

    _db: Connection

    def open_city_case(self, facility: str, event: CaseOpened, at_ms: int) -> None:
        row = {
            "facility": facility, "case": event.case, "number": event.number, "matter": event.kind,
            "state": event.state, "channel": event.channel, "trip_reason": "normal", "offline": False,
            "opened_at_ms": at_ms, "changed_at_ms": at_ms, "sealed": event.sealed, "drill": event.drill,
            "area": event.area, "owner": event.owner, "act": event.act, "form": _json(event.form), **_clock(event),
        }  # fmt: skip
        if not insert_once(self._db, t.case_file, row):
            raise IllegalStep(f"case {event.case} was opened before")
        for token in event.applicants:
            insert_once(self._db, c.case_person, {"case": event.case, "token": token, "role": "applicant"})
        if event.proxy:
            insert_once(self._db, c.case_person, {"case": event.case, "token": event.proxy, "role": "proxy"})
        self._history(event, "open", "", "", "", event.channel, at_ms)

    def step_city_case(self, event: CaseStepped, at_ms: int) -> None:
        f = t.case_file.c
        which = f.case == event.case, f.state == event.from_state
        moved = update(t.case_file).where(*which).values(state=event.state, changed_at_ms=at_ms, **_clock(event))
        if self._db.execute(moved).rowcount != 1:
            raise IllegalStep(f"case {event.case} is not {event.from_state}")
        about = event.step, event.from_state, event.delegated_by, event.reason, event.channel
        self._history(event, *about, at_ms)

    def refuse_step(self, event_id: str, event: CaseStepRefused, at_ms: int) -> None:
        about = event.model_dump(include={"case", "kind", "step", "state", "by", "role", "why"})
        self._db.execute(insert(c.case_refusal).values(event=event_id, at_ms=at_ms, **about))

    def enter_ledger(self, event: LedgerEntered, at_ms: int) -> None:
        e = c.ledger_entry.c
        before = update(c.ledger_entry).where(e.ledger == event.ledger, e.key == event.key, e.current)
        self._db.execute(before.values(current=False))
        about = event.model_dump(include={"ledger", "key", "version", "sealed", "by", "unit", "reason", "seal"})
        row = {**about, "row": _json(event.row), "current": True, "at_ms": at_ms}
        if not insert_once(self._db, c.ledger_entry, row):
            raise IllegalStep(f"{event.ledger} {event.key} has a version {event.version} already")

    def case_now(self, case: str) -> CaseNow | None:
        f = t.case_file.c
        row = self._db.execute(
            select(
                f.case, f.facility, f.number, f.matter, f.state, f.area, f.owner, f.opened_at_ms, f.clock, f.due_at_ms,
                f.clock_left, f.form,
            ).where(f.case == case)
        ).first()  # fmt: skip
        if row is None:
            return None
        return CaseNow(
            row.case, row.facility, row.number, row.matter, row.state, row.area, row.owner, row.opened_at_ms, row.clock,
            row.due_at_ms, row.clock_left, json.loads(row.form),
        )  # fmt: skip

    def persons_of(self, case: str) -> frozenset[str]:
        return frozenset(self._db.scalars(select(c.case_person.c.token).where(c.case_person.c.case == case)))

    def case_of_act(self, act: str) -> str | None:
        f = t.case_file.c
        of_act = select(f.case).where(f.act == act).order_by(func.length(f.number).desc(), f.number.desc())
        return self._db.scalar(of_act.limit(1))

    def last_number(self, prefix: str) -> int:
        f = t.case_file.c
        of_prefix = select(f.number).where(f.number.startswith(f"{prefix}-", autoescape=True))
        number = self._db.scalar(of_prefix.order_by(func.length(f.number).desc(), f.number.desc()).limit(1))
        return int(number.rpartition("-")[2]) if number else 0

    def ledger_row(self, ledger: str, key: str) -> LedgerRow | None:
        e = c.ledger_entry.c
        newest = select(e.version, e.row, e.sealed, e.seal, e.at_ms).where(e.ledger == ledger, e.key == key, e.current)
        row = self._db.execute(newest).first()
        return (
            LedgerRow(ledger, key, row.version, json.loads(row.row), row.sealed, row.seal, row.at_ms) if row else None
        )

    def _history(
        self, event: CaseDone, step: str, from_state: str, delegated_by: str, reason: str, channel: str, at_ms: int
    ) -> None:
        of_case = select(func.count()).select_from(c.case_step).where(c.case_step.c.case == event.case)
        row = {
            "case": event.case, "n": self._db.scalar(of_case) or 0, "step": step, "from_state": from_state,
            "state": event.state, "by": event.by, "role": event.role, "unit": event.unit,
            "delegated_by": delegated_by, "reason": reason, "at_ms": at_ms, "form": _json(event.form),
            "sealed": event.sealed, "channel": channel,
        }  # fmt: skip
        self._db.execute(insert(c.case_step).values(row))


def _clock(event: CaseDone) -> dict[str, Any]:
    return {"clock": event.clock, "due_at_ms": event.due_ms, "clock_left": event.left}


def _json(told: Any) -> str:
    return json.dumps(told, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
