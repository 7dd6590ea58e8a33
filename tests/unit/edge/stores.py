"""The box's real store in a folder of its own, as its two processes open it."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from uuid import UUID

from contract.events.envelope import GENESIS, decode, digest
from edge.adapters.sqlite_field_store import SqliteFieldStore
from edge.adapters.sqlite_outbox import SqliteOutbox
from edge.ports import StoredEvent

FACILITY = "330803-care-01"


def numbered_ids() -> Iterator[UUID]:
    return (UUID(int=number) for number in range(1, 1 << 40))


@contextmanager
def field_store(directory: Path) -> Iterator[SqliteFieldStore]:
    ids = numbered_ids()
    store = SqliteFieldStore(directory, FACILITY, lambda _ms: next(ids))
    try:
        yield store
    finally:
        store.close()


@contextmanager
def outbox(directory: Path) -> Iterator[SqliteOutbox]:
    opened = SqliteOutbox(directory)
    try:
        yield opened
    finally:
        opened.close()


def assert_whole_chain(events: list[StoredEvent], *, before: str = GENESIS, first: int = 1) -> None:
    """From the bytes alone: no number is missing, and each names the digest of the one before it."""
    assert [event.seq for event in events] == list(range(first, first + len(events)))
    for event in events:
        envelope = decode(event.body)
        assert (envelope.seq, envelope.prevhash, envelope.type) == (event.seq, before, event.type)
        before = digest(event.body)
