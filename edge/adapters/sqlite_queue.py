"""The numbers of a hall's queues in the box's store, written in the transaction of the case they belong to."""

import sqlite3
from dataclasses import astuple

from edge.domain.visits.queue import Place

_COLUMNS = (  # in the order of Place
    "id, queue, number, place, rule, case_id, taken_ms, state, window, called_ms, calls, handled_s, passed, call_order"
)


def load(db: sqlite3.Connection, day: str) -> list[Place]:
    """A day's places in the order in which they were taken. `day`: ISO date in the facility's time."""
    rows = db.execute(f"SELECT {_COLUMNS} FROM ticket WHERE day = ? ORDER BY place", (day,))  # noqa: S608
    return [Place(*row) for row in rows]


def put(db: sqlite3.Connection, day: str, place: Place) -> None:
    """New, or another than before."""
    values = (day, *astuple(place))
    db.execute(f"INSERT OR REPLACE INTO ticket(day, {_COLUMNS}) VALUES({','.join('?' * len(values))})", values)
