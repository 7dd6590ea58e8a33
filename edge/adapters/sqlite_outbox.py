"""The uplink process's side of the store: read what is not yet committed by the cloud, forget what is."""

import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path

from contract.command import Command
from edge.adapters import sqlite_store as store
from edge.domain.readings import DeviceState, Latest, Reading
from edge.ports import Standing, StoredEvent, StoredReading

_BD_SEQ_WRAP = 256
_KEPT_COMMANDS = 1000


class SqliteOutbox:
    def __init__(self, directory: Path) -> None:
        """Raises StoreUnavailable."""
        self._db = store.connect(directory)

    def close(self) -> None:
        self._db.close()

    def standing(self) -> Standing:
        with store.reporting("read the standing"):
            kept = store.meta(self._db)
            row = self._db.execute("SELECT seq FROM sqlite_sequence WHERE name = 'reading'").fetchone()
        return Standing(
            epoch=str(kept["epoch"]),
            acked_event=int(kept["acked_event"]),
            acked_reading=int(kept["acked_reading"]),
            last_event=int(kept["last_seq"]),
            last_reading=row[0] if row else 0,
            heartbeat_ms=int(kept["heartbeat_ms"]),
            clock_offset_ms=int(kept["clock_offset_ms"]),
            clock_compared_ms=int(kept["clock_compared_ms"]),
            reached_ms=int(kept["reached_ms"]),
        )

    def events_after(self, seq: int, limit: int) -> list[StoredEvent]:
        with store.reporting("read events"):
            rows = self._db.execute(
                "SELECT seq, type, body FROM event WHERE seq > ? ORDER BY seq LIMIT ?", (seq, limit)
            ).fetchall()
        return [StoredEvent(*row) for row in rows]

    def readings_after(self, offset: int, limit: int, up_to: int | None = None) -> list[StoredReading]:
        with store.reporting("read readings"):
            rows = self._db.execute(
                "SELECT offset, device, body, taken_at_ms, device_time_ms, drill FROM reading"
                " WHERE offset > ? AND offset <= ?"
                " ORDER BY offset LIMIT ?",
                (offset, 2**62 if up_to is None else up_to, limit),
            ).fetchall()
        return [
            StoredReading(offset, Reading(device, json.loads(body), *about)) for offset, device, body, *about in rows
        ]

    def forget(self, events_up_to: int, readings_up_to: int) -> None:
        """Watermarks only grow: an old acknowledgement that arrives late changes nothing."""
        with store.reporting("forget"), store.transaction(self._db):
            self._db.execute("DELETE FROM event WHERE seq <= ?", (events_up_to,))
            self._db.execute("DELETE FROM reading WHERE offset <= ?", (readings_up_to,))
            kept = store.meta(self._db)
            store.set_meta(
                self._db,
                acked_event=max(events_up_to, int(kept["acked_event"])),
                acked_reading=max(readings_up_to, int(kept["acked_reading"])),
            )

    def devices(self) -> list[DeviceState]:
        with store.reporting("read devices"):
            return store.devices(self._db)

    def latest(self) -> Mapping[tuple[str, str], Latest]:
        with store.reporting("read the latest values"):
            return store.latest(self._db)

    def next_bd_seq(self) -> int:
        """0..255, one more for each CONNECT, also over restarts (Sparkplug 3.0.0, 6.4.20)."""
        with store.reporting("count a connect"), store.transaction(self._db):
            bd_seq = (int(store.meta(self._db)["bd_seq"]) + 1) % _BD_SEQ_WRAP
            store.set_meta(self._db, bd_seq=bd_seq)
        return bd_seq

    def compare_clock(self, offset_ms: int, wall_ms: int) -> None:
        with store.reporting("compare the clock"), store.transaction(self._db):
            store.set_meta(self._db, clock_offset_ms=offset_ms, clock_compared_ms=wall_ms)

    def note_reached(self, wall_ms: int) -> None:
        with store.reporting("note that the cloud is reached"), store.transaction(self._db):
            store.set_meta(self._db, reached_ms=wall_ms)

    def keep_command(self, command: Command) -> None:
        """A repeat of a command that is here already, answered or not, changes nothing."""
        with store.reporting("keep a command"), store.transaction(self._db):
            self._db.execute(
                "INSERT OR IGNORE INTO command(id, body) VALUES(?, ?)", (command.id, json.dumps(asdict(command)))
            )
            self._db.execute(
                "DELETE FROM command WHERE answered = 1 AND rowid <= (SELECT max(rowid) FROM command) - ?",
                (_KEPT_COMMANDS,),
            )
