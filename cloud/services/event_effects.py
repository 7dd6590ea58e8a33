"""What each event does to the shared records. One event, its log row and its effect share a transaction."""

from cloud.domain.alarm_life import IllegalStep, step
from cloud.ports import Books
from contract.events.types import (
    AlarmClosed,
    AlarmEscalated,
    AlarmEvent,
    AlarmRaised,
    AlarmStep,
    CommandRefused,
    EventData,
    VisitCheckin,
)


def apply(books: Books, facility: str, data: EventData, at_ms: int, *, late: bool) -> None:
    """Raises IllegalStep when the event cannot have happened to what the records hold."""
    match data:
        case AlarmRaised():
            if books.alarm_state(facility, data.alarm) is not None:
                raise IllegalStep(f"alarm {data.alarm} was raised before")
            books.raise_alarm(facility, data, at_ms, late=late)
        case AlarmEvent():
            _move_alarm(books, facility, data, at_ms)
        case VisitCheckin():
            books.add_visit(facility, data, at_ms)
        case CommandRefused():
            books.answer_command(facility, data.command, f"refused: {data.reason}", at_ms)


def _move_alarm(books: Books, facility: str, event: AlarmEvent, at_ms: int) -> None:
    state = books.alarm_state(facility, event.alarm)
    if state is None:
        raise IllegalStep(f"no alarm {event.alarm} was raised at {facility}")
    following = step(state, event)
    level = event.level if isinstance(event, AlarmEscalated) else None
    reason = event.reason if isinstance(event, AlarmClosed) else None
    books.move_alarm(event.alarm, following, at_ms, level=level, reason=reason)
    if isinstance(event, AlarmStep) and event.command:
        books.answer_command(facility, event.command, f"done: {following}", at_ms)
