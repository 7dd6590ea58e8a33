"""The hall's queue (排队叫号) as kiosk, desk and call display use it.

Each step reads the day's places, takes the rules' step and writes it in one transaction with its event: after a power
cut, or a transaction that came to nothing, there is no memory that could disagree with the store. The windows lie there
too: who logs in after a power cut is at the same window, with the number that was being served.
"""

import threading
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any, Protocol

from contract.events.data import EventData
from contract.events.visits import QueueCalled, QueueDone, QueueTicket
from edge.domain.alarm_rules import SHANGHAI
from edge.domain.moment import Moment
from edge.domain.visits.conversation import Ticket
from edge.domain.visits.halls import OTHER
from edge.domain.visits.queue import OVER, NotInLine, Place, Queue, Window, rule_of
from edge.ports import CaseStore, CaseWriting, Clock

_LAST_CALLS = 6
_LONGEST_HANDLED_S = 4 * 3600.0


class Shelf(Protocol):
    """Where a day's places, and the windows, are kept (edge.adapters.sqlite_queue); `db` is the open transaction."""

    def load(self, db: Any, day: str) -> list[Place]: ...
    def put(self, db: Any, day: str, place: Place) -> None: ...
    def windows(self, db: Any) -> list[Window]: ...
    def put_window(self, db: Any, window: Window) -> None: ...
    def drop_window(self, db: Any, by: str) -> None: ...


@dataclass(frozen=True, slots=True)
class Taken:
    """A place as it was taken. `ahead`: people before; `estimate_min`: minutes, rounded up to five."""

    id: str
    number: str
    ahead: int
    estimate_min: int


@dataclass(frozen=True, slots=True)
class Called:
    """A call as the display shows it. `times`: 1, more after a recall."""

    number: str
    window: str
    times: int
    at_ms: int


@dataclass(frozen=True, slots=True)
class Shown:
    """What the hall may see: numbers and windows, never a name. `waiting`: how many, by queue. Newest call first."""

    version: int
    calls: Sequence[Called]
    waiting: Mapping[str, int]


