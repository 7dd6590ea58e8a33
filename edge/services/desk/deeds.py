"""What the desk's services share: the refusals that a page can explain, and a case's step with its event."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

from contract.events.data import EventData
from contract.events.visits import CaseMoved, CaseState
from edge.domain.moment import Moment
from edge.domain.visits.case import Case, IllegalStep
from edge.ports import CaseStore
from edge.services.refunds import ask_refunds

LONGEST_REASON = 256


class NotNow(ValueError):
    """It cannot be done now; `why` is a key of the desk's catalogue, `values` fill it."""

    def __init__(self, why: str, **values: str) -> None:
        super().__init__(why)
        self.why, self.values = why, values


def found(store: CaseStore, case_id: str) -> Case:
    """Raises NotNow: nobody has submitted such a case here."""
    case = store.case(case_id)
    if case is None or case.state == "draft":
        raise NotNow("desk.why.no_case")
    return case


def reason_in(text: str) -> str:
    """Raises NotNow: a reason is needed."""
    reason = " ".join(text.split())[:LONGEST_REASON]
    if not reason:
        raise NotNow("desk.why.reason")
    return reason


def moved(case: Case, to: CaseState, by: str, reason: str = "") -> CaseMoved:
    """Takes the step. Raises NotNow where the case may not."""
    before = case.state
    try:
        case.step(to)
    except IllegalStep:
        raise NotNow("desk.why.step", state=f"desk.state.{before}", to=f"desk.state.{to}") from None
    assert before != "draft"
    return CaseMoved(case=case.id, from_state=before, state=to, by=by, reason=reason)


@dataclass(slots=True)
class Change:
    """A case as it is now, and what the deed tells of it."""

    case: Case
    events: list[EventData] = field(default_factory=list)


@contextmanager
def changing(store: CaseStore, case_id: str, now: Moment) -> Iterator[Change]:
    """Read, changed and kept in one transaction, so that of two who do the same at once one is told.

    What the case took is free again where it came to nothing, and what was paid for it goes back.
    Durable when it ends; nothing is written when the block raises. Raises NotNow, StoreUnavailable.
    """
    with store.transaction() as writing:
        change = Change(found(store, case_id))
        yield change
        change.case.changed_ms = now.wall_ms
        if change.case.came_to_nothing:
            writing.free_slots(change.case.id)
            change.events += ask_refunds(change.case, now)
        writing.keep(change.case)
        writing.add_events(change.events, now)
