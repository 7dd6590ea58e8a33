"""Cases at the desk (办件): the list, one of them with its personal data, and its steps."""

from collections.abc import Collection
from typing import Protocol

from contract.events.visits import CaseState
from edge.domain.moment import Moment
from edge.domain.visits.case import OPEN, Case, IllegalStep
from edge.domain.visits.staff import Staff
from edge.ports import CaseStore, Clock
from edge.services.desk.deeds import LONGEST_REASON, NotNow, changing, found, moved, reason_in
from edge.services.desk.standing import waits

STEPS: tuple[CaseState, ...] = ("accepted", "in_review", "awaiting_applicant", "approved", "refused", "closed")
"""What a page may ask for; taking a case back is `withdraw`."""
_NEED_REASON: Collection[CaseState] = ("awaiting_applicant", "refused")
_DECISIONS: Collection[CaseState] = ("approved", "refused")
_BEFORE_APPROVAL: Collection[CaseState] = ("submitted", "awaiting_online_check")
_ELSEWHERE = {"outbound_transfer": "desk.why.by_permit", "relief_intake": "desk.why.by_paper"}
_KEPT_LOOKS = 50


class Withdrawing(Protocol):
    """Takes a case back with its places in slots and queues (edge.services.endings)."""

    def withdraw(self, case: Case, now: Moment, by: str, reason: str = "") -> Case: ...


class DeskCases:
    def __init__(self, store: CaseStore, endings: Withdrawing, clock: Clock) -> None:
        self._store, self._endings, self._clock = store, endings, clock

    def open(self, states: Collection[CaseState] = OPEN, ending: str = "") -> list[Case]:
        """The oldest first. `ending`: only those whose number ends so."""
        return [case for case in self._store.in_state(states) if case.number.endswith(ending)]

    def case(self, case_id: str) -> Case:
        """Raises NotNow."""
        return found(self._store, case_id)

    def reveal(self, case_id: str, staff: Staff) -> Case:
        """With the personal data to be shown: who looked, and when, stays with the case. Raises NotNow."""
        now = self._clock.now()
        with changing(self._store, case_id, now) as change:
            looks = [*change.case.desk.get("looks", ()), {"by": staff.number, "at_ms": now.wall_ms}]
            change.case.desk["looks"] = looks[-_KEPT_LOOKS:]
        return change.case

    def move(self, case_id: str, to: str, staff: Staff, reason: str = "") -> Case:
        """One step. A case that was just submitted is accepted on the way to its approval. Raises NotNow."""
        now, step = self._clock.now(), next((one for one in STEPS if one == to), None)
        if step is None:
            raise NotNow("desk.why.no_step")
        told = reason_in(reason) if step in _NEED_REASON else " ".join(reason.split())[:LONGEST_REASON]
        with changing(self._store, case_id, now) as change:
            case = change.case
            if case.matter in _ELSEWHERE and step in _DECISIONS:
                raise NotNow(_ELSEWHERE[case.matter])
            if step in _DECISIONS and not staff.may_decide(case.matter):
                raise NotNow("desk.why.registrar")
            if step == "approved":
                if waiting := waits(case):
                    raise NotNow(f"desk.waits.{waiting[0]}")
                if case.state in _BEFORE_APPROVAL:
                    change.events.append(moved(case, "accepted", staff.number))
            change.events.append(moved(case, step, staff.number, told))
            if step == "refused":
                case.desk["refusal"] = {"reason": told, "by": staff.number, "at_ms": now.wall_ms}
        return case

    def withdraw(self, case_id: str, staff: Staff, reason: str) -> None:
        """撤回 in the visitor's name. Raises NotNow."""
        case = self.case(case_id)
        told = reason_in(reason)
        if case.state not in OPEN or case.state == "approved":
            raise NotNow("desk.why.step", state=f"desk.state.{case.state}", to="desk.state.withdrawn")
        try:
            self._endings.withdraw(case, self._clock.now(), by=staff.number, reason=told)
        except IllegalStep:  # somebody was quicker
            raise NotNow("desk.why.step", state=f"desk.state.{case.state}", to="desk.state.withdrawn") from None
