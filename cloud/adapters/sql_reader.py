"""What the pages read from the shared records. Never a token, never a full number or name."""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from datetime import UTC, datetime, timedelta, timezone
from typing import Any

from sqlalchemy import Column, Connection, Engine, Select, Table, and_, desc, func, select

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available
from cloud.adapters.sql_records import SLOT_MS, THINNED
from cloud.domain.alarm_life import OPEN_STATES
from cloud.domain.picture import AlarmPicture, DevicePicture, FacilityPicture, Picture
from cloud.ports import Drills, Row

_SHANGHAI = timezone(timedelta(hours=8))
_PERIOD_S = 30  # an edge says something at least this often
_MINUTE_MS = 60_000
_WALL_METRICS = ("Air/Temperature",)
_PUBLIC_VISIT = tuple(c for c in t.visit.c if c.name != "token")
_STREAMED: dict[str, tuple[Column[Any], ...]] = {  # change.kind -> what of the row it names is public
    "alarm": tuple(t.alarm.c),
    "visit": _PUBLIC_VISIT,
    "drill": tuple(t.drill.c),
    "device": tuple(t.device.c),
    "facility": tuple(t.facility.c),
}


class SqlReader:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    # the wall

    def version(self) -> int:
        return self.last_change()

    def picture(self, now_ms: int) -> Picture:
        with available(), self._engine.connect() as db:
            devices, alarms, latest = _by_facility(db, t.device), defaultdict(list), _by_facility(db, t.latest)
            for row in db.execute(select(t.alarm).where(t.alarm.c.state.in_(OPEN_STATES))):
                alarms[row.facility].append(row)
            since = _midnight_ms(now_ms)
            visits = select(t.visit.c.facility, func.count()).where(t.visit.c.at_ms >= since, t.visit.c.drill == "")
            checkins: dict[str, int] = {row[0]: row[1] for row in db.execute(visits.group_by(t.visit.c.facility))}
            drills = select(t.drill.c.facility, func.count()).where(_is_on(now_ms)).group_by(t.drill.c.facility)
            drills_on: dict[str, int] = {row[0]: row[1] for row in db.execute(drills)}
            facilities = tuple(
                _facility(
                    row, devices[row.id], alarms[row.id], latest[row.id], checkins.get(row.id, 0),
                    drills_on.get(row.id, 0),
                )
                for row in db.execute(select(t.facility).order_by(t.facility.c.id))
            )  # fmt: skip
            slots = t.intake.c.slot_ms > now_ms - SLOT_MS - _MINUTE_MS, t.intake.c.slot_ms <= now_ms - SLOT_MS
            return Picture(now_ms, facilities, db.scalar(select(func.sum(t.intake.c.readings)).where(*slots)) or 0)

    # the API

    def facilities(self) -> list[Row]:
        return self._rows(select(t.facility).order_by(t.facility.c.id))

    def devices(self, facility: str | None) -> list[Row]:
        query = select(t.device).order_by(t.device.c.facility, t.device.c.id)
        return self._rows(query if facility is None else query.where(t.device.c.facility == facility))

    def alarms(self, *, open_only: bool, facility: str | None, drill: Drills, limit: int) -> list[Row]:
        query = _of_drills(select(t.alarm), t.alarm, drill).order_by(desc(t.alarm.c.raised_at_ms)).limit(limit)
        if open_only:
            query = query.where(t.alarm.c.state.in_(OPEN_STATES))
        return self._rows(query if facility is None else query.where(t.alarm.c.facility == facility))

    def visits(self, facility: str | None, drill: Drills, limit: int) -> list[Row]:
        query = _of_drills(select(*_PUBLIC_VISIT), t.visit, drill).order_by(desc(t.visit.c.at_ms)).limit(limit)
        return self._rows(query if facility is None else query.where(t.visit.c.facility == facility))

    def drills(self, *, on_only: bool, facility: str | None, limit: int) -> list[Row]:
        query = select(t.drill).order_by(desc(t.drill.c.started_at_ms)).limit(limit)
        if on_only:
            query = query.where(t.drill.c.ended_at_ms.is_(None))
        return self._rows(query if facility is None else query.where(t.drill.c.facility == facility))

    def command(self, command: str) -> Row | None:
        return next(iter(self._rows(select(t.command).where(t.command.c.id == command))), None)

    def dead_letters(self, limit: int) -> list[Row]:
        rows = self._rows(select(t.dead_letter).order_by(desc(t.dead_letter.c.id)).limit(limit))
        return [{**row, "payload": bytes(row["payload"]).hex()} for row in rows]  # type: ignore[call-overload]

    def last_change(self) -> int:
        with available(), self._engine.connect() as db:
            return db.scalar(select(func.max(t.change.c.id))) or 0

    def changes_after(self, change: int, limit: int) -> list[tuple[int, str, Row]]:
        with available(), self._engine.connect() as db:
            query = select(t.change).where(t.change.c.id > change).order_by(t.change.c.id).limit(limit)
            changes = db.execute(query).all()
            if not changes:
                return []
            trimmed = (db.scalar(select(func.min(t.change.c.id))) or 0) > change + 1
            latest_of = {(row.kind, row.facility, row.ref): row.id for row in changes}
            now = {kind: _rows_named(db, kind, latest_of) for kind in _STREAMED}
        found: list[tuple[int, str, Row]] = [(change, "missed", {"after": change})] if trimmed else []
        for (kind, facility, ref), number in sorted(latest_of.items(), key=lambda item: item[1]):
            found.append((number, kind, now.get(kind, {}).get((facility, ref), {})))
        return found

    def health(self) -> Row:
        with available(), self._engine.connect() as db:
            return {
                "facilities": _count(db, t.facility),
                "facilities_online": db.scalar(select(func.count()).where(t.facility.c.online)) or 0,
                "devices": db.scalar(select(func.count()).where(t.device.c.cause != "drill")) or 0,
                "devices_online": db.scalar(select(func.count()).where(t.device.c.online)) or 0,
                "events": db.scalar(select(func.count()).where(t.event.c.drill == "")) or 0,
                "drills_on": db.scalar(select(func.count()).where(t.drill.c.ended_at_ms.is_(None))) or 0,
                "dead_letters": _count(db, t.dead_letter),
                "dead_letters_thinned": db.scalar(select(t.tally.c.count).where(t.tally.c.name == THINNED)) or 0,
                "chain_breaks": _count(db, t.chain_break),
                "telemetry_spool": db.scalar(
                    select(func.count()).where(t.telemetry_spool.c.written_at_ms.is_(None))
                ) or 0,
            }  # fmt: skip

    def _rows(self, query: Select[Any]) -> list[Row]:
        with available(), self._engine.connect() as db:
            return [dict(row) for row in db.execute(query).mappings()]


