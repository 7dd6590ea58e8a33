"""The books of a demo: what the facilities wrote, what the cloud holds, and what people did, compared."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from simulators.bench import Incident
from simulators.demo.city import City
from simulators.facilities.kiosk import READER

_POINTS = (
    "SELECT (SELECT count(*) FROM point p JOIN series s ON s.id = p.series WHERE s.facility = ?1 AND s.device != '')"
    " + (SELECT count(*) FROM drill_point WHERE facility = ?1 AND device != '')"
)
_KIOSK = "-kiosk"
_SAME_MS = 15_000  # an effect this long after an incident at the latest
_EFFECT = {"call": "call", "fall": "fall"}  # what happened -> the alarm rule it must raise, exactly once


@dataclass(frozen=True, slots=True)
class Written:
    """What one facility's store says it wrote over its life, and how much of it is not acknowledged."""

    epoch: str
    events: int
    readings: int  # outbox rows
    values: int  # metric values in them
    waiting: int


def written(store: Path) -> Written:
    with closing(_read_only(store)) as db:
        meta = dict(db.execute("SELECT key, value FROM meta").fetchall())
        last = db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'reading'").fetchone()
    readings = last[0] if last else 0
    waiting = meta["last_seq"] - meta["acked_event"] + readings - meta["acked_reading"]
    return Written(meta["epoch"], meta["last_seq"], readings, meta["values_written"], waiting)


def all_written(city: City) -> dict[str, Written]:
    return {facility.id: written(city.store(facility.id)) for facility in city.facilities}


def everything_arrived(city: City, sent: Mapping[str, Written]) -> bool:
    health = city.health()
    return not any(w.waiting for w in sent.values()) and health is not None and health["telemetry_spool"] == 0


def compare(
    records_file: Path,
    telemetry_file: Path,
    sent: Mapping[str, Written],
    on_wall: Mapping[str, int],
    visits_seen: Mapping[str, int],
    incidents: Sequence[Incident],
) -> dict[str, Any]:
    """The report. `sent` by facility; `on_wall` and `visits_seen`: id -> when it was first seen (UTC ms).

    Each facility's books are closed on their own, so that one's loss cannot hide behind another's surplus.
    """
    with closing(_read_only(records_file)) as records, closing(_read_only(telemetry_file)) as telemetry:
        events = {
            f: _one(records, "SELECT count(*) FROM event WHERE facility = ? AND epoch = ?", f, w.epoch)
            for f, w in sent.items()
        }
        values = {f: _one(telemetry, _POINTS, f) for f in sent}
        rejected = _one(records, "SELECT count(*) FROM dead_letter")
        breaks = _one(records, "SELECT count(*) FROM chain_break")
        raised = _one(records, "SELECT count(*) FROM event WHERE type = 'onetrip.alarm.raised.v1'")
        checkins = _one(records, "SELECT count(*) FROM event WHERE type = 'onetrip.visit.checkin.v1'")
        alarms = records.execute("SELECT id, facility, device, rule, raised_at_ms FROM alarm").fetchall()
        all_visits = records.execute("SELECT id, facility, source_device_id, '', at_ms FROM visit").fetchall()
        devices = _one(records, "SELECT count(*) FROM device")
    differences = [w.events - events[f] for f, w in sent.items()] + [w.values - values[f] for f, w in sent.items()]
    differences += [raised - len(alarms), checkins - len(all_visits)]
    visits = [visit for visit in all_visits if not visit[2].endswith(_KIOSK)]  # whoever uses one is not in the story
    pairs = _match(incidents, alarms, visits)
    missed = [incident.facility for incident, effect in pairs if effect is None]
    effects = sum(rule in _EFFECT.values() for *_, rule, _at in alarms) + len(visits)
    return {
        "devices": devices,
        "readings": {"sent": sum(w.values for w in sent.values()), "stored": sum(values.values())},
        "events": {"sent": sum(w.events for w in sent.values()), "stored": sum(events.values()),
                   "rejected": rejected, "chain_breaks": breaks},
        "waiting": sum(w.waiting for w in sent.values()),
        "incidents": {"happened": len(pairs), "recorded": len(pairs) - len(missed), "missed": missed},
        "lost": sum(difference for difference in differences if difference > 0),
        "duplicated": -sum(difference for difference in differences if difference < 0)
        + max(0, effects - (len(pairs) - len(missed))),
        "alarms": {"raised": raised, "seen": sum(row[0] in on_wall for row in alarms)},
        "latency_ms": percentiles(_latencies(pairs, on_wall, visits_seen)),
    }  # fmt: skip


def is_good(books: Mapping[str, Any]) -> bool:
    """Nothing lost, doubled, refused or broken. Only what people did in a facility whose field process was killed may
    be missing: nobody was listening at its ports."""
    restarted = {name.removeprefix("field ") for name, count in books["restarts"].items() if count}
    excused = all(facility in restarted for facility in books["incidents"]["missed"])
    events = books["events"]
    return excused and not (books["lost"] or books["duplicated"] or events["rejected"] or events["chain_breaks"])


def percentiles(values: Iterable[int]) -> dict[str, int]:
    """Nearest rank. Empty when nothing was measured."""
    ranked = sorted(values)
    if not ranked:
        return {"samples": 0}
    ranks = {f"p{p}": ranked[min(len(ranked) - 1, -(-p * len(ranked) // 100) - 1)] for p in (50, 95, 99)}
    return {"samples": len(ranked), **ranks, "max": ranked[-1]}


_Effect = tuple[str, str, str, str, int]  # id, facility, device, rule, at


def _match(
    incidents: Iterable[Incident], alarms: Sequence[_Effect], visits: Sequence[_Effect]
) -> list[tuple[Incident, str | None]]:
    """Each call, fall and card read with the record it led to: the earliest free one of its device after it."""
    free = sorted([*alarms, *visits], key=lambda effect: effect[4])
    pairs: list[tuple[Incident, str | None]] = []
    for incident in sorted(incidents, key=lambda i: i.at_wall_ms):
        if incident.device == READER or (incident.what != "card_read" and incident.what not in _EFFECT):
            continue
        wanted = (incident.facility, incident.device, _EFFECT.get(incident.what, ""))
        found = next((e for e in free if e[1:4] == wanted and -50 <= e[4] - incident.at_wall_ms <= _SAME_MS), None)
        if found:
            free.remove(found)
        pairs.append((incident, found[0] if found else None))
    return pairs


def _latencies(
    pairs: Iterable[tuple[Incident, str | None]], on_wall: Mapping[str, int], visits_seen: Mapping[str, int]
) -> list[int]:
    """From the byte at the port to the wall's stream (alarms) or the records' stream (check-ins), in ms."""
    seen = {**on_wall, **visits_seen}
    return [seen[effect] - incident.at_wall_ms for incident, effect in pairs if effect in seen]


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)


def _one(db: sqlite3.Connection, query: str, *values: str) -> int:
    return int(db.execute(query, values).fetchone()[0])
