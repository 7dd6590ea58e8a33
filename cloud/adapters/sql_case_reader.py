"""Cases and ledgers as pages and programs read them: filtered, in pages, or as one long stream for an export."""

import json
from collections.abc import Collection, Iterator, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Engine, Select, and_, exists, false, func, or_, select, true

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.adapters.sql_database import available
from cloud.domain.actor import Actor

_f, _e = t.case_file.c, c.ledger_entry.c
_ROW = (
    _f.case, _f.facility, _f.number, _f.matter, _f.state, _f.channel, _f.area, _f.owner, _f.opened_at_ms,
    _f.changed_at_ms, _f.clock, _f.due_at_ms, _f.clock_left, _f.form, _f.source_device_id,
    _f.provenance,
)  # fmt: skip
_AT_ONCE = 1000


class SqlCaseReader:
    """Each method raises RecordsUnavailable. Rows are JSON-ready and name nobody."""

    def __init__(self, engine: Engine, unit: str | None = None) -> None:
        """`unit`: the department that looks; None: whoever sees all."""
        self._engine, self._unit = engine, unit

    def seen_by(self, actor: Actor) -> "SqlCaseReader":
        return SqlCaseReader(self._engine, actor.unit) if actor.role == "department" else self

    def cases(
        self, wanted: Mapping[str, str], now_ms: int, *, after: str = "", limit: int = 100
    ) -> list[dict[str, Any]]:
        """`wanted`: kind, state, area (all below it), owner, overdue. In the order of their ids; `after`: the last."""
        query = (
            _filtered(select(*_ROW), wanted, now_ms).where(self._seen(), _f.case > after).order_by(_f.case).limit(limit)
        )
        with available(), self._engine.connect() as db:
            return [_case(row, now_ms) for row in db.execute(query)]

    def waiting(
        self, states: Mapping[str, Collection[str]], wanted: Mapping[str, str], now_ms: int, limit: int
    ) -> tuple[int, list[dict[str, Any]]]:
        """How many cases stand in one of these states (by kind), and the first of them, the next due first."""
        stands = or_(false(), *(and_(_f.matter == kind, _f.state.in_(of)) for kind, of in states.items()))
        rows = _filtered(select(*_ROW), wanted, now_ms).where(self._seen(), stands)
        whole = _filtered(select(func.count()).select_from(t.case_file), wanted, now_ms).where(self._seen(), stands)
        with available(), self._engine.connect() as db:
            first = rows.order_by(_f.due_at_ms.is_(None), _f.due_at_ms, _f.case).limit(limit)
            return db.scalar(whole) or 0, [_case(row, now_ms) for row in db.execute(first)]

    def count(self, wanted: Mapping[str, str], now_ms: int) -> int:
        with available(), self._engine.connect() as db:
            query = _filtered(select(func.count()).select_from(t.case_file), wanted, now_ms)
            return db.scalar(query.where(self._seen())) or 0

    def by_state(self, wanted: Mapping[str, str], now_ms: int) -> list[dict[str, Any]]:
        """How many cases of each kind stand in each state, and how many of these are over their time limit."""
        late = func.count().filter(_overdue(now_ms))
        counted = select(_f.matter, _f.state, func.count().label("cases"), late.label("overdue")).select_from(
            t.case_file
        )
        query = _filtered(counted, wanted, now_ms).where(self._seen()).group_by(_f.matter, _f.state)
        with available(), self._engine.connect() as db:
            rows = db.execute(query.order_by(_f.matter, _f.state)).all()
        return [{"kind": row.matter, "state": row.state, "cases": row.cases, "overdue": row.overdue} for row in rows]

    def every(self, wanted: Mapping[str, str], now_ms: int) -> Iterator[dict[str, Any]]:
        """All of them, read in portions."""
        after = ""
        while rows := self.cases(wanted, now_ms, after=after, limit=_AT_ONCE):
            yield from rows
            after = rows[-1]["case"]

    def case(self, case: str, now_ms: int) -> dict[str, Any] | None:
        """With its history and what was refused."""
        s, r = c.case_step, c.case_refusal
        with available(), self._engine.connect() as db:
            row = db.execute(select(*_ROW).where(_f.case == case, self._seen())).first()
            if row is None:
                return None
            steps = db.execute(select(s).where(s.c.case == case).order_by(s.c.n)).mappings()
            refusals = db.execute(select(r).where(r.c.case == case).order_by(r.c.at_ms, r.c.event)).mappings()
            return {
                **_case(row, now_ms),
                "steps": [
                    {**{k: v for k, v in one.items() if k not in ("case", "sealed")}, "form": json.loads(one["form"])}
                    for one in steps
                ],
                "refusals": [{k: v for k, v in one.items() if k not in ("case", "kind")} for one in refusals],
            }

    def _seen(self) -> ColumnElement[bool]:
        """A department sees what it answers for, and what it asked for itself."""
        if self._unit is None:
            return true()
        if not self._unit:
            return false()
        s = c.case_step.c
        asked = exists().where(s.case == _f.case, s.n == 0, s.unit == self._unit)
        return or_(_f.owner == self._unit, asked)

    def of_person(self, token: str, now_ms: int, limit: int = 100) -> list[dict[str, Any]]:
        """The newest first."""
        theirs = select(*_ROW).join(c.case_person, c.case_person.c.case == _f.case)
        query = theirs.where(c.case_person.c.token == token).order_by(_f.opened_at_ms.desc(), _f.case).limit(limit)
        with available(), self._engine.connect() as db:
            return [_case(row, now_ms) for row in db.execute(query)]

    def ledger(self, ledger: str, *, after: str = "", limit: int = 100) -> list[dict[str, Any]]:
        """The rows as they are now, by key."""
        query = select(c.ledger_entry).where(_e.ledger == ledger, _e.current, _e.key > after)
        with available(), self._engine.connect() as db:
            return [_entry(row) for row in db.execute(query.order_by(_e.key).limit(limit)).mappings()]

    def versions(self, ledger: str, key: str) -> list[dict[str, Any]]:
        query = select(c.ledger_entry).where(_e.ledger == ledger, _e.key == key).order_by(_e.version)
        with available(), self._engine.connect() as db:
            return [_entry(row) for row in db.execute(query).mappings()]


