"""What each event of a case does to the shared records: its file, the days on which somebody came, its messages."""

import re
from datetime import UTC, datetime, timedelta, timezone

from cloud.domain.happened import IllegalStep
from cloud.ports import Books
from contract.events.data import EventData
from contract.events.visits import CaseChanged, CaseMoved, CaseSubmitted, QueueTicket, SmsQueued, VisitCheckin

_SHANGHAI = timezone(timedelta(hours=8))
_VISIT_OF_CASE = re.compile(r"([0-9a-f-]{36})-[0-9]{1,3}")  # a check-in that belongs to a case is named after it
_HERE = ("kiosk", "desk")


def apply(books: Books, facility: str, data: EventData, at_ms: int, now_ms: int) -> None:
    """`at_ms` by the facility's clock, `now_ms` by ours. Raises IllegalStep."""
    match data:
        case CaseSubmitted():
            if not books.open_case(facility, data, at_ms):
                raise IllegalStep(f"case {data.case} was submitted before")
            if data.channel in _HERE:
                books.add_trip(facility, data.case, _day(at_ms))
        case CaseMoved():
            _known(books.move_case(facility, data, at_ms), data.case)
        case CaseChanged():
            _known(books.touch_case(facility, data, at_ms), data.case)
        case VisitCheckin() if of_case := _VISIT_OF_CASE.fullmatch(data.visit):
            books.add_trip(facility, of_case[1], _day(at_ms))
        case QueueTicket() if data.case:
            books.add_trip(facility, data.case, _day(at_ms))
        case SmsQueued() if not data.drill:  # nobody gets a message because of a drill
            if not books.queue_sms(facility, data, at_ms, now_ms):
                raise IllegalStep(f"message {data.sms} was queued before")


def _known(done: bool, case: str) -> None:  # noqa: FBT001 - reads well where it is called
    if not done:
        raise IllegalStep(f"no case {case} was submitted")


def _day(at_ms: int) -> str:
    return datetime.fromtimestamp(at_ms / 1000, UTC).astimezone(_SHANGHAI).date().isoformat()
