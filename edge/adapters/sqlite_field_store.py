"""The field process's side of the store: everything it learns becomes durable in one transaction."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple
from itertools import count
from pathlib import Path
from uuid import UUID

from contract.command import Command
from contract.events.data import EventData
from contract.events.envelope import GENESIS, Link
from edge.adapters import sqlite_store as store
from edge.adapters.sqlite_events import append_events
from edge.domain.alarms import Alarm
from edge.domain.moment import Moment
from edge.domain.readings import DeviceState, Latest, Reading


class SqliteFieldStore:
    def __init__(
        self,
        directory: Path,
        facility: str,
        new_event_id: Callable[[int], UUID],
        on_event: Callable[[int, bytes], None] = lambda _seq, _body: None,
        on_reading: Callable[[Reading], None] = lambda _reading: None,
    ) -> None:
        """`new_event_id` takes the event's wall time in ms (UUIDv7). Raises StoreUnavailable.

        `on_event` and `on_reading` are told of what is durable.
        """
        self._facility, self._new_id, self._on_event = facility, new_event_id, on_event
        self._on_reading = on_reading
        self._ids: list[UUID] = []  # of what is being appended, in its order: an event that was refused keeps its id
        self._db = store.connect(directory)

    def close(self) -> None:
        self._db.close()

    def append(
        self,
        readings: Iterable[Reading],
        events: Iterable[tuple[EventData, Moment]],
        *,
        open_alarms: Sequence[Alarm] | None = None,
        answered: Sequence[str] = (),
    ) -> None:
        kept = list(readings)
        with store.reporting("append"), store.transaction(self._db):
            self._append_readings(kept)
            written = append_events(self._db, self._facility, events, self._ids_in_order())
            if open_alarms is not None:
                self._db.execute("DELETE FROM alarm")
                self._db.executemany("INSERT INTO alarm VALUES(?,?,?,?,?,?,?)", map(astuple, open_alarms))
            self._db.executemany("UPDATE command SET answered = 1 WHERE id = ?", [(i,) for i in answered])
        self._ids.clear()
        for reading in kept:
            self._on_reading(reading)
        for seq, event in written:
            self._on_event(seq, event)

    def _append_readings(self, readings: Iterable[Reading]) -> None:
        written = 0
        for reading in readings:
            body = json.dumps(dict(reading.values), separators=(",", ":"))
            self._db.execute(
                "INSERT INTO reading(device, taken_at_ms, body, device_time_ms, drill) VALUES(?,?,?,?,?)",
                (reading.device, reading.taken_at_ms, body, reading.device_time_ms, reading.drill),
            )
            for metric, value in reading.values.items() if not reading.drill else ():
                store.remember_latest(self._db, reading.device, metric, value, reading.taken_at_ms)
            written += len(reading.values)
        self._db.execute("UPDATE meta SET value = value + ? WHERE key = 'values_written'", (written,))

    def _ids_in_order(self) -> Callable[[int, Moment], UUID]:
        """By place, not by number: another process may have taken the number meanwhile."""
        places = count()

        def next_id(_seq: int, at: Moment) -> UUID:
            place = next(places)
            if place == len(self._ids):
                self._ids.append(self._new_id(at.wall_ms))
            return self._ids[place]

        return next_id

    def open_alarms(self) -> list[Alarm]:
        with store.reporting("read alarms"):
            return [Alarm(*row) for row in self._db.execute("SELECT * FROM alarm ORDER BY raised_at_ms, id")]

    def latest(self) -> Mapping[tuple[str, str], Latest]:
        with store.reporting("read the latest values"):
            return store.latest(self._db)

    def start_devices(self, devices: Iterable[DeviceState]) -> None:
        """The devices of the facility file; any other that was here before is removed (its stored data stays)."""
        with store.reporting("retire devices"), store.transaction(self._db):
            self._db.execute("UPDATE device SET online = 0, cause = 'removed'")
        self.save_devices(devices)

    def save_devices(self, devices: Iterable[DeviceState]) -> None:
        rows = [
            (
                d.id,
                d.driver,
                d.location,
                d.life_safety,
                ",".join(d.metrics),
                d.online,
                d.cause,
                d.since_ms,
                d.fingerprint,
                d.port,
                d.proven_at_ms,
                d.prove_every_days,
            )
            for d in devices
        ]
        with store.reporting("save devices"), store.transaction(self._db):
            self._db.executemany("INSERT OR REPLACE INTO device VALUES(?,?,?,?,?,?,?,?,?,?,?,?)", rows)

    def begin_at(
        self,
        link: Link,
        alarms: Sequence[Alarm],
        latest: Mapping[tuple[str, str], Latest],
        devices: Sequence[DeviceState],
    ) -> None:
        """Let an empty store stand where another one stood, for a replay."""
        with store.reporting("begin"), store.transaction(self._db):
            store.set_meta(self._db, epoch=link.epoch, last_seq=link.seq - 1, last_hash=link.prevhash)
            self._db.executemany("INSERT INTO alarm VALUES(?,?,?,?,?,?,?)", map(astuple, alarms))
            for (device, metric), last in latest.items():
                store.remember_latest(self._db, device, metric, last.value, last.since_ms)
                store.remember_latest(self._db, device, metric, last.value, last.taken_at_ms)
        self.save_devices(devices)

    def waiting_commands(self) -> list[Command]:
        with store.reporting("read commands"):
            rows = self._db.execute("SELECT body FROM command WHERE answered = 0 ORDER BY rowid").fetchall()
        return [Command(**json.loads(body)) for (body,) in rows]

    def beat(self, wall_ms: int) -> int | None:
        with store.reporting("heartbeat"), store.transaction(self._db):
            store.set_meta(self._db, heartbeat_ms=wall_ms)
            return store.clock_offset(self._db, wall_ms)

    def devices(self) -> list[DeviceState]:
        """As they were saved last, removed ones too."""
        with store.reporting("read devices"):
            return store.devices(self._db)

    def standing(self) -> Link:
        """Where the next event goes."""
        with store.reporting("read the standing"):
            kept = store.meta(self._db)
        return Link(str(kept["epoch"]), int(kept["last_seq"]) + 1, str(kept["last_hash"]) or GENESIS)
