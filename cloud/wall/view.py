"""What the wall shows, worked out of a picture: states, sorting, totals, staleness. Pure."""

from collections import Counter
from collections.abc import Iterable, Mapping

from cloud.domain.picture import AlarmPicture, DevicePicture, FacilityPicture, Picture
from cloud.wall.parts import AlarmList, AlarmRow, Beds, Card, DrillList, Headline, Note, Reading, Rest, Tone, Wall
from cloud.wall.upkeep import clock_note, proof_note
from cloud.wall.wording import counted, filled, joined, word
from contract.words import WORDS, Words

CARDS_SHOWN = 8
ALARMS_SHOWN = 5
ALARMS_SHOWN_BESIDE_DRILLS = 4
DRILLS_SHOWN = 2  # where three real alarms and fewer leave room
STALE_PERIODS = 2
LIFE_SAFETY = 0

_TONES: tuple[Tone, ...] = ("critical", "warn", "stale", "ok")
_ALARM_STATES = ("raised", "acknowledged", "attended")
_SIMULATED_ENDINGS = ("(模拟)", "（模拟）", "(simulated)")


def wall_view(picture: Picture, cards_shown: int = CARDS_SHOWN) -> Wall:
    cards = sorted((_card(f, picture.at_ms) for f in picture.facilities), key=_worst_first)
    alarms = sorted((alarm for f in picture.facilities for alarm in f.alarms), key=_gravest_first)
    by_id = {f.id: f for f in picture.facilities}
    rows = tuple(_alarm_row(alarm, by_id) for alarm in alarms)
    drills = _drills(picture, by_id, len(rows))
    shown = ALARMS_SHOWN if drills.is_empty else ALARMS_SHOWN_BESIDE_DRILLS
    return Wall(
        at_ms=picture.at_ms,
        simulated=any(f.simulated for f in picture.facilities),
        headline=Headline(
            devices_online=sum(card.devices_online for card in cards if not card.stale),
            devices=sum(card.devices for card in cards),
            open_alarms=len(rows),
            alarm_tone=_worst(row.tone for row in rows),
            checkins_today=sum(card.checkins_today for card in cards),
            readings_per_minute=picture.readings_per_minute,
        ),
        cards=tuple(cards[:cards_shown]),
        rest=_rest(cards[cards_shown:]),
        alarms=AlarmList(rows[:shown], len(rows), counted("alarms.more", len(rows) - shown)),
        drills=drills,
    )


def _drills(picture: Picture, by_id: Mapping[str, FacilityPicture], real_alarms: int) -> DrillList:
    pretended = sorted((alarm for f in picture.facilities for alarm in f.drill_alarms), key=_gravest_first)
    on = counted("drills.on", sum(f.drills_on for f in picture.facilities))
    shown = DRILLS_SHOWN if real_alarms < ALARMS_SHOWN_BESIDE_DRILLS else 0
    rows = tuple(_alarm_row(alarm, by_id) for alarm in pretended)
    return DrillList(rows[:shown], len(rows), on, counted("drills.more", len(rows) - shown))


def _card(facility: FacilityPicture, now_ms: int) -> Card:
    devices = {device.id: device for device in facility.devices}
    stale_after_ms = STALE_PERIODS * facility.period_s * 1000
    expired = now_ms - facility.heard_at_ms > stale_after_ms
    found = (clock_note(facility), proof_note(facility, now_ms))
    notes = tuple(note for note in found if note is not None)
    tone, state = _state(facility, notes, expired=expired)
    counting = [device for device in facility.devices if device.online or not _in_drill(device)]
    return Card(
        id=f"f-{facility.id}",
        kind=word("kind", facility.kind),
        name=_name(facility),
        simulated=facility.simulated,
        tone=tone,
        state=state,
        stale=expired or facility.link != "online",
        devices_online=sum(device.online for device in counting),
        devices=len(counting),
        beds=_beds(facility),
        checkins_today=facility.checkins_today,
        open_alarms=len(facility.alarms),
        alarm_tone=_worst(map(_alarm_tone, facility.alarms)),
        readings=_readings(facility, devices),
        stale_after_ms=stale_after_ms,
        notes=tuple(note for note in notes if note.words != state),
        drill=bool(facility.drills_on or facility.drill_alarms or any(map(_in_drill, facility.devices))),
        heard_at_ms=facility.heard_at_ms,
    )


def _in_drill(device: DevicePicture) -> bool:
    return not device.online and device.cause == "drill"