def _filtered(query: Select[Any], wanted: Mapping[str, str], now_ms: int) -> Select[Any]:
    """Drills count nowhere."""
    conditions = [_f.drill == ""]
    for name, column in (("kind", _f.matter), ("state", _f.state), ("owner", _f.owner), ("facility", _f.facility)):
        if wanted.get(name):
            conditions.append(column == wanted[name])
    if area := wanted.get("area"):
        conditions.append(_f.area.startswith("3308" if area == "330800" else area, autoescape=True))
    if wanted.get("overdue"):
        conditions.append(_overdue(now_ms))
    return query.where(and_(*conditions))


def _overdue(now_ms: int) -> ColumnElement[bool]:
    return and_(_f.clock != "", _f.due_at_ms < now_ms, _f.clock_left.is_(None))


def _case(row: Any, now_ms: int) -> dict[str, Any]:
    return {
        "case": row.case, "facility": row.facility, "number": row.number, "kind": row.matter, "state": row.state,
        "channel": row.channel, "area": row.area, "owner": row.owner, "opened_at_ms": row.opened_at_ms,
        "changed_at_ms": row.changed_at_ms, "clock": row.clock, "due_at_ms": row.due_at_ms,
        "overdue": row.due_at_ms is not None and row.clock_left is None and row.due_at_ms < now_ms,
        "form": json.loads(row.form), "source_device_id": row.source_device_id,
        "provenance": json.loads(row.provenance),
    }  # fmt: skip


def _entry(row: Mapping[Any, Any]) -> dict[str, Any]:
    kept = ("ledger", "key", "version", "by", "unit", "reason", "at_ms", "seal")
    return {**{name: row[name] for name in kept}, "row": json.loads(row["row"])}
