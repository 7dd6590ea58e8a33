"""Hand-over at the change of shift (交接班): what is open, told to the next one, and both say so.

The note stays on the box, encrypted; the event has its SHA-256.
"""

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from hashlib import sha256
from typing import Any, Protocol

from contract.events.visits import ShiftHandedOver
from edge.domain.visits.case import OPEN
from edge.domain.visits.staff import Staff
from edge.ports import CaseStore, CaseWriting, Clock
from edge.services.desk.deeds import NotNow

LONGEST_NOTE = 2000
_MOST_NAMED = 200  # alarms


class ShiftNotes(Protocol):
    """Where notes lie (edge.adapters.shift_notes). Both raise OSError."""

    def add(self, shift: Mapping[str, Any]) -> None: ...
    def last(self) -> Sequence[Mapping[str, Any]]: ...


@dataclass(frozen=True, slots=True)
class Standing:
    """What is open now. `alarms`: ids, None while nobody here knows of any alarm; the others are counts."""

    alarms: tuple[str, ...] | None = ()
    calls: int = 0
    cases: int = 0
    waiting: int = 0
    inside: int = 0
    messages: int = 0


class Handover:
    """`open_alarms`, `waiting`, `inside`: ids of alarms, people in the queue, visitors in the house.

    `pass_window`: the window of one number is the other's, in the transaction.
    """

    def __init__(
        self,
        store: CaseStore,
        notes: ShiftNotes,
        clock: Clock,
        new_id: Callable[[int], str],
        open_alarms: Callable[[], Sequence[str] | None],
        waiting: Callable[[], int],
        inside: Callable[[], int],
        pass_window: Callable[[CaseWriting, str, str], None],
    ) -> None:
        self._store, self._notes, self._clock, self._new_id = store, notes, clock, new_id
        self._open_alarms, self._waiting, self._inside = open_alarms, waiting, inside
        self._pass_window = pass_window

    def standing(self) -> Standing:
        alarms = self._open_alarms()
        return Standing(
            alarms=None if alarms is None else tuple(alarms),
            calls=len(self._store.open_calls()),
            cases=len(self._store.in_state(OPEN)),
            waiting=self._waiting(),
            inside=self._inside(),
            messages=len(self._store.messages_waiting()),
        )

    def notes(self) -> Sequence[Mapping[str, Any]]:
        """The last hand-overs, the newest first. Raises OSError."""
        return self._notes.last()

    def hand_over(self, leaving: Staff, taking: Staff | None, note: str, seen: Collection[str]) -> None:
        """`taking` has shown their own password; None when it was wrong. `seen`: the alarms on the page.

        Raises NotNow, StoreUnavailable, OSError.
        """
        if taking is None:
            raise NotNow("desk.why.second")
        if taking.number == leaving.number:
            raise NotNow("desk.why.same")
        standing, now, text = self.standing(), self._clock.now(), note.strip()[:LONGEST_NOTE]
        alarms = standing.alarms or ()
        if set(alarms) - set(seen):
            raise NotNow("desk.why.new_alarm")
        shift = self._new_id(now.wall_ms)
        told = {"shift": shift, "from": leaving.number, "to": taking.number, "at_ms": now.wall_ms, "note": text}
        self._notes.add({**told, "standing": asdict(standing)})
        event = ShiftHandedOver(
            shift=shift, from_by=leaving.number, to_by=taking.number, open_alarms=alarms[:_MOST_NAMED],
            open_cases=standing.cases, waiting=standing.waiting,
            note_sha256=sha256(text.encode()).hexdigest() if text else None,
        )  # fmt: skip
        with self._store.transaction() as writing:
            self._pass_window(writing, leaving.number, taking.number)
            writing.add_events([event], now)