def _state(facility: FacilityPicture, notes: tuple[Note, ...], *, expired: bool) -> tuple[Tone, Words]:
    """The worst thing true of the facility. Somebody in danger outranks a broken link."""
    gravest = min(facility.alarms, key=_gravest_first, default=None)
    off = [device for device in facility.devices if not device.online and not _in_drill(device)]
    worst = min(notes, key=lambda note: _TONES.index(note.tone), default=None)
    if gravest and _alarm_tone(gravest) == "critical":
        return "critical", word("rule", gravest.rule)
    if facility.link == "offline":
        return "critical", WORDS["state.offline"]
    if facility.link == "never":
        return "stale", WORDS["state.never"]
    if expired:
        return "stale", WORDS["state.stale"]
    if worst and worst.tone == "critical":
        return worst.tone, worst.words
    if gravest:
        return "warn", word("rule", gravest.rule)
    if off:
        return "warn", _devices_off(off)
    if worst:
        return worst.tone, worst.words
    return "ok", WORDS["state.ok"]


def _devices_off(off: list[DevicePicture]) -> Words:
    causes = [word("cause", cause) for cause, _ in Counter(d.cause for d in off if d.cause).most_common()]
    return joined(filled("state.devices_off", len(off)), *causes)


def _beds(facility: FacilityPicture) -> Beds | None:
    if not facility.beds_total:
        return None
    return Beds(facility.beds_occupied, facility.beds_total, counted("beds.unknown", facility.beds_unknown))


def _readings(facility: FacilityPicture, devices: Mapping[str, DevicePicture]) -> tuple[Reading, ...]:
    """Out-of-range ones first, then as the facility lists them."""
    beyond = {alarm.device: _alarm_tone(alarm) for alarm in facility.alarms if alarm.rule == "out_of_range"}
    readings = []
    for device_id, _, value in facility.readings:
        device = devices.get(device_id)
        known = device is not None and device.online
        tone = beyond.get(device_id, "ok") if known else "stale"
        label = (device.location if device else "") or device_id
        readings.append(Reading(label, round(value, 1) if known else None, tone))
    return tuple(sorted(readings, key=lambda reading: _TONES.index(reading.tone)))


def _alarm_row(alarm: AlarmPicture, facilities: Mapping[str, FacilityPicture]) -> AlarmRow:
    facility = facilities.get(alarm.facility)
    return AlarmRow(
        id=alarm.id,
        tone=_alarm_tone(alarm),
        life_safety=alarm.priority == LIFE_SAFETY,
        rule=word("rule", alarm.rule),
        facility=_name(facility) if facility else Words(alarm.facility, alarm.facility),
        simulated=facility is not None and facility.simulated,
        location=alarm.location or alarm.device,
        state=word("alarm", alarm.state),
        escalation=word("escalation", str(alarm.escalation)) if alarm.escalation else None,
        raised_at_ms=alarm.raised_at_ms,
    )


def _rest(cards: list[Card]) -> Rest:
    tones = Counter(card.tone for card in cards)
    return Rest(counted("facilities.rest", len(cards)), tuple((t, tones[t]) for t in _TONES if tones[t]))


def _name(facility: FacilityPicture) -> Words:
    """The violet tag says that a facility is simulated; its name need not say it again."""
    zh, en = facility.name_zh, facility.name_en
    if facility.simulated:
        zh, en = _without_ending(zh), _without_ending(en)
    return Words(zh or en or facility.id, en or zh or facility.id)


def _without_ending(name: str) -> str:
    for ending in _SIMULATED_ENDINGS:
        name = name.removesuffix(ending).rstrip()
    return name


def _alarm_tone(alarm: AlarmPicture) -> Tone:
    return "critical" if alarm.priority == LIFE_SAFETY and alarm.state != "attended" else "warn"


def _worst(tones: Iterable[Tone]) -> Tone:
    return min(tones, key=_TONES.index, default="ok")


def _gravest_first(alarm: AlarmPicture) -> tuple[int, int, int, int, str]:
    state = _ALARM_STATES.index(alarm.state) if alarm.state in _ALARM_STATES else 0
    return (_TONES.index(_alarm_tone(alarm)), alarm.priority, state, -alarm.raised_at_ms, alarm.id)


def _worst_first(card: Card) -> tuple[int, int, str]:
    order: tuple[Tone, ...] = ("critical", "stale", "warn", "ok")  # not to know is worse than a small fault
    danger = card.tone == "critical" and card.alarm_tone == "critical"
    return (-1 if danger else order.index(card.tone), -card.open_alarms, card.id)
