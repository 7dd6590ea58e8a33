"""The shared records in SQL: everything one batch of messages changes, in one transaction."""

import contextlib
import json
import logging
import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict

from sqlalchemy import Connection, Engine, and_, bindparam, delete, func, insert, or_, select, update

from cloud.adapters import tables as t
from cloud.adapters.sql_case_books import CaseBooks
from cloud.adapters.sql_city_books import CityBooks
from cloud.adapters.sql_database import add_up, available, insert_once, one_writer, upsert
from cloud.domain.chain import Tip
from cloud.domain.intervals import Intervals
from cloud.domain.rows import DeviceRow, FacilityRow, Point
from contract.events.envelope import GENESIS, Envelope
from contract.events.types import AlarmRaised, DrillStarted
from contract.events.visits import VisitCheckin

_KEPT_PAYLOAD = 64 * 1024
_KEPT_CHANGES = 10_000
_KEPT_DEAD_LETTERS = 5_000
_KEPT_INTAKE_MS = 24 * 3600 * 1000
SLOT_MS = 10_000
THINNED = "dead letters thinned"
_OF_AN_ALARM = {"device", "rule", "location", "metric", "value", "limit", "drill"}
_ONLY_GROW = ("proven_at_ms", "swapped_at_ms")
log = logging.getLogger(__name__)


class SqlRecords:
    def __init__(self, engine: Engine) -> None:
        self._engine = engine

    @contextlib.contextmanager
    def transaction(self) -> Iterator["SqlBooks"]:
        with available(), self._engine.begin() as connection:
            one_writer(connection)
            yield SqlBooks(connection)

    def trim(self, now_ms: int) -> None:
        """Old change notices and counts, which the pages never look back to; old dead letters, which are counted."""
        with available(), self._engine.begin() as connection:
            newest = connection.scalar(select(func.max(t.change.c.id))) or 0
            connection.execute(delete(t.change).where(t.change.c.id < newest - _KEPT_CHANGES))
            connection.execute(delete(t.intake).where(t.intake.c.slot_ms < now_ms - _KEPT_INTAKE_MS))
            newest = connection.scalar(select(func.max(t.dead_letter.c.id))) or 0
            old = t.dead_letter.c.id <= newest - _KEPT_DEAD_LETTERS
            if thinned := connection.execute(delete(t.dead_letter).where(old)).rowcount:
                log.warning("thinned the %d oldest dead letters", thinned)
                add_up(connection, t.tally, {"name": THINNED, "count": thinned}, "count")


