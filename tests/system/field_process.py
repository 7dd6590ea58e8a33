"""A field process of its own, and what it has written into its store."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any


class FieldProcess:
    def __init__(self, directory: Path) -> None:
        """`directory`: the store's."""
        self._store = directory / "store.db"

    def rows(self, query: str) -> list[tuple[Any, ...]]:
        with closing(sqlite3.connect(f"file:{self._store}?mode=ro", uri=True, timeout=10)) as db:
            return db.execute(query).fetchall()

    def off_line(self) -> list[tuple[str, str]]:
        """(device, cause)."""
        return self.rows("SELECT id, cause FROM device WHERE NOT online")


@contextmanager
def field_process(profile: Path, store: Path) -> Iterator[FieldProcess]:
    """`onetrip field --config profile`; it must end well."""
    path = profile.with_suffix(".log")
    with path.open("wb") as log:
        command = [sys.executable, "-m", "onetrip", "field", "--config", str(profile)]
        process = subprocess.Popen(command, stdout=log, stderr=log)
    try:
        yield FieldProcess(store)
    finally:
        process.terminate()
        status = process.wait(timeout=60)
    assert status == 0, path.read_text()