def _rows_named(
    db: Connection, kind: str, changes: Iterable[tuple[str, str, str]]
) -> dict[tuple[str, str], dict[str, Any]]:
    """(facility, ref) -> the row as it is now, for the changes of one kind."""
    names = {(facility, ref) for changed, facility, ref in changes if changed == kind}
    if not names:
        return {}
    columns = {column.name: column for column in _STREAMED[kind]}
    owner = columns.get("facility", columns["id"])
    facilities, refs = zip(*names, strict=True)
    query = select(*columns.values()).where(owner.in_(set(facilities)), columns["id"].in_(set(refs)))
    return {(row[owner.name], row["id"]): dict(row) for row in db.execute(query).mappings()}


def _of_drills(query: Select[Any], table: Table, wanted: Drills) -> Select[Any]:
    match wanted:
        case "exclude":
            return query.where(table.c.drill == "")
        case "only":
            return query.where(table.c.drill != "")
        case "include":
            return query


def _is_on(now_ms: int) -> Any:
    """A drill whose end we never heard of does not stay on the wall for ever."""
    c = t.drill.c
    return and_(c.ended_at_ms.is_(None), c.started_at_ms + c.for_s * 1000 + _MINUTE_MS > now_ms)


def _by_facility(db: Connection, table: Table) -> "defaultdict[str, list[Any]]":
    grouped: defaultdict[str, list[Any]] = defaultdict(list)
    for row in db.execute(select(table)):
        grouped[row.facility].append(row)
    return grouped


def _facility(
    row: Any, devices: Sequence[Any], alarms: Sequence[Any], latest: Sequence[Any], checkins: int, drills_on: int
) -> FacilityPicture:
    online = {device.id for device in devices if device.online}
    beds = {one.device: one.value for one in latest if one.metric == "Bed/Occupied"}
    known = {device: value for device, value in beds.items() if device in online}
    return FacilityPicture(
        id=row.id,
        area=row.area,
        kind=row.kind,
        name_zh=row.name_zh,
        name_en=row.name_en,
        simulated=row.simulated,
        link="online" if row.online else "offline",
        heard_at_ms=row.heard_at_ms,
        period_s=_PERIOD_S,
        devices=tuple(
            DevicePicture(d.id, d.driver, d.location, d.life_safety, d.online, d.cause, d.since_ms, d.proven_at_ms,
                          d.prove_every_days)
            for d in devices
        ),
        beds_total=len(beds),
        beds_occupied=sum(1 for value in known.values() if value),
        beds_unknown=len(beds) - len(known),
        checkins_today=checkins,
        alarms=tuple(_alarm(one) for one in alarms if not one.drill),
        readings=tuple(
            (one.device, one.metric, one.value)
            for one in sorted(latest, key=lambda one: one.device)
            if one.metric in _WALL_METRICS
        ),
        drill_alarms=tuple(_alarm(one) for one in alarms if one.drill),
        drills_on=drills_on,
        clock_quality=row.clock_quality,
        clock_offset_ms=row.clock_offset_ms,
        clock_seen_ms=row.clock_seen_ms,
    )  # fmt: skip


def _alarm(a: Any) -> AlarmPicture:
    return AlarmPicture(a.id, a.facility, a.device, a.rule, a.priority, a.state, a.escalation, a.location,
                        a.raised_at_ms, a.drill)  # fmt: skip


def _midnight_ms(now_ms: int) -> int:
    """The start of today where the facilities are."""
    local = datetime.fromtimestamp(now_ms / 1000, UTC).astimezone(_SHANGHAI)
    return round(local.replace(hour=0, minute=0, second=0, microsecond=0).timestamp() * 1000)


def _count(db: Connection, table: Table) -> int:
    return db.scalar(select(func.count()).select_from(table)) or 0
