"""The home's published bookings (预约), kept as the records have them. Pure.

What a department published stays as it is, but for what was completed since; what was booked at the home's own kiosk
is added once the home has agreed, and stays for the days in which it can be reviewed.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Any

from cloud.domain.deadline import SHANGHAI
from cloud.domain.reference_draft import Draft
from cloud.matters.elder_care.records import Kept
from contract.reference import Snapshot
from contract.reference_rows import BookedPerson, Booking, Label

DATASET, REVIEWABLE_DAYS = "bookings", 30
_SOURCE = Label(zh="衢州市民政局", en="Quzhou Civil Affairs Bureau")


def first_day(now_ms: int) -> str:
    """Bookings before it are not published any more."""
    return (datetime.fromtimestamp(now_ms / 1000, SHANGHAI) - timedelta(days=REVIEWABLE_DAYS)).date().isoformat()


def next_draft(last: Snapshot | None, kept: Kept) -> Draft | None:
    """What is to be published after `last`; None where nothing has changed.

    It is not called newer than it is: beside bookings of a department their time stays.
    """
    before: Sequence[Booking] = last.rows if last else ()
    own = {row.booking for row in kept.bookings}
    theirs = [row for row in before if row.booking not in own and not _is_case(row.booking)]
    rows = tuple(_in_order([*(_done(row, kept) for row in theirs), *(_row(row, kept) for row in kept.bookings)]))
    if rows == tuple(_in_order(before)):
        return None
    if last is None or not theirs:
        return Draft(DATASET, last.source if last else _SOURCE, rows)
    return Draft(DATASET, last.source, rows, as_of_ms=last.as_of_ms, valid_for_s=last.valid_for_s)


def _is_case(booking: str) -> bool:
    """One of ours that is too old: its id is a UUID."""
    return len(booking) == 36 and booking.count("-") == 4


def _done(row: Booking, kept: Kept) -> Booking:
    return row.model_copy(update={"state": "completed"}) if row.booking in kept.completed else row


def _row(row: Any, kept: Kept) -> Booking:
    return Booking(
        booking=row.booking,
        matter=row.matter,
        date=row.date,
        time=row.time,
        persons=(BookedPerson(name_masked=row.name_masked, token=row.token),),
        code_hash=row.code_hash,
        phone_tail=row.phone_tail,
        state="completed" if row.booking in kept.completed else row.state,
        about=f"{row.room} 房间" if row.room else "",
    )


def _in_order(rows: Iterable[Booking]) -> list[Booking]:
    return sorted(rows, key=lambda row: (row.date, row.time, row.booking))
