"""A collector's book: a file of lines (NDJSON) that only grows. A line is on the disk before it counts.

A power cut leaves at most one line that is not whole, the last one, which nobody was told of: it is cut off.
"""

import fcntl
import json
import os
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, BinaryIO

from edge.domain.survey import BadPoint

_END = b"\n"
_AGAIN_S = 0.02


class SurveyBook:
    def __init__(self, path: Path, name: str, patience_s: float = 5.0) -> None:
        """`name`: of a book that is begun; `patience_s`: how long another command may be at work on it."""
        self._path, self._name, self._patience_s = path, name, patience_s

    @contextmanager
    def writing(self) -> Iterator["OpenBook"]:
        """For one process at a time. Raises OSError, BadPoint."""
        is_new = not self._path.exists()
        descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        with os.fdopen(descriptor, "r+b", buffering=0) as file:
            self._lock(file)
            book = OpenBook(self._path, file)
            if not book.lines:
                book.add([{"book": self._name}])
            if is_new:
                _sync_folder(self._path.parent)
            yield book

    def _lock(self, file: BinaryIO) -> None:
        until = time.monotonic() + self._patience_s
        while True:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() > until:
                    raise BadPoint(f"{self._path}: another command is at work on it; try again later") from None
                time.sleep(_AGAIN_S)
            else:
                return


class OpenBook:
    """`lines`: those that are there."""

    def __init__(self, path: Path, file: BinaryIO) -> None:
        self._file = file
        whole, _, torn = file.read().rpartition(_END)
        self._size = len(whole) + len(_END) if whole else 0
        if torn:
            file.truncate(self._size)
        try:
            self.lines: list[dict[str, Any]] = [json.loads(line) for line in whole.split(_END) if line]
        except ValueError:
            raise BadPoint(f"{path}: not a book of doorplates") from None

    def add(self, lines: Sequence[Mapping[str, Any]]) -> None:
        """All of them are on the disk afterwards; at most a part of the last one where the power goes before."""
        if not lines:
            return
        data = b"".join(json.dumps(line, ensure_ascii=False).encode() + _END for line in lines)
        self._file.seek(self._size)
        view = memoryview(data)
        while view:
            view = view[self._file.write(view) or 0 :]
        os.fsync(self._file.fileno())
        self._size += len(data)
        self.lines.extend(dict(line) for line in lines)


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