class Queueing:
    """`letters`: the hall's queues. `windows`: how many serve them while no window was opened at the desk today."""

    def __init__(
        self,
        letters: Mapping[str, str],
        windows: int,
        store: CaseStore,
        shelf: Shelf,
        clock: Clock,
        new_id: Callable[[int], str],
    ) -> None:
        self._letters, self._windows = letters, windows
        self._store, self._shelf, self._clock, self._new_id = store, shelf, clock, new_id
        self._called_s: dict[str, float] = {}  # place: monotonic, of a call in this start
        self._version = 0
        self._changed = threading.Condition()

    @property
    def queues(self) -> tuple[str, ...]:
        return tuple(self._letters)

    # the kiosk: in the transaction of a case

    def take(self, writing: CaseWriting, ticket: Ticket, case: str, now: Moment) -> tuple[Taken, Sequence[EventData]]:
        """A number. A queue that this hall does not have is the one for other matters."""
        day, minute = _day(now)
        line = self._load(writing, day)
        name = ticket.queue if ticket.queue in self._letters else OTHER
        place = line.take(self._new_id(now.wall_ms), name, rule_of(ticket, minute), case, now.wall_ms)
        self._shelf.put(writing.db, day, place)
        windows = self._serving(writing, day, name)
        taken = Taken(place.id, place.number, line.ahead(place.id), line.estimate_min(place.id, windows))
        told = QueueTicket(
            ticket=place.id, queue=name, number=place.number, case=case, priority_rule=place.rule, ahead=taken.ahead,
            estimate_min=taken.estimate_min, face=ticket.face,
        )  # fmt: skip
        self._bump()
        return taken, [told]

    def give_back(self, writing: CaseWriting, case: str, now: Moment) -> Sequence[EventData]:
        """Who takes a matter back waits no longer."""
        day, _ = _day(now)
        line = self._load(writing, day)
        told: list[EventData] = []
        for place in list(line.places.values()):
            if place.case == case and place.state in ("waiting", "called"):
                left = line.leave(place.id)
                self._shelf.put(writing.db, day, left)
                told.append(_done(left, "left", "", max(0, now.wall_ms - place.taken_ms) / 1000))
        self._bump()
        return told

    def stands(self, writing: CaseWriting, case: str, now: Moment) -> str:
        """The state of the case's newest number of today; "" for none."""
        states = [place.state for place in self._shelf.load(writing.db, _day(now)[0]) if place.case == case]
        return states[-1] if states else ""

    # the desk

    def open_window(self, window: str, queues: Collection[str], by: str) -> None:
        """开窗: from now on it counts for the estimates, and `by` is there and nowhere else.

        Raises KeyError for an unknown queue, NotInLine while a number is at the window that `by` would leave.
        """
        day, _ = _day(self._clock.now())
        served = tuple(queue for queue in queues if self._letters[queue])
        with self._store.transaction() as writing:
            self._leave(writing, day, by, to=window)
            self._shelf.put_window(writing.db, Window(by, window, served, day))

    def close_window(self, by: str) -> None:
        """Raises NotInLine while a number is at the window of `by`."""
        with self._store.transaction() as writing:
            self._leave(writing, _day(self._clock.now())[0], by)

    def window_of(self, by: str) -> Window | None:
        """Where this member of staff serves; only the queues that this hall has."""
        with self._store.transaction() as writing:
            found = self._window_of(writing, by)
        return found and replace(found, queues=tuple(queue for queue in found.queues if queue in self._letters))

    def pass_window(self, writing: CaseWriting, leaving: str, taking: str) -> None:
        """交接班: with the number that is at it; who takes over and has a window already stays there."""
        window, own = (self._window_of(writing, by) for by in (leaving, taking))
        self._shelf.drop_window(writing.db, leaving)
        if window is not None and own is None:
            self._shelf.put_window(writing.db, replace(window, by=taking))

    def call_next(self, window: str, by: str, queues: Collection[str] = ()) -> Place | None:
        """叫下一位. `queues`: those that the window serves, all of them when empty. None when nobody waits."""
        return self._step(lambda line, now: line.call(queues or self.queues, window, now.wall_ms), by)

    def call_case(self, case: str, window: str, by: str) -> Place | None:
        """Calls one case's number out of turn, where a clerk has a reason; None when it does not wait."""

        def call(line: Queue, now: Moment) -> Place | None:
            waiting = next((one for one in line.waiting(self.queues) if one.case == case), None)
            return waiting and line.call_one(waiting.id, window, now.wall_ms)

        return self._step(call, by)

    def recall(self, place_id: str, by: str) -> Place | None:
        """The same number once more. This and what follows raise NotInLine."""
        return self._step(lambda line, _now: line.recall(place_id), by)

    def serve(self, place_id: str, by: str) -> Place | None:
        return self._step(lambda line, _now: line.serve(place_id), by)

    def done(self, place_id: str, by: str) -> Place | None:
        return self._step(lambda line, now: line.done(place_id, self._handled_s(line.places.get(place_id), now)), by)

    def no_show(self, place_id: str, by: str) -> Place | None:
        return self._step(lambda line, _now: line.no_show(place_id), by)

    def transfer(self, place_id: str, queue: str, by: str) -> Place | None:
        return self._step(lambda line, _now: line.transfer(place_id, queue), by, transferred=True)

    def today(self) -> list[Place]:
        """All places of the day in their order."""
        with self._store.transaction() as writing:
            return self._shelf.load(writing.db, _day(self._clock.now())[0])

    # the display

    def shown(self) -> Shown:
        with self._changed:
            version = self._version
        places = self.today()
        called = sorted((one for one in places if one.calls), key=lambda one: one.call_order, reverse=True)
        calls = [Called(one.number, one.window, one.calls, one.called_ms) for one in called if one.state not in OVER]
        waiting = {queue: sum(one.queue == queue and one.state == "waiting" for one in places) for queue in self.queues}
        return Shown(version, calls[:_LAST_CALLS], waiting)

    def wait(self, seen: int, timeout: float) -> int:
        """The version when it is another than `seen`, or after `timeout` seconds."""
        with self._changed:
            self._changed.wait_for(lambda: self._version != seen, timeout)
            return self._version

    # inside

    def _step(
        self, step: Callable[[Queue, Moment], Place | None], by: str, *, transferred: bool = False
    ) -> Place | None:
        now = self._clock.now()
        day, _ = _day(now)
        with self._store.transaction() as writing:
            line = self._load(writing, day)
            place = step(line, now)
            if place is None:
                return None
            self._shelf.put(writing.db, day, place)
            window = self._window_of(writing, by)
            if window is not None and window.day != day:  # a night shift need not open it again
                self._shelf.put_window(writing.db, replace(window, day=day))
            writing.add_events(_told(place, by, transferred=transferred), now)
        if place.state == "called" and place.calls == 1:
            self._called_s[place.id] = now.monotonic
        elif place.state != "serving":
            self._called_s.pop(place.id, None)
        self._bump()
        return place

    def _load(self, writing: CaseWriting, day: str) -> Queue:
        line = Queue(self._letters)
        line.rebuild(self._shelf.load(writing.db, day))
        return line

    def _handled_s(self, place: Place | None, now: Moment) -> float:
        """By the monotonic clock where the call was in this start, so that a clock that was set changes no estimate."""
        if place is None:
            return 0
        if (called_s := self._called_s.get(place.id)) is not None:
            return now.monotonic - called_s
        return min(max(0, now.wall_ms - place.called_ms) / 1000, _LONGEST_HANDLED_S)

    def _window_of(self, writing: CaseWriting, by: str) -> Window | None:
        return next((one for one in self._shelf.windows(writing.db) if one.by == by), None)

    def _leave(self, writing: CaseWriting, day: str, by: str, to: str = "") -> None:
        """A number that was called stays with somebody."""
        windows = self._shelf.windows(writing.db)
        names = {one.name for one in windows if one.by == by} - {to}
        names -= {one.name for one in windows if one.by != by and one.day == day}
        if any(one.window in names and one.state in ("called", "serving") for one in self._shelf.load(writing.db, day)):
            raise NotInLine("a number is still at this window")
        self._shelf.drop_window(writing.db, by)

    def _serving(self, writing: CaseWriting, day: str, queue: str) -> int:
        """How many windows serve a queue."""
        is_open = [window for window in self._shelf.windows(writing.db) if window.day == day]
        return len({window.name for window in is_open if queue in window.queues}) if is_open else self._windows

    def _bump(self) -> None:
        with self._changed:
            self._version += 1
            self._changed.notify_all()


def _day(now: Moment) -> tuple[str, int]:
    local = datetime.fromtimestamp(now.wall_ms / 1000, UTC).astimezone(SHANGHAI)
    return local.date().isoformat(), local.hour * 60 + local.minute


def _told(place: Place, by: str, *, transferred: bool) -> list[EventData]:
    match place.state:
        case "called":
            return [
                QueueCalled(
                    ticket=place.id, queue=place.queue, number=place.number, window=place.window, by=by,
                    recall=place.calls > 1,
                )
            ]  # fmt: skip
        case "served" | "no_show" | "left":
            return [_done(place, place.state, by, place.waited_s)]
        case "waiting" if transferred:
            return [_done(place, "transferred", by, place.waited_s)]
    return []


def _done(place: Place, outcome: str, by: str, waited_s: float) -> QueueDone:
    return QueueDone.model_validate({
        "ticket": place.id, "queue": place.queue, "number": place.number, "outcome": outcome, "window": place.window,
        "by": by, "waited_s": round(waited_s, 1), "handled_s": round(place.handled_s, 1),
    })  # fmt: skip
