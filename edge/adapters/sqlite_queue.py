"""The numbers of a hall's queues and the windows that serve them in the box's store. A number is written in the
transaction of the case it belongs to.
"""

import sqlite3
from dataclasses import astuple

from edge.domain.visits.queue import Place, Window

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


def windows(db: sqlite3.Connection) -> list[Window]:
    """Of any day, in the order of the staff numbers."""
    rows = db.execute("SELECT by, name, queues, day FROM desk_window ORDER BY by")
    return [Window(by, name, tuple(queues.split(",")), day) for by, name, queues, day in rows]


def put_window(db: sqlite3.Connection, window: Window) -> None:
    """A member of staff is at one window at a time."""
    row = (window.by, window.name, ",".join(window.queues), window.day)
    db.execute("INSERT OR REPLACE INTO desk_window VALUES(?, ?, ?, ?)", row)


def drop_window(db: sqlite3.Connection, by: str) -> None:
    db.execute("DELETE FROM desk_window WHERE by = ?", (by,))
