"""Family of a resident (亲属关系): confirmed by staff at a visit, with the consent of the resident or the guardian.

Source: visit linked to the resident with consent of resident or guardian (domain brief, 4.3). Kept are two tokens, no
name; who was confirmed is offered the resident's room at the next visit, and nobody else is told anything.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any, Literal, get_args

from contract.events.visits import ConsentGiven, ConsentWithdrawn, FamilyConfirmed
from edge.domain.visits.case import OPEN, Case
from edge.domain.visits.person import mask_name
from edge.domain.visits.staff import Staff
from edge.ports import CaseStore, Clock
from edge.services.desk.deeds import NotNow, found, reason_in

Consent = Literal["resident", "guardian"]
CONSENTS: tuple[str, ...] = get_args(Consent)
TEXT_VERSION = "family-2026-11"
_VISITS = frozenset({"care_visit", "care_visit_booking"})


@dataclass(frozen=True, slots=True)
class Resident:
    token: str
    name_masked: str
    room: str
    is_family: bool


@dataclass(frozen=True, slots=True)
class Asked:
    """`relative` "": no card was read, so nobody can be confirmed. `residents`: of the room that was asked for."""

    case: str
    relative: str
    name_masked: str
    room: str
    residents: tuple[Resident, ...]


class Families:
    def __init__(self, place: str, store: CaseStore, rooms: Callable[[], Iterable[Any]], clock: Clock) -> None:
        """`rooms`: rows of care_rooms, as the box has them now."""
        self._place, self._store, self._rooms, self._clock = place, store, rooms, clock

    def asked(self, case_id: str) -> Asked:
        """Raises NotNow."""
        return self._asked(_visit(found(self._store, case_id)))

    def confirm(self, case_id: str, resident: str, consent: str, reason: str, staff: Staff) -> None:
        """确认. The consent is written down before what it allows. Raises NotNow."""
        self._change(case_id, resident, consent, reason, staff, "confirmed")

    def end(self, case_id: str, resident: str, consent: str, reason: str, staff: Staff) -> None:
        """解除: whoever has consented may take it back at any time. Raises NotNow."""
        self._change(case_id, resident, consent, reason, staff, "ended")

    def _change(
        self, case_id: str, resident: str, consent: str, reason: str, staff: Staff,
        result: Literal["confirmed", "ended"],
    ) -> None:  # fmt: skip
        told, now = reason_in(reason), self._clock.now()
        if consent not in CONSENTS:
            raise NotNow("desk.why.consent")
        with self._store.transaction() as writing:
            asked = self._asked(_visit(found(self._store, case_id)))
            if not asked.relative:
                raise NotNow("desk.why.no_card")
            one = next((one for one in asked.residents if one.token == resident), None)
            if one is None or one.is_family == (result == "confirmed"):
                raise NotNow("desk.why.no_resident")
            given = ConsentGiven if result == "confirmed" else ConsentWithdrawn
            if result == "confirmed":
                writing.confirm_family(asked.relative, resident, now.wall_ms)
            else:
                writing.end_family(asked.relative, resident)
            about = {"case": case_id, "scope": "contact", "text_version": TEXT_VERSION, "language": "zh",
                     "place": self._place, "token": resident}  # fmt: skip
            writing.add_events([
                given.model_validate(about),
                FamilyConfirmed.model_validate({
                    "case": case_id, "resident": resident, "relative": asked.relative, "result": result,
                    "consent": consent, "by": staff.number, "reason": told,
                }),
            ], now)  # fmt: skip

    def _asked(self, case: Case) -> Asked:
        sealed = case.desk.get("sealed", {})
        persons, room = sealed.get("persons") or (), str(sealed.get("room", ""))
        relative = str(persons[0]["token"]) if persons else ""
        family = self._store.family_of(relative) if relative else frozenset()
        residents = tuple(
            Resident(row.resident_token, row.resident_masked, row.room, row.resident_token in family)
            for row in self._rooms()
            if row.resident_token and row.room == room.replace("-", "")
        )
        return Asked(case.id, relative, mask_name(persons[0]["name"]) if persons else "", room, residents)


def _visit(case: Case) -> Case:
    """Raises NotNow."""
    if case.matter not in _VISITS or case.state not in OPEN:
        raise NotNow("desk.why.not_inside")
    return case
