"""Bookings of care homes (预约), who came with one (到访), and reviews (评价). A booking's id is its case's."""

from dataclasses import dataclass
from typing import Any

from sqlalchemy import BigInteger, Column, Connection, Index, Integer, String, Table, select

from cloud.adapters import tables as t

care_booking = Table(
    "care_booking",
    t.metadata,
    Column("facility", String(64), primary_key=True),
    Column("booking", String(64), primary_key=True),
    Column("matter", String(64), nullable=False),
    Column("date", String(10), nullable=False),
    Column("time", String(5), nullable=False),
    Column("code_hash", String(64), nullable=False),
    Column("name_masked", String(8), nullable=False),
    Column("token", String(64), nullable=False),  # under the site's key; "" where no card was read
    Column("phone_tail", String(4), nullable=False),
    Column("room", String(16), nullable=False),
    Column("state", String(16), nullable=False),  # asked | booked | cancelled
    Index("care_booking_date", "date"),
    info=t.PROJECTION,
)

care_attendance = Table(  # a visit that was signed in with a booking, of ours or of a department's
    "care_attendance",
    t.metadata,
    Column("facility", String(64), primary_key=True),
    Column("case", String(36), primary_key=True),
    Column("booking", String(64), nullable=False),
    Column("badge", String(64), nullable=False),  # "" until they are let in
    Column("came_at_ms", BigInteger, nullable=False),
    Column("left_at_ms", BigInteger),
    Index("care_attendance_of", "facility", "booking"),
    Index("care_attendance_badge", "facility", "badge"),
    info=t.PROJECTION,
)

care_review = Table(
    "care_review",
    t.metadata,
    Column("facility", String(64), primary_key=True),
    Column("booking", String(64), primary_key=True),
    Column("case", String(36), nullable=False),
    Column("score", Integer, nullable=False),
    Column("at_ms", BigInteger, nullable=False),
    info=t.PROJECTION,
)

_b, _a = care_booking.c, care_attendance.c


@dataclass(frozen=True, slots=True)
class Kept:
    """What the records hold of one home's bookings. `bookings`: rows, those the home has agreed to or cancelled."""

    bookings: tuple[Any, ...]
    completed: frozenset[str]


def homes(db: Connection) -> list[str]:
    """Where anything was booked or anybody came with a booking."""
    booked, came = select(_b.facility), select(_a.facility)
    return sorted(db.scalars(booked.union(came)))


def kept_of(db: Connection, facility: str, from_day: str, from_ms: int) -> Kept:
    """Of bookings for that day and later, and of visits from that moment on."""
    agreed = _b.facility == facility, _b.date >= from_day, _b.state != "asked"
    rows = db.execute(select(care_booking).where(*agreed).order_by(_b.date, _b.time, _b.booking)).all()
    over = _a.facility == facility, _a.left_at_ms.is_not(None), _a.came_at_ms >= from_ms
    return Kept(tuple(rows), frozenset(db.scalars(select(_a.booking).where(*over))))


def is_known(db: Connection, facility: str, booking: str) -> bool:
    """Whether the records have more of it than that it was reviewed."""
    ours = select(_b.booking).where(_b.facility == facility, _b.booking == booking)
    return db.scalar(ours) is not None or bool(_visits(db, facility, booking))


def is_completed(db: Connection, facility: str, booking: str) -> bool:
    return any(left_at_ms is not None for left_at_ms in _visits(db, facility, booking))


def _visits(db: Connection, facility: str, booking: str) -> list[int | None]:
    return list(db.scalars(select(_a.left_at_ms).where(_a.facility == facility, _a.booking == booking)))
