"""The field process's side of the store: everything it learns becomes durable in one transaction."""

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import astuple
from pathlib import Path
from uuid import UUID

from contract.command import Command
from contract.events.envelope import GENESIS, Link, TimeQuality, encode, rfc3339
from contract.events.types import EventData, attributes
from edge.adapters import sqlite_store as store
from edge.domain.alarms import Alarm
from edge.domain.readings import DeviceState, Latest, Reading


class SqliteFieldStore:
    def __init__(
        self,
        directory: Path,
        facility: str,
        new_event_id: Callable[[int], UUID],
        time_quality: TimeQuality = "uncertain",
    ) -> None:
        """`new_event_id` takes the event's wall time in ms (UUIDv7). Raises StoreUnavailable."""
        self._source, self._new_id, self._time_quality = f"/facilities/{facility}", new_event_id, time_quality
        self._db = store.connect(directory)

    def close(self) -> None:
        self._db.close()

    def append(
        self,
        readings: Iterable[Reading],
        events: Iterable[tuple[EventData, int]],
        *,
        open_alarms: Sequence[Alarm] | None = None,
        answered: Sequence[str] = (),
    ) -> None:
        with store.reporting("append"), store.transaction(self._db):
            self._append_readings(readings)
            self._append_events(events)
            if open_alarms is not None:
                self._db.execute("DELETE FROM alarm")
                self._db.executemany("INSERT INTO alarm VALUES(?,?,?,?,?,?)", map(astuple, open_alarms))
            self._db.executemany("UPDATE command SET answered = 1 WHERE id = ?", [(i,) for i in answered])

    def _append_readings(self, readings: Iterable[Reading]) -> None:
        written = 0
        for reading in readings:
            body = json.dumps(dict(reading.values), separators=(",", ":"))
            self._db.execute(
                "INSERT INTO reading(device, taken_at_ms, body) VALUES(?,?,?)",
                (reading.device, reading.taken_at_ms, body),
            )
            for metric, value in reading.values.items():
                store.remember_latest(self._db, reading.device, metric, value, reading.taken_at_ms)
            written += len(reading.values)
        self._db.execute("UPDATE meta SET value = value + ? WHERE key = 'values_written'", (written,))

    def _append_events(self, events: Iterable[tuple[EventData, int]]) -> None:
        standing = store.meta(self._db)
        link = Link(str(standing["epoch"]), int(standing["last_seq"]) + 1, str(standing["last_hash"]) or GENESIS)
        for data, at_ms in events:
            body = encode(
                {
                    "specversion": "1.0",
                    "id": str(self._new_id(at_ms)),
                    "source": self._source,
                    "time": rfc3339(at_ms),
                    "datacontenttype": "application/json",
                    "epoch": link.epoch,
                    "seq": link.seq,
                    "prevhash": link.prevhash,
                    "timequality": self._time_quality,
                    **attributes(data),
                }
            )
            self._db.execute("INSERT INTO event VALUES(?,?,?)", (link.seq, data.type_name, body))
            link = link.after(body)
        store.set_meta(self._db, last_seq=link.seq - 1, last_hash=link.prevhash)

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
            (d.id, d.driver, d.location, d.life_safety, ",".join(d.metrics), d.online, d.cause, d.since_ms)
            for d in devices
        ]
        with store.reporting("save devices"), store.transaction(self._db):
            self._db.executemany("INSERT OR REPLACE INTO device VALUES(?,?,?,?,?,?,?,?)", rows)

    def waiting_commands(self) -> list[Command]:
        with store.reporting("read commands"):
            rows = self._db.execute("SELECT body FROM command WHERE answered = 0 ORDER BY rowid").fetchall()
        return [Command(**json.loads(body)) for (body,) in rows]

    def beat(self, wall_ms: int) -> None:
        with store.reporting("heartbeat"), store.transaction(self._db):
            store.set_meta(self._db, heartbeat_ms=wall_ms)
