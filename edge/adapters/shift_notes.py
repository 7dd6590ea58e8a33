"""The last hand-overs of a box with their notes, encrypted in one file of the store (mode 0600)."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from edge.adapters.case_seal import CaseDamaged, CaseSeal
from edge.adapters.durable_files import DurableFiles

NAME = "shifts.sealed"
_KEPT = 30


class ShiftNotes:
    def __init__(self, directory: Path, seal: CaseSeal) -> None:
        self._path, self._seal = directory / NAME, seal

    def add(self, shift: Mapping[str, Any]) -> None:
        """Durable when it returns. Raises OSError."""
        shifts = [dict(shift), *self.last()][:_KEPT]
        files = DurableFiles()
        files.folder(self._path.parent)
        files.write(self._path, self._seal.close(NAME, {"shifts": shifts}))

    def last(self) -> Sequence[Mapping[str, Any]]:
        """The newest first. Raises OSError."""
        try:
            return list(self._seal.open(NAME, self._path.read_bytes())["shifts"])
        except FileNotFoundError:
            return []
        except (CaseDamaged, KeyError):
            raise OSError(f"{self._path} cannot be read; move it away") from None
