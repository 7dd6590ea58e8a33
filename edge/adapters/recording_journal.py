"""Writes the field process's journal into a recording file. A disk that is full ends the recording, not the field."""

import json
import logging
import threading
from collections.abc import Collection, Mapping
from contextlib import AbstractContextManager
from pathlib import Path
from typing import Any

from edge.domain.fingerprints import essence_of, hash_of, hash_of_reading
from edge.domain.moment import Moment
from edge.domain.readings import Reading
from firmware_bridge.recording import NO_PORT, Entry, Kind, RecordingWriter, Seal

_QUALITY = {"good": 0, "uncertain": 1, "bad": 2}
_FLUSH_S = 1.0
_TELLS = frozenset({Kind.RECEIVED, Kind.SENT, Kind.ACTED, Kind.REHEARSED, Kind.FORGED})  # may tell who somebody is
log = logging.getLogger(__name__)


class RecordingJournal:
    def __init__(
        self, path: Path, header: Mapping[str, Any], private_ports: Collection[int], seal: Seal | None, max_bytes: int
    ) -> None:
        """`seal` None: what is private is left out. The file is only for this user. Raises OSError."""
        self.path, self._private, self._max_bytes = path, frozenset(private_ports), max_bytes
        path.touch(mode=0o600, exist_ok=False)
        self._file = path.open("wb")
        self._writer: RecordingWriter | None = RecordingWriter(self._file, header, seal)
        self._lock = threading.RLock()
        self._flushed = 0.0
        self.entries = 0
        self.ended_because = ""

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
                self._end(f"it cannot be written: {error}")

    def on_event(self, seq: int, body: bytes, at: Moment) -> None:
        """An event that is durable, to compare a replay with."""
        self.write(Kind.EVENT, NO_PORT, at, json.dumps([seq, hash_of(body), essence_of(body)]).encode())

    def on_reading(self, reading: Reading, at: Moment) -> None:
        self.write(Kind.READING, NO_PORT, at, json.dumps([reading.device, hash_of_reading(reading)]).encode())

    def close(self) -> None:
        with self._lock:
            self._end("")

    def _end(self, why: str) -> None:
        writer, self._writer = self._writer, None
        if writer is None:
            return
        self.ended_because = why
        if why:
            log.error("the recording %s ended: %s", self.path, why)
        try:
            writer.flush()
            self._file.close()
        except OSError as error:
            log.error("the recording %s may lack its end: %s", self.path, error)
