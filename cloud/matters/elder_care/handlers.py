"""A booking is asked for at a kiosk, agreed to by the home, completed by who signs in with it and leaves again.

What happened in a drill is no booking, no visit and no review.
"""

from sqlalchemy import update

from cloud.adapters.sql_database import insert_once
from cloud.domain.happened import Happened, IllegalStep
from cloud.matters.elder_care.records import care_attendance, care_booking, care_review, is_completed, is_known
from cloud.ports import Books
from contract.events.visits import BookingMade, CaseMoved, CaseSubmitted, ReviewGiven, VisitorEntered, VisitorLeft

_AGREED, _OFF = frozenset({"accepted", "approved"}), frozenset({"withdrawn", "refused"})
_b, _a = care_booking.c, care_attendance.c


def handle(books: Books, happened: Happened) -> None:
    """Raises IllegalStep."""
    match happened.data:
        case BookingMade(drill="") as made:
            _book(books, happened.facility, made)
        case CaseMoved(drill="", state=state, case=case) if state in _AGREED | _OFF:
            which = update(care_booking).where(_b.facility == happened.facility, _b.booking == case)
            books.db.execute(which.values(state="booked" if state in _AGREED else "cancelled"))
        case CaseSubmitted(drill="", matter="care_visit", answers=answers) as came if answers.get("booking"):
            insert_once(books.db, care_attendance, {
                "facility": happened.facility, "case": came.case, "booking": answers["booking"], "badge": "",
                "came_at_ms": happened.at_ms,
            })  # fmt: skip
        case VisitorEntered(drill="") as entered:
            of_case = _a.facility == happened.facility, _a.case == entered.case
            books.db.execute(update(care_attendance).where(*of_case).values(badge=entered.badge))
        case VisitorLeft(drill="") as left:
            inside = _a.facility == happened.facility, _a.badge == left.badge, _a.left_at_ms.is_(None)
            books.db.execute(update(care_attendance).where(*inside).values(left_at_ms=happened.at_ms))
        case ReviewGiven(drill="") as review:
            _review(books, happened, review)


def _book(books: Books, facility: str, made: BookingMade) -> None:
    row = made.model_dump(include={"date", "time", "code_hash", "name_masked", "phone_tail", "room"})
    row |= {"facility": facility, "booking": made.case, "matter": made.about, "token": made.token or "",
            "state": "asked"}  # fmt: skip
    if not insert_once(books.db, care_booking, row):
        raise IllegalStep(f"booking {made.case} was made before")


def _review(books: Books, happened: Happened, review: ReviewGiven) -> None:
    """Of a booking that only a department knows, the box has seen in what was published that it is completed."""
    facility, booking = happened.facility, review.booking or review.case
    if is_known(books.db, facility, booking) and not is_completed(books.db, facility, booking):
        raise IllegalStep(f"booking {booking} is not completed")
    row = {"facility": facility, "booking": booking, "case": review.case, "score": review.score,
           "at_ms": happened.at_ms}  # fmt: skip
    if not insert_once(books.db, care_review, row):
        raise IllegalStep(f"booking {booking} was reviewed before")
