"""The ingest on a real database, with a hand for the broker: what was PUBACKed, what was sent back."""

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from typing import Any

from sqlalchemy import Engine, delete, func, select

from cloud.adapters import tables as t
from cloud.adapters.sql_database import open_database
from cloud.adapters.sql_records import SqlRecords
from cloud.matters import HANDLERS
from cloud.ports import CONNECTION_LOST, Message
from cloud.services.event_effects import Effects
from cloud.services.ingest import Ingest
from contract.acknowledgement import Ack, acks_in
from contract.sparkplug.edge_session import EdgeSession
from contract.sparkplug.host_session import HostSession
from contract.sparkplug.payload import decode
from contract.sparkplug.topics import Publish
from tests.unit.cloud.facility import NOW_MS


class Office:
    def __init__(self, engine: Engine) -> None:
        self.engine = engine
        self.records = SqlRecords(engine)
        self.stopping = threading.Event()
        self.now_ms = NOW_MS
        self.sent: list[Publish] = []
        self.pubacked: list[bytes] = []
        self.ingest = self._ingest()

    def _ingest(self) -> Ingest:
        host = HostSession("onetrip")
        return Ingest(self.records, host, self.sent.append, lambda: self.now_ms, Effects(HANDLERS))

    def take(self, *messages: Message) -> None:
        """One batch. Events come with QoS 1: `pubacked` tells which were acknowledged."""
        self.ingest.take([self._counted(message) for message in messages], self.stopping)

    def lose_the_broker(self) -> None:
        self.take(Message(CONNECTION_LOST, b"", self.now_ms))

    def restart(self) -> None:
        """What a new process knows: the database, and nothing else."""
        self.ingest = self._ingest()
        self.ingest.begin(self.stopping)

    def acks(self) -> list[Ack]:
        """The watermarks sent since last asked."""
        acks = [ack for sent in self.sent for ack in acks_in(decode(sent.payload).metrics)]
        self.sent.clear()
        return acks

    def rebirths_wanted(self) -> list[str]:
        return [sent.topic for sent in self.sent if EdgeSession.wants_rebirth(decode(sent.payload).metrics)]

    def rows(self, table: Any, *columns: str) -> list[Any]:
        """All rows in the order of their key; one column alone comes as plain values."""
        wanted = [table.c[name] for name in columns] or [table]
        with self.engine.connect() as db:
            rows = db.execute(select(*wanted).order_by(*table.primary_key.columns)).all()
        return [row[0] if len(columns) == 1 else tuple(row) for row in rows]

    def count(self, table: Any) -> int:
        with self.engine.connect() as db:
            return db.scalar(select(func.count()).select_from(table)) or 0

    def reasons(self) -> list[str]:
        return self.rows(t.dead_letter, "reason")

    def _counted(self, message: Message) -> Message:
        if message.done or not message.topic.startswith("onetrip/"):
            return message
        return replace(message, done=lambda: self.pubacked.append(message.payload))


@contextmanager
def office(url: str) -> Iterator[Office]:
    engine = open_database(url)
    try:
        yield Office(engine)
    finally:
        engine.dispose()


def empty(engine: Engine) -> None:
    """All rows gone, all numbers from 1 again: for tests that share a database, which costs less than making it."""
    with engine.begin() as db:
        if db.dialect.name == "postgresql":
            names = ", ".join(f'"{table.name}"' for table in t.metadata.sorted_tables)
            db.exec_driver_sql(f"TRUNCATE {names} RESTART IDENTITY")
        else:
            for table in t.metadata.sorted_tables:
                db.execute(delete(table))
