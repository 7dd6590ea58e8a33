"""What waits for an attendant (待办): families without one, messages that did not arrive, alerts, late receipts."""

from collections.abc import Callable
from typing import Any

from sqlalchemy import Connection, and_, or_, select

from cloud.adapters import tables as t
from cloud.domain.actor import Actor, covers
from cloud.matters.funeral import alerts, points, records
from contract.cremation_notice import TEMPLATE
from contract.events.city import CITY

WAITS_MS = 10 * 60_000  # a message that is not sent by then is given on paper (domain brief, 4.4)
_LISTED = 500
_f, _k, _t, _s = records.funeral_case.c, records.funeral_booking.c, t.case_file.c, t.sms.c


def inbox(db: Connection, actor: Actor, now_ms: int) -> dict[str, list[dict[str, Any]]]:
    """An attendant's own families, and those that have nobody; of everybody else, all of their area."""

    def is_mine(row: Any) -> bool:
        return covers(actor.area, row.area) and (actor.role != "attendant" or row.attendant in ("", actor.number))

    return {
        "unattended": _unattended(db, is_mine),
        "untold": [*_untold(db, is_mine, now_ms), *_without_a_phone(db, is_mine)],
        "alerts": _alerts(db, actor),
    }


def _unattended(db: Connection, is_mine: Callable[[Any], bool]) -> list[dict[str, Any]]:
    query = (
        select(_t.case, _t.number, _t.area, _t.opened_at_ms, _f.attendant)
        .join(t.case_file, _t.case == _f.case)
        .where(_f.attendant == "", _f.over.is_(False))
        .order_by(_t.opened_at_ms)
    )
    rows = [row for row in db.execute(query.limit(_LISTED)) if is_mine(row)]
    return [{"case": row.case, "number": row.number, "opened_at_ms": row.opened_at_ms} for row in rows]


def _untold(db: Connection, is_mine: Callable[[Any], bool], now_ms: int) -> list[dict[str, Any]]:
    """Messages that failed after all tries, or wait too long, and were not given otherwise."""
    booked = and_(_k.facility == _s.facility, _k.case == _s.case)
    query = (
        select(_s.facility, _s.id, _s.state, _s.tries, _s.reason, _f.case, _f.attendant, _t.number, _t.area)
        .select_from(t.sms)
        .outerjoin(records.funeral_booking, booked)
        .join(records.funeral_case, or_(_f.case == _s.case, _f.case == _k.funeral_case))
        .join(t.case_file, _t.case == _f.case)
        .where(_s.template == TEMPLATE)
        .where(or_(_s.state == "failed", and_(_s.state == "queued", _s.received_at_ms < now_ms - WAITS_MS)))
        .order_by(_s.received_at_ms.desc(), _s.id)
    )
    by_hand = points.given_by_hand(db)
    return [
        {
            "case": row.case, "number": row.number, "attendant": row.attendant, "facility": row.facility,
            "sms": row.id, "state": row.state, "tries": row.tries, "reason": row.reason,
        }
        for row in db.execute(query.limit(_LISTED))
        if is_mine(row) and (row.facility, row.id) not in by_hand
    ]  # fmt: skip


def _without_a_phone(db: Connection, is_mine: Callable[[Any], bool]) -> list[dict[str, Any]]:
    """Booked at the office, and no message was queued: the leaflet is all they have."""
    told = select(_s.id).where(_s.case == _f.case).exists()
    kiosk = select(_k.case).where(_k.funeral_case == _f.case).exists()
    query = (
        select(_f.case, _f.attendant, _t.number, _t.area)
        .join(t.case_file, _t.case == _f.case)
        .where(_f.booked, _f.over.is_(False), ~told, ~kiosk)
        .order_by(_t.opened_at_ms)
    )
    by_hand = points.given_by_hand(db)
    return [
        {
            "case": row.case, "number": row.number, "attendant": row.attendant, "facility": CITY, "sms": row.case,
            "state": "no_phone", "tries": 0, "reason": "no phone was given: hand over the leaflet",
        }
        for row in db.execute(query.limit(_LISTED))
        if is_mine(row) and (CITY, row.case) not in by_hand
    ]  # fmt: skip


def _alerts(db: Connection, actor: Actor) -> list[dict[str, Any]]:
    query = (
        select(_t.case, _t.number, _t.state, _t.area, _t.form, _t.opened_at_ms)
        .where(_t.matter == alerts.KIND, _t.state != "closed")
        .order_by(_t.opened_at_ms.desc(), _t.case)
    )
    return [
        {"case": row.case, "number": row.number, "state": row.state, "opened_at_ms": row.opened_at_ms,
         **alerts.Alert.model_validate_json(row.form).model_dump(include={"why", "home", "about"})}
        for row in db.execute(query.limit(_LISTED))
        if covers(actor.area, row.area)
    ]  # fmt: skip
