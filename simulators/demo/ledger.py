"""The books of a demo: what the facilities wrote, what the cloud holds, and what people did, compared."""

import sqlite3
from collections.abc import Iterable, Sequence
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from simulators.bench import Incident
from simulators.demo.city import City
from simulators.demo.watchers import Watch

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


def all_written(city: City) -> list[Written]:
    return [written(city.store(facility.id)) for facility in city.facilities]


def everything_arrived(city: City, sent: Sequence[Written]) -> bool:
    health = city.health()
    return not any(w.waiting for w in sent) and health is not None and health["telemetry_spool"] == 0


def compare(city: City, sent: Sequence[Written], watch: Watch, incidents: Sequence[Incident]) -> dict[str, object]:
    """The report. `lost` and `duplicated` count events, readings and effects together."""
    with closing(_read_only(city.records)) as records, closing(_read_only(city.telemetry)) as telemetry:
        stored_events = _one(records, "SELECT count(*) FROM event")
        distinct_events = _one(records, "SELECT count(DISTINCT id) FROM event")
        rejected = _one(records, "SELECT count(*) FROM dead_letter")
        breaks = _one(records, "SELECT count(*) FROM chain_break")
        raised = _one(records, "SELECT count(*) FROM event WHERE type = 'onetrip.alarm.raised.v1'")
        checkins = _one(records, "SELECT count(*) FROM event WHERE type = 'onetrip.visit.checkin.v1'")
        alarm_rows, visit_rows = (
            _one(records, "SELECT count(*) FROM alarm"),
            _one(records, "SELECT count(*) FROM visit"),
        )
        alarms = records.execute("SELECT id, facility, device, rule, raised_at_ms FROM alarm").fetchall()
        visits = records.execute("SELECT id, facility, source_device_id, '', at_ms FROM visit").fetchall()
        devices = _one(records, "SELECT count(*) FROM device")
        stored_values = _one(
            telemetry, "SELECT count(*) FROM point p JOIN series s ON s.id = p.series WHERE s.device != ''"
        )
    events, values = sum(w.events for w in sent), sum(w.values for w in sent)
    pairs = _match(incidents, alarms, visits)
    missed = sum(1 for _, effect in pairs if effect is None)
    expected = len(pairs)
    twice = sum(rule in _EFFECT.values() for *_, rule, _at in alarms) + len(visits) - (expected - missed)
    seen = [row[0] for row in alarms if row[0] in watch.on_wall]
    return {
        "devices": devices,
        "readings": {"sent": values, "stored": stored_values},
        "events": {"sent": events, "stored": stored_events, "rejected": rejected, "chain_breaks": breaks},
        "incidents": {"happened": expected, "recorded": expected - missed, "missed": missed},
        "lost": max(0, events - stored_events) + max(0, values - stored_values) + max(0, raised - alarm_rows)
        + max(0, checkins - visit_rows),
        "duplicated": (stored_events - distinct_events) + max(0, stored_events - events)
        + max(0, stored_values - values) + max(0, alarm_rows - raised) + max(0, visit_rows - checkins)
        + max(0, twice),
        "alarms": {"raised": raised, "seen": len(seen)},
        "latency_ms": percentiles(_latencies(pairs, watch)),
    }  # fmt: skip


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
        if incident.what != "card_read" and incident.what not in _EFFECT:
            continue
        wanted = (incident.facility, incident.device, _EFFECT.get(incident.what, ""))
        found = next((e for e in free if e[1:4] == wanted and -50 <= e[4] - incident.at_wall_ms <= _SAME_MS), None)
        if found:
            free.remove(found)
        pairs.append((incident, found[0] if found else None))
    return pairs


def _latencies(pairs: Iterable[tuple[Incident, str | None]], watch: Watch) -> list[int]:
    """From the byte at the port to the wall's stream (alarms) or the records' stream (check-ins), in ms."""
    found = []
    for incident, effect in pairs:
        if effect in watch.on_wall:
            found.append(watch.on_wall[effect] - incident.at_wall_ms)
        elif effect in watch.visits:
            found.append(watch.visits[effect][0] - incident.at_wall_ms)
    return found


def _read_only(path: Path) -> sqlite3.Connection:
    return sqlite3.connect(f"file:{path}?mode=ro", uri=True, timeout=10)


def _one(db: sqlite3.Connection, query: str) -> int:
    return int(db.execute(query).fetchone()[0])
