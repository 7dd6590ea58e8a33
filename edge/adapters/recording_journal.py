"""Writes the field process's journal into a recording file. A disk that is full ends the recording, not the field."""

import contextlib
import json
import logging
import os
import threading
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any, BinaryIO

from edge.domain.fingerprints import essence_of, hash_of, hash_of_reading
from edge.domain.moment import Moment
from edge.domain.readings import Reading
from firmware_bridge.recording import NO_PORT, Entry, Kind, RecordingWriter, Seal

_QUALITY = {"good": 0, "uncertain": 1, "bad": 2}
_FLUSH_S = 1.0
_TELLS = frozenset({Kind.RECEIVED, Kind.SENT, Kind.ACTED, Kind.REHEARSED, Kind.FORGED})  # may tell who somebody is
log = logging.getLogger(__name__)


def create(path: Path) -> BinaryIO:
    """A new file, only for this user; nothing that is there is touched. Raises OSError, ValueError for no path."""
    return os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL | os.O_CLOEXEC, 0o600), "wb")


class RecordingJournal:
    def __init__(
        self,
        path: Path,
        file: BinaryIO,
        header: Mapping[str, Any],
        private_ports: Collection[int],
        seal: Seal | None,
        max_bytes: int,
    ) -> None:
        """`file` is that of `path`, and closed at the end. `seal` None: what is private is left out.

        Raises OSError; then it is closed.
        """
        self.path, self._private, self._max_bytes = path, frozenset(private_ports), max_bytes
        self._file = file
        try:
            self._writer: RecordingWriter | None = RecordingWriter(file, header, seal)
            file.flush()
        except OSError:
            with contextlib.suppress(OSError):
                file.close()
            raise
        self._lock = threading.RLock()
        self._flushed = 0.0
        self.entries = 0
        self.ended_because = ""

    @property
    def is_on(self) -> bool:
        return self._writer is not None

    def exclusive(self) -> AbstractContextManager[object]:
        return self._lock

    def write(self, kind: Kind, port: int, at: Moment, data: bytes = b"") -> None:
        sealed = port in self._private and kind in _TELLS
        entry = Entry(kind, port, at.monotonic_us, at.wall_ms, _QUALITY[at.quality], data, sealed)
        with self._lock:
            if self._writer is None:
                return
            try:
                self._writer.write(entry)
                self.entries += 1
                if at.monotonic - self._flushed >= _FLUSH_S:
                    self._flushed = at.monotonic
                    self._writer.flush()
                    if self._file.tell() >= self._max_bytes:
                        self._end(f"it has reached {self._max_bytes} bytes")
            except OSError as error:
                log.error("the recording %s cannot be written: %s", self.path, error)
                self._end(f"it cannot be written: {error}", is_full=True)

    def on_event(self, seq: int, body: bytes, at: Moment) -> None:
        """An event that is durable, to compare a replay with."""
        self.write(Kind.EVENT, NO_PORT, at, json.dumps([seq, hash_of(body), essence_of(body)]).encode())

    def on_reading(self, reading: Reading, at: Moment) -> None:
        self.write(Kind.READING, NO_PORT, at, json.dumps([reading.device, hash_of_reading(reading)]).encode())

    def close(self, why: str = "") -> None:
        with self._lock:
            self._end(why)

    def _end(self, why: str, *, is_full: bool = False) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        self.ended_because = why
        if why:
            log.warning("the recording %s ended: %s", self.path, why)
        try:
            if not is_full:  # else the block would be there twice, once there is room
                writer.flush()
            self._file.close()
        except OSError as error:
            log.error("the recording %s may lack its end: %s", self.path, error)
