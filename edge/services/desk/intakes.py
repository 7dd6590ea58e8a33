"""求助登记 at the relief station: begun by an attendant, from a one-touch reception or by itself, and gone on with.

A reception (接待, matter relief) and its intake are two cases tied by `reception` in the intake: taking in twice is the
same intake.
"""

import threading
from collections.abc import Collection

from contract.events.visits import CaseState
from edge.domain.visits.case import OPEN, OVER, Case
from edge.domain.visits.matters import relief, relief_intake
from edge.domain.visits.staff import Staff
from edge.ports import CaseStore, Clock
from edge.services.desk.calls import DeskCalls
from edge.services.desk.deeds import NotNow, changing, moved
from edge.services.visits import Look, NotFound, Visits

MATTER, RECEPTION = relief_intake.NAME, relief.RELIEF.name
_WAITING: Collection[CaseState] = ("submitted", "accepted")


class TakenIn(Exception):
    """The intake of this reception is done: `case` is it."""

    def __init__(self, case: Case) -> None:
        super().__init__(case.number)
        self.case = case


class Intakes:
    """`place`: the desk's name in events."""

    def __init__(self, store: CaseStore, visits: Visits, calls: DeskCalls, clock: Clock, place: str) -> None:
        self._store, self._visits, self._calls, self._clock, self._place = store, visits, calls, clock, place
        self._one_at_a_time = threading.Lock()

    def begin(self, staff: Staff, look: Look) -> str:
        """For somebody who has touched nothing. Returns the session of its pages. Raises NotNow."""
        _check(staff)
        return self._visits.begin_by_staff(MATTER, look, staff.number, self._place)

    def take_in(self, reception_id: str, staff: Staff, look: Look) -> str:
        """From a reception, also while its visitor is still at the kiosk: its open calls are answered by it.

        Returns the session of the pages. Raises NotNow, TakenIn.
        """
        _check(staff)
        with self._one_at_a_time:
            reception = self._store.case(reception_id)
            if reception is None or reception.matter != RECEPTION or reception.state not in ("draft", *OPEN):
                raise NotNow("desk.why.no_case")
            begun = self.of(reception_id)
            if begun is None:
                known = {"slip": {"typed": reception.code}}
                session = self._visits.begin_by_staff(
                    MATTER, look, staff.number, self._place, known=known, desk={"reception": reception_id}
                )
            elif begun.state == "draft":
                session = self.resume(begun.id, staff, look)
            else:
                raise TakenIn(begun)
            self._answer(reception, staff)
        return session

    def resume(self, case_id: str, staff: Staff, look: Look) -> str:
        """Returns the session of the pages; where a colleague has them open, there they end. Raises NotNow."""
        _check(staff)
        try:
            return self._visits.resume_by_staff(case_id, look, staff.number)
        except NotFound:
            raise NotNow("desk.why.no_draft") from None

    def drafts(self) -> list[Case]:
        """What was begun and not finished, the oldest first."""
        return self._store.in_state(("draft",), matter=MATTER)

    def receptions(self) -> list[Case]:
        """Who asked for help with one touch and has no intake yet, the oldest first."""
        done = {case.desk.get("reception") for case in self._intakes()}
        waiting = self._store.in_state(("draft", *_WAITING), matter=RECEPTION, newest=True)
        return [case for case in waiting if case.id not in done]

    def of(self, reception_id: str) -> Case | None:
        """Its intake; who went to a doctor first has none yet, and is asked the rest when they are back."""
        return next((case for case in self._intakes() if case.desk.get("reception") == reception_id), None)

    def _intakes(self) -> list[Case]:
        """Also those that are over: who was refused in writing, or has left, was taken in."""
        begun = self._store.in_state(("draft", *OPEN, *OVER), matter=MATTER, newest=True)
        return [case for case in begun if case.desk.get("answers", {}).get("doctor") != "go"]

    def _answer(self, reception: Case, staff: Staff) -> None:
        for call, _waited_s in self._calls.open():
            if call.case == reception.id:
                self._calls.take(call.id, staff)
        if reception.state == "submitted":
            with changing(self._store, reception.id, self._clock.now()) as change:
                if change.case.state == "submitted":
                    change.events.append(moved(change.case, "accepted", staff.number))


def _check(staff: Staff) -> None:
    if not staff.may_take_in:
        raise NotNow("desk.why.attendant")
