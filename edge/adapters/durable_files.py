"""Files that are there as a whole or not at all, whenever the power goes."""

import os
from collections.abc import Callable
from pathlib import Path

NEW = ".new"


class DurableFiles:
    """`step` is told of each step before it is done: a test stops there, as a power cut would."""

    def __init__(self, step: Callable[[str], None] = lambda _what: None) -> None:
        self._step = step

    def folder(self, path: Path) -> None:
        self._step("make the folder")
        path.mkdir(parents=True, exist_ok=True, mode=0o700)

    def write(self, path: Path, data: bytes) -> None:
        """Replaces the file. For this user only: a facility file may hold a password."""
        fresh = path.with_name(path.name + NEW)
        fresh.unlink(missing_ok=True)
        self._step("create")
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY | os.O_CLOEXEC, 0o600), "wb") as file:
            for half in (data[: len(data) // 2], data[len(data) // 2 :]):
                file.write(half)
                file.flush()
                self._step("write on")
            os.fsync(file.fileno())
        self._step("rename")
        fresh.replace(path)
        self._step("keep the name")
        self._sync(path.parent)

    def remove(self, path: Path) -> None:
        self._step("remove")
        path.unlink(missing_ok=True)

    def _sync(self, folder: Path) -> None:
        descriptor = os.open(folder, os.O_RDONLY)
        try:
            os.fsync(descriptor)
        finally:
            os.close(descriptor)
