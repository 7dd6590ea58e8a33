"""A replay: the core of a field process on a store of its own, fed from a recording."""

import contextlib
import tempfile
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from edge.adapters.sqlite_field_store import SqliteFieldStore
from edge.compose.core import EVENT_IDS, find_drivers, make_field, make_sessions, restore_store
from edge.domain.moment import Moment
from edge.domain.seeded_ids import SeededIds
from edge.services.replay import Comparison, Replay
from edge.settings import Profile
from firmware_bridge.recording import BadRecording, Entry, RecordingReader
from firmware_bridge.recording_seal import RecordingSeal, key_id


@contextlib.contextmanager
def open_recording(path: Path, secret: bytes | None) -> Iterator[RecordingReader]:
    """Raises BadRecording, also for the secret of another box, and OSError."""
    with path.open("rb") as file:
        reader = RecordingReader(file)
        if secret is not None:
            if reader.header.get("key_id") != key_id(secret):
                raise BadRecording(
                    "this is not the key of the box that recorded; leave it out to replay what is not private"
                )
            file.seek(0)
            reader = RecordingReader(file, RecordingSeal(secret, str(reader.header.get("id"))).unseal)
        yield reader


def replay(
    path: Path,
    secret: bytes | None,
    on_event: Callable[[int, bytes], None],
    before: Callable[[Entry], None] = lambda _entry: None,
) -> Comparison:
    """`secret`: the site key of the box that recorded; without it what is private stays closed. `before` each entry.

    Raises BadRecording, OSError, UnknownDriver, BadOption.
    """
    with open_recording(path, secret) as reader:
        comparison = Comparison()
        with tempfile.TemporaryDirectory(prefix="onetrip-replay-") as directory:
            _run(reader, secret or b"", Path(directory), comparison, on_event, before)
        return comparison


def pace(speed: float) -> Callable[[Entry], None]:
    """Waits before each entry as long as the recording did, divided by `speed`."""
    began: list[float] = []

    def wait(entry: Entry) -> None:
        at = entry.monotonic_us / 1_000_000 / speed
        if not began:
            began.append(time.monotonic() - at)
        time.sleep(max(0.0, began[0] + at - time.monotonic()))

    return wait


def _run(
    reader: RecordingReader,
    secret: bytes,
    directory: Path,
    comparison: Comparison,
    on_event: Callable[[int, bytes], None],
    before: Callable[[Entry], None],
) -> None:
    def told(seq: int, body: bytes) -> None:
        comparison.on_event(seq, body)
        on_event(seq, body)

    header = reader.header
    try:
        profile = Profile.model_validate({**header["profile"], "store": {"directory": str(directory)}})
        wall_ms, monotonic_us, quality = header["began"]
        seed = bytes.fromhex(header["seed"])
    except (KeyError, TypeError, ValueError, ValidationError) as wrong:
        raise BadRecording(f"the recording's header cannot be used: {wrong}") from None
    drivers = find_drivers(profile)
    ids, event_ids = SeededIds(seed), SeededIds(seed + EVENT_IDS)
    store = SqliteFieldStore(directory, profile.facility.id, event_ids, told, comparison.on_reading)
    try:
        _restore(store, header)
        now = Moment.of_us(wall_ms, monotonic_us, quality)
        sessions = make_sessions(profile, drivers)
        closed = {number for number, session in sessions.items() if session.driver.private and not secret}
        Replay(
            lambda confirm: make_field(profile, drivers, store, ids, secret, now, confirm), sessions, comparison, closed
        ).run(reader.entries(), before)
        comparison.truncated = reader.truncated
        comparison.end()
    finally:
        store.close()


def _restore(store: SqliteFieldStore, header: dict[str, Any]) -> None:
    try:
        restore_store(store, header["store"])
    except (KeyError, TypeError, ValueError) as wrong:
        raise BadRecording(f"the recording's store cannot be used: {wrong!r}") from None
