"""Reference snapshots in the box's store: the bytes as they came, one row for each dataset, the newest version."""

import logging
import threading
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

from contract.reference import MalformedSnapshot, Snapshot, decode
from edge.adapters import sqlite_store as store
from edge.ports import StoreUnavailable

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Held:
    """What stands in the store of one dataset; `snapshot` None: damaged on the disk, or not trusted any more."""

    dataset: str
    version: int
    as_of_ms: int
    received_ms: int
    size: int
    snapshot: Snapshot | None


class SqliteSnapshots:
    """One connection; safe from any thread."""

    def __init__(self, directory: Path, trusts: Callable[[Snapshot], bool] = lambda _snapshot: True) -> None:
        """`trusts`: asked again when it is read, for the city's key may be newer. Raises StoreUnavailable."""
        self._trusts = trusts
        self._lock = threading.Lock()
        self._db = store.connect(directory, any_thread=True)
        self._read: dict[str, tuple[int, Snapshot | None]] = {}  # version, and what was good at last

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def snapshot(self, dataset: str) -> Snapshot | None:
        """Decoded once for each version. While the store fails, what was read before; never raises."""
        with self._lock:
            try:
                self._look(dataset)
            except StoreUnavailable as error:
                log.error("reference: %s", error)
            return self._read.get(dataset, (0, None))[1]

    def holds(self, dataset: str, body: bytes) -> bool:
        with self._lock, store.reporting("look for a snapshot"):
            row = self._db.execute("SELECT 1 FROM snapshot WHERE dataset = ? AND body = ?", (dataset, body)).fetchone()
        return row is not None

    def keep(self, snapshot: Snapshot, body: bytes, received_ms: int) -> int | None:
        about = (snapshot.dataset, snapshot.version, snapshot.as_of_ms, received_ms, body)
        with self._lock, store.reporting("keep a snapshot"), store.transaction(self._db):
            have = self._version(snapshot.dataset)
            if have is not None and have >= snapshot.version:
                return have
            self._db.execute("INSERT OR REPLACE INTO snapshot VALUES(?,?,?,?,?)", about)
        return None

    def held(self) -> list[Held]:
        """All datasets. Raises StoreUnavailable."""
        with self._lock, store.reporting("read snapshots"):
            rows = self._db.execute(
                "SELECT dataset, version, as_of_ms, received_ms, body FROM snapshot ORDER BY dataset"
            ).fetchall()
        return [
            Held(dataset, version, as_of_ms, received_ms, len(body), self._decoded(dataset, body))
            for dataset, version, as_of_ms, received_ms, body in rows
        ]

    def _look(self, dataset: str) -> None:
        with store.reporting("read a snapshot"):
            version = self._version(dataset)
            before, last_good = self._read.get(dataset, (0, None))
            if version is None or version == before:
                return
            version, body = self._db.execute(
                "SELECT version, body FROM snapshot WHERE dataset = ?", (dataset,)
            ).fetchone()
        self._read[dataset] = (version, self._decoded(dataset, body) or last_good)

    def _version(self, dataset: str) -> int | None:
        row = self._db.execute("SELECT version FROM snapshot WHERE dataset = ?", (dataset,)).fetchone()
        return None if row is None else int(row[0])

    def _decoded(self, dataset: str, body: bytes) -> Snapshot | None:
        try:
            snapshot = decode(body)
        except MalformedSnapshot as wrong:
            log.error("reference: %s was damaged in the store: %s", dataset, wrong)
            return None
        if not self._trusts(snapshot):
            log.error("reference: %s in the store has no good signature of the city", snapshot.name)
            return None
        return snapshot
