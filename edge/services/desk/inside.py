"""Visitors inside a care home (在内访客): who is in the house when it burns, and who forgot to sign out.

A visitor is inside from the badge (VisitorEntered) until it comes back (VisitorLeft). The case of a visit stays open
for as long, so the store itself is the list.
"""

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from contract.events.visits import CaseMoved, VisitorEntered, VisitorLeft
from edge.domain.alarm_rules import SHANGHAI
from edge.domain.visits.case import OPEN, Case
from edge.domain.visits.matters.care_visit import UNTIL, badge_of
from edge.domain.visits.person import mask_name
from edge.domain.visits.staff import Staff
from edge.ports import CaseStore, Clock
from edge.services.desk.deeds import NotNow, changing, moved

MATTER = "care_visit"


@dataclass(frozen=True, slots=True)
class Inside:
    """`badge` "": waits at the door. `until_ms`: when the badge ends."""

    case: str
    badge: str
    room: str
    persons: int
    name_masked: str
    since_ms: int
    until_ms: int
    health: str


class VisitorsInside:
    def __init__(self, store: CaseStore, clock: Clock) -> None:
        self._store, self._clock = store, clock

    def all(self) -> list[Inside]:
        """Those with a badge and those at the door, the longest first."""
        return [_inside(case) for case in self._store.in_state(OPEN, matter=MATTER)]

    def is_over(self, one: Inside) -> bool:
        return bool(one.badge) and self._clock.now().wall_ms > one.until_ms

    def admit(self, case_id: str, staff: Staff) -> str:
        """让进: gives a badge to somebody who waited at the door. Raises NotNow."""
        now, badge = self._clock.now(), badge_of(case_id)
        with changing(self._store, case_id, now) as change:
            case = _visit(change.case)
            one = _inside(case)
            if one.badge:
                raise NotNow("desk.why.has_badge")
            case.desk["answers"] = {**case.desk.get("answers", {}), "badge": badge}
            case.desk["admitted"] = {"by": staff.number, "at_ms": now.wall_ms}
            change.events.append(VisitorEntered(
                case=case.id, badge=badge, room=one.room, persons=one.persons, until_ms=max(one.until_ms, now.wall_ms)
            ))  # fmt: skip
        return badge

    def left(self, case_id: str, staff: Staff) -> None:
        """Closes a visit that was forgotten, or one that never went in. Raises NotNow."""
        with changing(self._store, case_id, self._clock.now()) as change:
            case = _visit(change.case)
            if badge := _inside(case).badge:
                change.events.append(VisitorLeft(case=case.id, badge=badge, by=staff.number))
            change.events.append(moved(case, "closed", staff.number))


def visit_of(store: CaseStore, badge: str) -> tuple[Case, CaseMoved] | None:
    """The visit whose badge came back at the kiosk, closed but not yet kept; None for a badge that is not inside."""
    for case in store.in_state(OPEN, matter=MATTER):
        if _inside(case).badge == badge:
            return case, moved(case, "closed", "visitor")
    return None


def _visit(case: Case) -> Case:
    """Raises NotNow."""
    if case.matter != MATTER or case.state not in OPEN:
        raise NotNow("desk.why.not_inside")
    return case


def _inside(case: Case) -> Inside:
    sealed, answers = case.desk.get("sealed", {}), case.desk.get("answers", {})
    persons = sealed.get("persons") or ()
    count = str(answers.get("persons", ""))
    return Inside(
        case=case.id,
        badge=str(answers.get("badge", "")),
        room=str(sealed.get("room", "")),
        persons=int(count) if count.isdecimal() else 1,
        name_masked=mask_name(persons[0]["name"]) if persons else "",
        since_ms=case.changed_ms,
        until_ms=_until_ms(case.opened_ms),
        health=str(sealed.get("health", "")),
    )


def _until_ms(opened_ms: int) -> int:
    """The end of the visiting hours of that day; an hour for who comes later."""
    at = datetime.fromtimestamp(opened_ms / 1000, UTC).astimezone(SHANGHAI)
    until = datetime.combine(at.date(), UNTIL, SHANGHAI)
    return round((until if at < until else at + timedelta(hours=1)).timestamp() * 1000)
