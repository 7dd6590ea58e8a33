"""Publishes a home's bookings again, soon after one of them has changed.

What is on the shelf and not yet at the broker, because that was away, is sent at the next step; after a start
everything once, which changes nothing at a box.
"""

from collections.abc import Callable
from contextlib import AbstractContextManager

from sqlalchemy import Engine

from cloud.adapters.sql_database import available
from cloud.matters.elder_care import records
from cloud.matters.elder_care.published import DATASET, REVIEWABLE_DAYS, first_day, next_draft
from cloud.ports import ReferenceShelf
from cloud.services.reference_publishing import publish
from contract.reference import decode, reference_topic
from contract.sparkplug.topics import Publish

EVERY_S = 5.0
_DAY_MS = 86_400_000
Broker = Callable[[], AbstractContextManager[Callable[[Publish], None]]]


class BookingsPublished:
    def __init__(self, engine: Engine, shelf: ReferenceShelf, broker: Broker, clock: Callable[[], int]) -> None:
        self._engine, self._shelf, self._broker, self._clock = engine, shelf, broker, clock
        self._sent: dict[str, int] = {}  # the last version that the broker has taken, by facility

    def step(self) -> int:
        """How many homes were published. Raises RecordsUnavailable, BrokerUnreachable."""
        waiting = [facility for facility in self._homes() if self._prepare(facility)]
        if waiting:
            with self._broker() as send:
                for facility in waiting:
                    version, body = self._shelf.newest(facility, DATASET) or (0, b"")
                    send(Publish(reference_topic(facility, DATASET), body, qos=1, retain=True))
                    self._sent[facility] = version
        return len(waiting)

    def _homes(self) -> list[str]:
        with available(), self._engine.connect() as db:
            return records.homes(db)

    def _prepare(self, facility: str) -> bool:
        """Puts on the shelf what has changed. True: something waits for the broker."""
        now_ms = self._clock()
        with available(), self._engine.connect() as db:
            kept = records.kept_of(db, facility, first_day(now_ms), now_ms - REVIEWABLE_DAYS * _DAY_MS)
        newest = self._shelf.newest(facility, DATASET)
        if draft := next_draft(decode(newest[1]) if newest else None, kept):
            for _ in publish(draft, [facility], self._shelf, lambda _later: None, None, now_ms):
                newest = self._shelf.newest(facility, DATASET)
        return newest is not None and self._sent.get(facility) != newest[0]
