"""The city's own part of the log: a chain like a box's, whose events and effects share a transaction."""

import contextlib
import secrets
from collections.abc import Callable, Iterator
from typing import Protocol

from sqlalchemy import Engine, select

from cloud.adapters import tables as t
from cloud.adapters.sql_database import available, one_writer
from cloud.adapters.sql_records import SqlBooks
from cloud.domain.chain import Tip
from cloud.domain.happened import Happened
from cloud.ports import Books, RecordsRefused
from contract.events.city import CITY
from contract.events.data import EventData
from contract.events.envelope import GENESIS, MalformedEvent, decode, digest, encode, rfc3339
from contract.events.types import attributes


class Apply(Protocol):
    def __call__(self, books: Books, happened: Happened) -> None: ...


class SqlCityLog:
    """Implements cloud.ports.CityLog. `new_id`: a UUIDv7 as text."""

    def __init__(self, engine: Engine, clock: Callable[[], int], new_id: Callable[[], str], apply: Apply) -> None:
        self._engine, self._clock, self._new_id, self._apply = engine, clock, new_id, apply

    @contextlib.contextmanager
    def writing(self) -> Iterator["SqlLogWriting"]:
        with available(), self._engine.begin() as connection:
            one_writer(connection)
            yield SqlLogWriting(SqlBooks(connection), self._clock(), self._new_id, self._apply)


class SqlLogWriting:
    """Implements cloud.ports.LogWriting."""

    def __init__(self, books: SqlBooks, now_ms: int, new_id: Callable[[], str], apply: Apply) -> None:
        self.books, self.now_ms = books, now_ms
        self._new_id, self._apply = new_id, apply
        self._epoch: str | None = None

    def append(self, data: EventData) -> None:
        """Raises IllegalStep or RecordsRefused where the records cannot take it; then nothing must be committed."""
        if self._epoch is None:
            newest = select(t.event.c.epoch).where(t.event.c.facility == CITY).order_by(t.event.c.seq.desc()).limit(1)
            self._epoch = self.books.db.scalar(newest) or secrets.token_hex(6)
        tip = self.books.tip(CITY, self._epoch)
        event_id = self._new_id()
        body = encode({
            "specversion": "1.0", "id": event_id, "source": f"/facilities/{CITY}", "time": rfc3339(self.now_ms),
            "datacontenttype": "application/json", "epoch": self._epoch, "seq": tip.seq + 1,
            "prevhash": tip.hash or GENESIS, "timequality": "good", **attributes(data),
        })  # fmt: skip
        try:
            envelope = decode(body)
        except MalformedEvent as wrong:  # what was filled in is too long, all together
            raise RecordsRefused(str(wrong)) from wrong
        self.books.append_event(envelope, body, self.now_ms, late=False)
        self.books.set_tip(CITY, self._epoch, Tip(tip.seq + 1, digest(body)))
        self._apply(self.books, Happened(CITY, event_id, data, self.now_ms, self.now_ms))
