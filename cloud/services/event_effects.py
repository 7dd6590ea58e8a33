"""What each event does to the shared records. One event, its log row and its effect share a transaction.

An event that does nothing here is in the log all the same.
"""

from collections.abc import Callable, Sequence

from cloud.domain.alarm_life import step
from cloud.domain.births import difference_ms
from cloud.domain.happened import Happened, IllegalStep
from cloud.ports import Books
from cloud.services import case_effects, city_effects
from contract.events.types import (
    AlarmClosed,
    AlarmEscalated,
    AlarmEvent,
    AlarmRaised,
    AlarmStep,
    ClockJudged,
    CommandRefused,
    ConfigApplied,
    DeviceIdentified,
    DeviceProven,
    DrillEnded,
    DrillStarted,
)
from contract.events.visits import VisitCheckin

Handler = Callable[[Books, Happened], None]
"""What a service of the plan does with an event. Raises IllegalStep."""


class Effects:
    """The whole way from an event to the records, for what comes in and for making the records again."""

    def __init__(self, handlers: Sequence[Handler] = ()) -> None:
        self._handlers = handlers

    def apply(self, books: Books, happened: Happened) -> None:
        """Raises IllegalStep when the event cannot have happened to what the records hold."""
        _apply(books, happened)
        city_effects.apply(books, happened)
        for handler in self._handlers:
            handler(books, happened)


def _apply(books: Books, happened: Happened) -> None:
    facility, data, at_ms, now_ms = happened.facility, happened.data, happened.at_ms, happened.now_ms
    match data:
        case AlarmRaised():
            if books.alarm_state(facility, data.alarm) is not None:
                raise IllegalStep(f"alarm {data.alarm} was raised before")
            books.raise_alarm(facility, data, at_ms, late=happened.late)
        case AlarmEvent():
            _move_alarm(books, facility, data, at_ms)
        case VisitCheckin():
            books.add_visit(facility, data, at_ms)
        case CommandRefused():
            books.answer_command(facility, data.command, f"refused: {data.reason}", at_ms)
        case DrillStarted() | DrillEnded():
            _drill(books, facility, data, at_ms)
        case DeviceProven():  # in a drill too: a test of the real device is what proves it
            books.device_learnt(facility, data.device, {"proven_at_ms": at_ms}, now_ms)
        case DeviceIdentified():
            swapped = {"swapped_at_ms": at_ms} if data.outcome == "swapped" else {}
            books.device_learnt(facility, data.device, {"fingerprint": data.fingerprint, **swapped}, now_ms)
        case ConfigApplied():
            books.facility_stands(facility, {"config_hash": data.sha256, "config_state": data.result})
        case ClockJudged():
            offset_ms = difference_ms(data.offset_ms, 0)
            books.facility_stands(facility, {"clock_quality": data.quality, "clock_offset_ms": offset_ms})
    case_effects.apply(books, facility, data, at_ms, now_ms)


def _drill(books: Books, facility: str, event: DrillStarted | DrillEnded, at_ms: int) -> None:
    if not event.drill:
        raise IllegalStep("a drill without an id: it belongs into the field drill")
    is_on = books.drill_is_on(facility, event.drill)
    if isinstance(event, DrillStarted):
        if is_on is not None:
            raise IllegalStep(f"drill {event.drill} was started before")
        books.start_drill(facility, event, at_ms)
    elif is_on:
        books.end_drill(facility, event.drill, event.reason, at_ms)
    elif is_on is None:
        raise IllegalStep(f"no drill {event.drill} was started at {facility}")


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