class SqlBooks(CaseBooks, CityBooks):
    def __init__(self, connection: Connection) -> None:
        self._db = self.db = connection
        self._position: int | None = None  # of the last event in the log

    # the chain

    def tip(self, facility: str, epoch: str) -> Tip:
        row = self._db.execute(select(t.chain.c.seq, t.chain.c.hash).where(_chain(facility, epoch))).first()
        return Tip(row.seq, row.hash) if row else Tip()

    def set_tip(self, facility: str, epoch: str, tip: Tip) -> None:
        self._open_chain(facility, epoch)
        self._db.execute(update(t.chain).where(_chain(facility, epoch)).values(seq=tip.seq, hash=tip.hash))

    def offsets(self, facility: str, epoch: str) -> Intervals:
        text = self._db.scalar(select(t.chain.c.readings).where(_chain(facility, epoch)))
        return Intervals.from_json(text) if text else Intervals()

    def set_offsets(self, facility: str, epoch: str, offsets: Intervals) -> None:
        self._open_chain(facility, epoch)
        self._db.execute(update(t.chain).where(_chain(facility, epoch)).values(readings=offsets.to_json()))

    def chain_break(self, facility: str, epoch: str, lane: str, kind: str, first: int, last: int, at_ms: int) -> None:
        self._db.execute(
            insert(t.chain_break).values(
                facility=facility, epoch=epoch, lane=lane, kind=kind, first=first, last=last, found_at_ms=at_ms
            )
        )

    def _open_chain(self, facility: str, epoch: str) -> None:
        insert_once(
            self._db, t.chain, {"facility": facility, "epoch": epoch, "seq": 0, "hash": GENESIS, "readings": "[]"}
        )

    # events and their effects

    def append_event(
        self, envelope: Envelope, body: bytes, ingest_at_ms: int, *, late: bool, applied: bool = True
    ) -> bool:
        if self._position is None:
            self._position = self._db.scalar(select(func.max(t.event.c.position))) or 0
        is_new = insert_once(
            self._db,
            t.event,
            {
                "facility": envelope.facility,
                "epoch": envelope.epoch,
                "seq": envelope.seq,
                "id": str(envelope.id),
                "type": envelope.type,
                "subject": _printable(envelope.subject),
                "priority": envelope.priority,
                "time_ms": envelope.time_ms,
                "ingest_at_ms": ingest_at_ms,
                "late": late,
                "body": body,
                "drill": _drill_of(envelope),
                "position": self._position + 1,
                "applied": applied,
            },
        )
        self._position += is_new
        return is_new

    def event_id(self, facility: str, epoch: str, seq: int) -> str | None:
        c = t.event.c
        return self._db.scalar(select(c.id).where(c.facility == facility, c.epoch == epoch, c.seq == seq))

    def raise_alarm(self, facility: str, event: AlarmRaised, at_ms: int, *, late: bool) -> None:
        row = event.model_dump(include=_OF_AN_ALARM)
        for measured in ("value", "limit"):
            if row[measured] is not None and not math.isfinite(row[measured]):
                row[measured] = None  # the alarm counts, whatever its number; and NaN is not JSON
        self._db.execute(
            insert(t.alarm).values(
                id=event.alarm, facility=facility, priority=event.priority, state="raised", escalation=0, late=late,
                raised_at_ms=at_ms, **row,
            )
        )  # fmt: skip
        self.changed("alarm", facility, event.alarm)

    def alarm_state(self, facility: str, alarm: str) -> str | None:
        return self._db.scalar(select(t.alarm.c.state).where(t.alarm.c.id == alarm, t.alarm.c.facility == facility))

    def move_alarm(self, alarm: str, state: str, at_ms: int, *, level: int | None, reason: str | None) -> None:
        values: dict[str, object] = {"state": state}
        if level is not None:
            values["escalation"] = level
        else:
            values[f"{state}_at_ms"] = at_ms
        if reason is not None:
            values["close_reason"] = reason
        facility = self._db.scalar(
            update(t.alarm).where(t.alarm.c.id == alarm).values(**values).returning(t.alarm.c.facility)
        )
        self.changed("alarm", facility or "", alarm)

    def add_visit(self, facility: str, event: VisitCheckin, at_ms: int) -> None:
        self._db.execute(
            insert(t.visit).values(
                id=event.visit, facility=facility, source_device_id=event.device, token=event.token,
                id_masked=event.id_masked, name_masked=event.name_masked, method=event.method, at_ms=at_ms,
                drill=event.drill,
            )
        )  # fmt: skip
        self.changed("visit", facility, event.visit)

    def drill_is_on(self, facility: str, drill: str) -> bool | None:
        ended = select(t.drill.c.ended_at_ms).where(t.drill.c.facility == facility, t.drill.c.id == drill)
        row = self._db.execute(ended).first()
        return None if row is None else row.ended_at_ms is None

    def start_drill(self, facility: str, event: DrillStarted, at_ms: int) -> None:
        row = event.model_dump(include={"device", "kind", "what", "by", "for_s"})
        self._db.execute(insert(t.drill).values(facility=facility, id=event.drill, started_at_ms=at_ms, **row))
        self.changed("drill", facility, event.drill)

    def end_drill(self, facility: str, drill: str, reason: str, at_ms: int) -> None:
        which = t.drill.c.facility == facility, t.drill.c.id == drill
        self._db.execute(update(t.drill).where(*which).values(ended_at_ms=at_ms, end_reason=reason))
        self.changed("drill", facility, drill)

    def answer_command(self, facility: str, command: str, answer: str, at_ms: int) -> None:
        c = t.command.c
        waiting = c.id == command, c.facility == facility, c.answered_at_ms.is_(None)
        self._db.execute(update(t.command).where(*waiting).values(answered_at_ms=at_ms, answer=answer[:256]))

    def dead_letter(self, topic: str, payload: bytes, reason: str, at_ms: int) -> None:
        self._db.execute(
            insert(t.dead_letter).values(
                received_at_ms=at_ms,
                topic=_printable(topic)[:1024],
                reason=_printable(reason)[:1024],
                size=len(payload),
                payload=payload[:_KEPT_PAYLOAD],
            )
        )

    # facilities, devices, measurements

    def epoch(self, facility: str) -> str | None:
        return self._db.scalar(select(t.facility.c.epoch).where(t.facility.c.id == facility))

    def facility_online(self, row: FacilityRow, at_ms: int) -> None:
        upsert(
            self._db,
            t.facility,
            [{**asdict(row), "online": True, "cause": "", "since_ms": at_ms, "heard_at_ms": at_ms}],
        )
        self._devices_offline(t.device.c.facility == row.id, "edge", at_ms)
        self.changed("facility", row.id, row.id)

    def facility_offline(self, facility: str, cause: str, at_ms: int) -> None:
        self._db.execute(
            update(t.facility)
            .where(t.facility.c.id == facility, t.facility.c.online)
            .values(online=False, cause=cause, since_ms=at_ms)
        )
        self._devices_offline(t.device.c.facility == facility, cause, at_ms)
        gone_with_it = t.device.c.cause.in_(("edge", "drill"))  # because their node went; a drill does not outlive it
        self._db.execute(update(t.device).where(t.device.c.facility == facility, gone_with_it).values(cause=cause))
        self.changed("facility", facility, facility)

    def everything_offline(self, cause: str, at_ms: int) -> None:
        for facility in self._db.scalars(select(t.facility.c.id)).all():
            self.facility_offline(facility, cause, at_ms)

    def device_born(self, row: DeviceRow, at_ms: int) -> None:
        about = asdict(row)
        proven = {"proven_at_ms": about.pop("proven_at_ms")}
        upsert(self._db, t.device, [{**about, "since_ms": at_ms}])
        self.device_learnt(row.facility, row.id, proven, at_ms)

    def device_learnt(self, facility: str, device: str, about: Mapping[str, object], at_ms: int) -> None:
        """Births, data and events come by different ways: none may take a newer time back."""
        c = t.device.c
        which = c.facility == facility, c.id == device
        plain = {name: value for name, value in about.items() if name not in _ONLY_GROW}
        if plain:
            self._db.execute(update(t.device).where(*which).values(**plain))
        for name in _ONLY_GROW:
            time_ms = about.get(name)
            if isinstance(time_ms, int):
                kept_ms = min(time_ms, at_ms)  # a clock that runs ahead must not prove anything for years
                older = or_(c[name].is_(None), c[name] < kept_ms)
                self._db.execute(update(t.device).where(*which, older).values({name: kept_ms}))
        self.changed("device", facility, device)

    def device_clocks(self, offsets_ms: Mapping[tuple[str, str], int]) -> None:
        if not offsets_ms:
            return
        which = t.device.c.facility == bindparam("of"), t.device.c.id == bindparam("named")
        rows = [{"of": facility, "named": device, "by": ms} for (facility, device), ms in sorted(offsets_ms.items())]
        self._db.execute(update(t.device).where(*which).values(clock_offset_ms=bindparam("by")), rows)

    def facility_stands(self, facility: str, about: Mapping[str, object]) -> None:
        which = t.facility.c.id == facility
        known = self._db.execute(select(*(t.facility.c[name] for name in about)).where(which)).mappings().first()
        differing = {name for name in about if known is not None and known[name] != about[name]}
        if differing:
            self._db.execute(update(t.facility).where(which).values(**about))
        if differing - {"clock_offset_ms"}:  # its last digits never rest; the pages look again by themselves
            self.changed("facility", facility, facility)

    def device_offline(self, facility: str, device: str, cause: str | None, at_ms: int) -> None:
        self._devices_offline(and_(t.device.c.facility == facility, t.device.c.id == device), cause, at_ms)
        self.changed("device", facility, device)

    def _devices_offline(self, which: object, cause: str | None, at_ms: int) -> None:
        """`cause` None keeps the one that the device gave itself."""
        values = {"online": False, "since_ms": at_ms, **({} if cause is None else {"cause": cause})}
        self._db.execute(update(t.device).where(which, t.device.c.online).values(**values))  # type: ignore[arg-type]

    def heard(self, facility: str, at_ms: int, clock_ms: int | None) -> None:
        seen = {} if clock_ms is None else {"clock_seen_ms": clock_ms}
        self._db.execute(update(t.facility).where(t.facility.c.id == facility).values(heard_at_ms=at_ms, **seen))

    def remember_latest(self, points: Sequence[Point], ingest_at_ms: int) -> None:
        newest: dict[tuple[str, str, str], Point] = {}
        for point in points:
            if point.drill:
                continue
            key = (point.facility, point.device, point.metric)
            if key not in newest or newest[key].at_ms <= point.at_ms:
                newest[key] = point
        rows = [
            {"facility": p.facility, "device": p.device, "metric": p.metric, "value": p.value,
             "taken_at_ms": min(p.at_ms, ingest_at_ms), "ingest_at_ms": ingest_at_ms}
            for _, p in sorted(newest.items())
        ]  # a time ahead of ours would hide all that comes until then  # fmt: skip
        upsert(self._db, t.latest, rows, newest="taken_at_ms")
        for facility in {p.facility for p in newest.values()}:
            self.changed("reading", facility, "")

    def count_readings(self, readings: int, at_ms: int) -> None:
        if readings:
            add_up(self._db, t.intake, {"slot_ms": at_ms - at_ms % SLOT_MS, "readings": readings}, "readings")

    def spool(self, points: Sequence[Point]) -> None:
        if points:
            rows = [[p.facility, p.device, p.metric, p.at_ms, p.value, p.drill] for p in points]
            self._db.execute(insert(t.telemetry_spool).values(points=json.dumps(rows, separators=(",", ":"))))

    def changed(self, kind: str, facility: str, ref: str) -> None:
        self._db.execute(insert(t.change).values(kind=kind, facility=facility, ref=ref))


def _chain(facility: str, epoch: str):  # type: ignore[no-untyped-def]
    return and_(t.chain.c.facility == facility, t.chain.c.epoch == epoch)


def _drill_of(envelope: Envelope) -> str:
    """Before the data are checked: an event of a drill that breaks its schema is an event of a drill still."""
    drill = envelope.data.get("drill", "")
    return _printable(drill)[:64] if isinstance(drill, str) else ""


def _printable(text: str) -> str:
    """PostgreSQL refuses U+0000 in text."""
    return text.replace("\x00", "\N{REPLACEMENT CHARACTER}")
