"""The duty board (值班看板) of a guidance centre: who is there, what is empty, which alarms nobody has acknowledged."""

import json
from typing import Any

from sqlalchemy import Connection, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import Actor, covers
from cloud.matters.elder_care import care_records, duty, escalation
from cloud.matters.elder_care.roster import slot_at, slots_until
from cloud.services.casework import NotAllowed

ROLES = frozenset({"operator", "manager", "reviewer", "auditor"})
AHEAD_MS = 72 * 3_600_000
_LISTED = 200
_e, _s, _a, _f = c.ledger_entry.c, c.staff_account.c, t.alarm.c, t.facility.c


def board(db: Connection, area: str, actor: Actor, now_ms: int) -> dict[str, Any]:
    """Of one centre, three days ahead. Raises NotAllowed, LookupError where there is no centre."""
    if actor.role not in ROLES or not covers(actor.area, area):
        raise NotAllowed(f"the board of {area} is for the operators and managers of that area")
    hours = duty.centres(db).get(area)
    if hours is None:
        raise LookupError(f"{area} has no centre yet")
    entered, gaps = _rows(db, duty.DUTY, area), _rows(db, duty.GAP, area)
    names = {row.number: row.name for row in db.execute(select(_s.number, _s.name))}
    slots = []
    for slot in slots_until(hours, now_ms, now_ms + AHEAD_MS):
        key = duty.duty_key(area, slot)
        number = entered.get(key, {}).get("number", "")
        slots.append({
            "day": slot.day.isoformat(), "hour": slot.hour, "number": number, "name": names.get(number, ""),
            "empty": not number, "warned": not number and key in gaps,
        })  # fmt: skip
    running = slot_at(hours, now_ms)
    return {
        "area": area,
        "running": next(one for one in slots if (one["day"], one["hour"]) == (running.day.isoformat(), running.hour)),
        "slots": slots,
        "alarms": _alarms(db, area, now_ms),
    }


def _rows(db: Connection, ledger: str, area: str) -> dict[str, dict[str, Any]]:
    rows = select(_e.key, _e.row).where(_e.ledger == ledger, _e.current, _e.key.startswith(f"{area}/", autoescape=True))
    return {key: json.loads(row) for key, row in db.execute(rows)}


def _alarms(db: Connection, area: str, now_ms: int) -> list[dict[str, Any]]:
    """Open ones of the area's homes, the oldest first. `told`: the number of who was told; "" while nobody was."""
    query = select(_a.id, _a.facility, _f.name_zh, _a.rule, _a.location, _a.state, _a.raised_at_ms)
    query = query.join(t.facility, _f.id == _a.facility)
    begins = _f.area.startswith(care_records.within(area), autoescape=True)
    opened = query.where(_a.state != "closed", _a.drill == "", _f.kind == "care_home", begins)
    late = {alarm.alarm for alarm in escalation.unacknowledged(db, now_ms)}
    escalated = select(_e.key, _e.row).where(_e.ledger == duty.ESCALATION, _e.current)
    told = {row.key: json.loads(row.row)["number"] for row in db.execute(escalated)}
    return [
        {
            "alarm": row.id, "facility": row.facility, "name": row.name_zh, "rule": row.rule,
            "location": row.location, "state": row.state, "raised_at_ms": row.raised_at_ms,
            "told": told.get(row.id, ""), "waiting": row.id in late,
        }
        for row in db.execute(opened.order_by(_a.raised_at_ms, _a.id).limit(_LISTED))
    ]  # fmt: skip
