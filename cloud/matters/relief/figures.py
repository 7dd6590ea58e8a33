"""How fast somebody at the gate is answered, how well the roster covers the year, how long tickets take."""

from collections.abc import Mapping
from datetime import date
from typing import Any

from sqlalchemy import Connection, func, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.roster import hours, midnight_ms, on_duty, uncovered
from cloud.matters.kiosk_forms import records as kiosk_forms
from cloud.matters.relief import joint_tickets, stations, workflow

ACKNOWLEDGED_MS, ON_SITE_MS = 60_000, 5 * 60_000
DAYS_MS = 90 * 24 * 3_600_000
NIGHT = (22, 6)
_a, _f, _t, _s = t.alarm.c, t.facility.c, t.case_file.c, c.case_step.c


def gate(db: Connection, now_ms: int) -> dict[str, Any]:
    """Calls at relief stations in the last ninety days; drills are none. What was never answered is late."""
    query = select(_a.raised_at_ms, _a.acknowledged_at_ms, _a.attended_at_ms).join(t.facility, _f.id == _a.facility)
    called = _f.kind == "relief_station", _a.rule == "call", _a.drill == "", _a.raised_at_ms > now_ms - DAYS_MS
    rows = db.execute(query.where(*called)).all()
    acknowledged = [_took(row.raised_at_ms, row.acknowledged_at_ms) for row in rows]
    attended = [_took(row.raised_at_ms, row.attended_at_ms) for row in rows]
    return {
        "calls": len(rows),
        "at_night": sum(_is_night(row.raised_at_ms) for row in rows),
        "acknowledged_in_time": sum(ms is not None and ms <= ACKNOWLEDGED_MS for ms in acknowledged),
        "on_site_in_time": sum(ms is not None and ms <= ON_SITE_MS for ms in attended),
        "slowest_acknowledged_ms": max((ms for ms in acknowledged if ms is not None), default=None),
        "slowest_on_site_ms": max((ms for ms in attended if ms is not None), default=None),
        "unanswered": sum(ms is None for ms in acknowledged),
    }


def roster(db: Connection, year: int, now_ms: int) -> list[dict[str, Any]]:
    """Each station: the hours of that year that nobody has, and who is there now. Hours of Asia/Shanghai."""
    told = []
    for one in stations.stations(db):
        turns = stations.turns(db, one["station"])
        empty = uncovered(turns, midnight_ms(date(year, 1, 1)), midnight_ms(date(year + 1, 1, 1)))
        told.append({
            "station": one["station"], "year": year, "hours_uncovered": hours(empty),
            "uncovered": [{"begins_ms": begins, "ends_ms": ends} for begins, ends in empty[:100]],
            "on_duty": on_duty(turns, now_ms),
        })  # fmt: skip
    return told


def tickets(db: Connection, area: str) -> list[dict[str, Any]]:
    """Each ticket with its desk and the times of its steps, the newest first. `area`: all below it."""
    within = "3308" if area == "330800" else area
    query = select(_t.case, _t.number, _t.state, _t.area, _t.owner, _t.form, _t.opened_at_ms)
    query = query.where(_t.matter == joint_tickets.KIND, _t.area.startswith(within, autoescape=True))
    rows = db.execute(query.order_by(_t.opened_at_ms.desc(), _t.case).limit(500)).all()
    times = _times(db, [row.case for row in rows])
    return [
        {
            "case": row.case, "number": row.number, "state": row.state, "district": row.area, "desk": row.owner,
            "task": joint_tickets.Ticket.model_validate_json(row.form).task, "sent_at_ms": row.opened_at_ms,
            "accepted_at_ms": times.get((row.case, "accept")),
            "done_at_ms": times.get((row.case, "finish"), times.get((row.case, "hand_on"))),
        }
        for row in rows
    ]  # fmt: skip


def figures(db: Connection, year: int, now_ms: int) -> dict[str, Any]:
    """What the page and the wall show."""
    states = select(_t.matter, _t.state, func.count()).where(
        _t.matter.in_((workflow.CASE, workflow.RECEPTION, joint_tickets.KIND))
    )
    by_state: dict[str, dict[str, int]] = {}
    for kind, state, count in db.execute(states.group_by(_t.matter, _t.state)):
        by_state.setdefault(kind, {})[state] = count
    return {
        "gate": gate(db, now_ms),
        "stations": roster(db, year, now_ms),
        "cases": by_state,
        "long_stays": [
            {"case": case, "number": number, "days": days} for case, number, days in workflow.long_stays(db, now_ms)
        ],
        "from_stations": kiosk_forms.counted(db, ("relief", "relief_intake")),
    }


def _times(db: Connection, cases: list[str]) -> Mapping[tuple[str, str], int]:
    steps = select(_s.case, _s.step, func.min(_s.at_ms)).where(_s.case.in_(cases))
    return {(case, step): at_ms for case, step, at_ms in db.execute(steps.group_by(_s.case, _s.step))}


def _took(from_ms: int, at_ms: int | None) -> int | None:
    return None if at_ms is None else at_ms - from_ms


def _is_night(at_ms: int) -> bool:
    hour = (at_ms // 3_600_000 + 8) % 24
    return hour >= NIGHT[0] or hour < NIGHT[1]
