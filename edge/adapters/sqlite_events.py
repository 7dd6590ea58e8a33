"""Adds events to the box's chain, inside the caller's transaction: whoever writes, there is one sequence."""

import sqlite3
from collections.abc import Callable, Iterable
from uuid import UUID

from contract.events.data import EventData
from contract.events.envelope import GENESIS, Link, encode, rfc3339
from contract.events.types import attributes
from edge.adapters import sqlite_store as store
from edge.domain.moment import Moment


def append_events(
    db: sqlite3.Connection,
    facility: str,
    events: Iterable[tuple[EventData, Moment]],
    new_id: Callable[[int, Moment], UUID],
) -> list[tuple[int, bytes]]:
    """`events`: data and when; `new_id` of a number in the chain and a moment. Returns numbers and bodies."""
    written = []
    standing = store.meta(db)
    link = Link(str(standing["epoch"]), int(standing["last_seq"]) + 1, str(standing["last_hash"]) or GENESIS)
    for data, at in events:
        body = encode(
            {
                "specversion": "1.0",
                "id": str(new_id(link.seq, at)),
                "source": f"/facilities/{facility}",
                "time": rfc3339(at.wall_ms),
                "datacontenttype": "application/json",
                "epoch": link.epoch,
                "seq": link.seq,
                "prevhash": link.prevhash,
                "timequality": at.quality,
                **attributes(data),
            }
        )
        db.execute("INSERT INTO event VALUES(?,?,?)", (link.seq, data.type_name, body))
        written.append((link.seq, body))
        link = link.after(body)
    if written:
        store.set_meta(db, last_seq=link.seq - 1, last_hash=link.prevhash)
    return written
