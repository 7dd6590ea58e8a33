"""What a facility's own devices say, for whoever inspects it: how alarms were answered, what is off line now."""

from typing import Any

from sqlalchemy import Connection, Integer, and_, cast, func, select

from cloud.adapters import tables as t

DAYS = 90
_ANSWERED_MS = 60_000
_a, _d = t.alarm.c, t.device.c


def evidence(db: Connection, facility: str, now_ms: int) -> dict[str, Any]:
    """Of the last 90 days, without drills. `slowest_s`: the longest that an alarm waited, None without an answer."""
    waited = _a.acknowledged_at_ms - _a.raised_at_ms
    since = and_(_a.facility == facility, _a.drill == "", _a.raised_at_ms > now_ms - DAYS * 86_400_000)
    alarms, answered, in_time, slowest = db.execute(
        select(
            func.count(), func.count(waited), func.sum(cast(waited <= _ANSWERED_MS, Integer)), func.max(waited)
        ).where(since)
    ).one()
    devices, online = db.execute(
        select(func.count(), func.sum(cast(_d.online, Integer))).where(_d.facility == facility)
    ).one()
    return {
        "facility": facility, "days": DAYS, "alarms": alarms, "answered": answered,
        "answered_in_a_minute": int(in_time or 0), "slowest_s": None if slowest is None else slowest / 1000,
        "devices": devices, "devices_off_line": devices - int(online or 0),
    }  # fmt: skip
