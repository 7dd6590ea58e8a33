"""The queue of a hall (排队叫号): fair, numbered per queue and day, with priority rules that are declared and bounded.

The order is that of taking a number, never of a clock, so a clock that jumps moves nobody. Who chose the face check and
who did not stand in the same queue: nothing here can tell them apart.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from math import ceil
from statistics import median
from typing import Literal

from edge.domain.visits.conversation import Ticket
from edge.domain.visits.questions import Said

State = Literal["waiting", "called", "serving", "served", "no_show", "left"]
OVER: Collection[State] = ("served", "no_show", "left")

OLD_AGE = 70
BOOKED_EARLY_MIN, BOOKED_LATE_MIN = 15, 30
MOST_OVERTAKEN = 2  # times in a row that the first in line lets somebody with a priority go before
_LAST_HANDLED = 20
_ROUND_MIN = 5

RULES: Mapping[str, Said] = {
    "outage_token": Said("上次因断网没办完，这次优先", "invited back after an outage"),
    "booked": Said("按预约时间", "booked for this time"),
    "age": Said("七十岁以上优先", "aged 70 or more"),
    "disability": Said("行动不便优先", "with a disability"),
    "infant": Said("带婴儿或怀孕优先", "pregnant or with an infant"),
}
"""Every reason for which somebody may be called earlier, in the order in which they are looked for."""


def rule_of(ticket: Ticket, minute: int) -> str:
    """The rule that applies at a minute of the day, "" for none."""
    if ticket.has_token:
        return "outage_token"
    if ticket.booked_minute is not None and -BOOKED_EARLY_MIN <= minute - ticket.booked_minute <= BOOKED_LATE_MIN:
        return "booked"
    if ticket.oldest_age >= OLD_AGE:
        return "age"
    return next((rule for rule in ("disability", "infant") if rule in ticket.asked), "")


@dataclass(frozen=True, slots=True)
class Place:
    """A number that somebody holds. `order` grows with each one taken; times are wall ms, UTC, for people to see.

    `passed`: the queue whose first in line let this one go before, "" for none. `handled_s`: how long it took.
    """

    id: str
    queue: str
    number: str
    order: int
    rule: str
    case: str
    taken_ms: int
    state: State = "waiting"
    window: str = ""
    called_ms: int = 0
    calls: int = 0
    handled_s: float = 0
    passed: str = ""
    call_order: int = 0  # grows with each first call

    @property
    def waited_s(self) -> float:
        """From taking the number to the first call."""
        return max(0, self.called_ms - self.taken_ms) / 1000


@dataclass(frozen=True, slots=True)
class Window:
    """Where a member of staff serves (窗口). `by`: the staff number. `queues`: those that are served there.

    `day`: ISO date on which it was last opened, or a number was called to it: it counts for that day's estimates.
    """

    by: str
    name: str
    queues: tuple[str, ...]
    day: str


class NotInLine(ValueError):
    """The number is not where it would have to be for this step; the text says where it is."""


@dataclass(slots=True)
class Queue:
    """One day of one hall. `letters`: of the queues' numbers. `start_min`: handling time while nobody was served."""

    letters: Mapping[str, str]
    start_min: float = 15
    places: dict[str, Place] = field(default_factory=dict)
    _counts: dict[str, int] = field(default_factory=dict)  # by letter
    _overtaken: dict[str, int] = field(default_factory=dict)  # how often in a row, by queue
    _handled_s: dict[str, list[float]] = field(default_factory=dict)

    def rebuild(self, places: Iterable[Place]) -> None:
        """From what was stored, in the order in which the numbers were taken."""
        for place in places:
            self.places[place.id] = place
            letter, count = place.number[0], int(place.number[1:])
            self._counts[letter] = max(self._counts.get(letter, 0), count)
            if place.handled_s:
                self._note_handled(place)
        for place in sorted(self.places.values(), key=lambda one: one.call_order):
            if place.call_order:
                self._note_passed(place)

    def take(self, place_id: str, queue: str, rule: str, case: str, now_ms: int) -> Place:
        """The next number of a queue. Raises KeyError for a queue that this hall does not have."""
        letter = self.letters[queue]
        self._counts[letter] = self._counts.get(letter, 0) + 1
        order = max((one.order for one in self.places.values()), default=0) + 1
        place = Place(place_id, queue, f"{letter}{self._counts[letter]:03d}", order, rule, case, now_ms)
        self.places[place_id] = place
        return place

    def waiting(self, queues: Collection[str]) -> list[Place]:
        """In the order in which they were taken."""
        found = [one for one in self.places.values() if one.state == "waiting" and one.queue in queues]
        return sorted(found, key=lambda one: one.order)

    def next(self, queues: Collection[str]) -> Place | None:
        """Who is called now at a window for these queues: a priority goes first, but not again and again."""
        line = self.waiting(queues)
        if not line:
            return None
        head, first = line[0], next((one for one in line if one.rule), None)
        if first is None or self._overtaken.get(head.queue, 0) >= MOST_OVERTAKEN:
            return head
        return first

    def call(self, queues: Collection[str], window: str, now_ms: int) -> Place | None:
        """None when nobody waits."""
        line, place = self.waiting(queues), self.next(queues)
        if place is None:
            return None
        return self._call(place, window, now_ms, passed="" if place is line[0] else line[0].queue)

    def call_one(self, place_id: str, window: str, now_ms: int) -> Place:
        """Out of turn, where a clerk has a reason."""
        return self._call(self._in(place_id, "waiting"), window, now_ms, passed="")

    def recall(self, place_id: str) -> Place:
        place = self._in(place_id, "called")
        return self._change(replace(place, calls=place.calls + 1))

    def serve(self, place_id: str) -> Place:
        return self._change(replace(self._in(place_id, "called"), state="serving"))

    def done(self, place_id: str, handled_s: float) -> Place:
        place = replace(self._in(place_id, "called", "serving"), state="served", handled_s=max(0.0, handled_s))
        self._note_handled(place)
        return self._change(place)

    def no_show(self, place_id: str) -> Place:
        return self._change(replace(self._in(place_id, "called"), state="no_show"))

    def leave(self, place_id: str) -> Place:
        return self._change(replace(self._in(place_id, "waiting", "called"), state="left"))

    def transfer(self, place_id: str, queue: str) -> Place:
        """To another queue with the same number and at the same place: nobody stands in line twice."""
        self.letters[queue]
        place = self._in(place_id, "called", "serving", "waiting")
        return self._change(replace(place, queue=queue, state="waiting", window=""))

    def ahead(self, place_id: str) -> int:
        """How many who wait in the same queue took their number before, or have a priority."""
        place = self.places[place_id]
        return sum(
            one.id != place_id and (one.order < place.order or (bool(one.rule) and not place.rule))
            for one in self.waiting([place.queue])
        )

    def estimate_min(self, place_id: str, windows: int) -> int:
        """Minutes, rounded up to five: people ahead, times what one took lately, over the open windows."""
        place = self.places[place_id]
        handled = self._handled_s.get(place.queue)
        each_min = median(handled) / 60 if handled else self.start_min
        minutes = self.ahead(place_id) * each_min / max(1, windows)
        return ceil(round(minutes, 6) / _ROUND_MIN) * _ROUND_MIN

    def _call(self, place: Place, window: str, now_ms: int, passed: str) -> Place:
        order = max(one.call_order for one in self.places.values()) + 1
        place = replace(
            place, state="called", window=window, called_ms=now_ms, calls=1, passed=passed, call_order=order
        )
        self._note_passed(place)
        return self._change(place)

    def _note_passed(self, place: Place) -> None:
        if place.passed:
            self._overtaken[place.passed] = self._overtaken.get(place.passed, 0) + 1
        else:
            self._overtaken[place.queue] = 0

    def _note_handled(self, place: Place) -> None:
        handled = self._handled_s.setdefault(place.queue, [])
        handled.append(place.handled_s)
        del handled[:-_LAST_HANDLED]

    def _in(self, place_id: str, *states: State) -> Place:
        place = self.places.get(place_id)
        if place is None or place.state not in states:
            stands = "unknown here" if place is None else place.state
            raise NotInLine(f"the number is {stands}, and would have to be {' or '.join(states)}")
        return place

    def _change(self, place: Place) -> Place:
        self.places[place.id] = place
        return place
