"""When the cloud was last reached, as the uplink process writes it down in the store that all processes share; and how
far the box's clock is from the cloud's.
"""

import threading
from pathlib import Path

from edge.adapters import sqlite_store as store


class SqliteReach:
    """One connection; safe from any thread."""

    def __init__(self, directory: Path) -> None:
        """Raises StoreUnavailable."""
        self._lock = threading.Lock()
        self._db = store.connect(directory, any_thread=True)

    def close(self) -> None:
        with self._lock:
            self._db.close()

    def reached_ms(self) -> int:
        """Wall ms, UTC; 0 for never. Raises StoreUnavailable."""
        with self._lock, store.reporting("look how the network stands"):
            (reached,) = self._db.execute("SELECT value FROM meta WHERE key = 'reached_ms'").fetchone()
        return int(reached)

    def clock_offset_ms(self, wall_ms: int) -> int | None:
        """Our clock minus the cloud's; None where they were not compared lately. Raises StoreUnavailable."""
        with self._lock, store.reporting("look how the clock stands"):
            return store.clock_offset(self._db, wall_ms)
