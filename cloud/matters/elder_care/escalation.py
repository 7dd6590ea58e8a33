"""What the guidance centre is told: alarms of care homes that nobody acknowledged, and slots that nobody has.

Each is a row of a ledger and a text message in one transaction, once. While nobody is on duty an alarm waits, and the
duty board shows it.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, exists, or_, select

from cloud.adapters import city_tables as c
from cloud.adapters import tables as t
from cloud.domain.actor import SYSTEM
from cloud.matters.elder_care import duty
from cloud.matters.elder_care.roster import Slot, slots_until
from cloud.ports import CityLog, LogWriting, Opener, Sealer
from cloud.services.ledgers import Ledgers
from contract.events.visits import SmsQueued
from contract.identifiers.area import AREAS
from contract.words import WORDS

ALARMS_EVERY_S, GAPS_EVERY_S = 5.0, 60.0
AFTER_S = 300
"""After the shift lead and the duty manager of the home (domain brief, 4.3): the centre."""
CENTRES_LEVEL = 3
WARN_BEFORE_MS = 24 * 3_600_000
ALARM_TEMPLATE, GAP_TEMPLATE = "care_alarm_escalated", "care_duty_gap"
_AT_ONCE = 200
_a, _f, _e = t.alarm.c, t.facility.c, c.ledger_entry.c


@dataclass(frozen=True, slots=True)
class Alarm:
    """`county`: the home's. `name`: the home's, in Chinese."""

    alarm: str
    facility: str
    name: str
    county: str
    rule: str
    location: str
    raised_at_ms: int


def unacknowledged(db: Connection, now_ms: int) -> Sequence[Alarm]:
    """Of care homes, for so long that the centre is to know, the oldest first. Drills are none."""
    escalated = exists().where(_e.ledger == duty.ESCALATION, _e.key == _a.id)
    columns = _a.id, _a.facility, _f.name_zh, _f.area, _a.rule, _a.location, _a.raised_at_ms
    long = or_(_a.escalation >= CENTRES_LEVEL, _a.raised_at_ms <= now_ms - AFTER_S * 1000)
    query = select(*columns).join(t.facility, _f.id == _a.facility)
    query = query.where(_a.state == "raised", _a.drill == "", _f.kind == "care_home", long, ~escalated)
    return [Alarm(*row) for row in db.execute(query.order_by(_a.raised_at_ms, _a.id).limit(_AT_ONCE))]


def alarm_text(alarm: Alarm, now_ms: int) -> str:
    minutes = max(0, now_ms - alarm.raised_at_ms) // 60_000
    what = WORDS[f"rule.{alarm.rule}"].zh if f"rule.{alarm.rule}" in WORDS else alarm.rule
    return f"【养老服务指导中心】{alarm.name}{alarm.location}“{what}”报警已{minutes}分钟无人应答，请立即联系核实。"


def gap_text(area: str, slot: Slot) -> str:
    where = AREAS[area].zh
    return f"【养老服务指导中心】{where} {slot.day.month}月{slot.day.day}日{slot.hour}时起的班次无人值班，请尽快安排。"


class _Telling:
    def __init__(self, log: CityLog, ledgers: Ledgers, opener: Opener, seal: Sealer, new_id: Callable[[], str]) -> None:
        self._log, self._ledgers, self._open, self._seal, self._new_id = log, ledgers, opener, seal, new_id

    def _send(self, writing: LogWriting, sms: str, template: str, phone: str, text: str) -> None:
        sealed = self._seal(f"sms/{sms}", {"phone": phone, "text": text})
        writing.append(SmsQueued(case=self._new_id(), sms=sms, template=template, sealed=sealed))


class Escalations(_Telling):
    """A job."""

    def step(self) -> int:
        """How many went out. Raises RecordsUnavailable."""
        with self._log.writing() as writing:
            waiting = unacknowledged(writing.books.db, writing.now_ms)
        return sum(self._escalate(alarm) for alarm in waiting)

    def _escalate(self, alarm: Alarm) -> bool:
        with self._log.writing() as writing:
            books = writing.books
            if books.alarm_state(alarm.facility, alarm.alarm) != "raised":
                return False
            on_duty = duty.on_duty(books, alarm.county, writing.now_ms)
            if on_duty is None or on_duty[3] is None or books.ledger_row(duty.ESCALATION, alarm.alarm) is not None:
                return False
            area, slot, number, sealed = on_duty
            sms = self._new_id()
            phone = str(self._open(f"ledger/{duty.DUTY}/{duty.duty_key(area, slot)}", sealed or "")["phone"])
            self._ledgers.enter_named(writing, duty.ESCALATION, {
                "alarm": alarm.alarm, "facility": alarm.facility, "area": area, "day": slot.day, "hour": slot.hour,
                "number": number, "sms": sms,
            }, SYSTEM)  # fmt: skip
            self._send(writing, sms, ALARM_TEMPLATE, phone, alarm_text(alarm, writing.now_ms))
        return True


class Gaps(_Telling):
    """A job: a slot that nobody has a day before it begins."""

    def step(self) -> int:
        """How many were told of. Raises RecordsUnavailable."""
        with self._log.writing() as writing:
            until_ms = writing.now_ms + WARN_BEFORE_MS
            return sum(
                self._warn(writing, area, slot)
                for area, hours in duty.centres(writing.books.db).items()
                for slot in slots_until(hours, writing.now_ms, until_ms)
            )

    def _warn(self, writing: LogWriting, area: str, slot: Slot) -> bool:
        books, key = writing.books, duty.duty_key(area, slot)
        has, told = books.ledger_row(duty.DUTY, key), books.ledger_row(duty.GAP, key)
        centre, version = books.ledger_row(duty.CENTRE, area), has.version if has else 0
        if (has is not None and has.row.get("number")) or centre is None or centre.sealed is None:
            return False
        if told is not None and told.row.get("duty_version", 0) >= version:
            return False
        sms = self._new_id()
        phone = str(self._open(f"ledger/{duty.CENTRE}/{area}", centre.sealed)["head_phone"])
        row = {"area": area, "day": slot.day, "hour": slot.hour, "sms": sms, "duty_version": version}
        self._ledgers.enter_named(writing, duty.GAP, row, SYSTEM)
        self._send(writing, sms, GAP_TEMPLATE, phone, gap_text(area, slot))
        return True
