"""Calls for a member of staff (叫工作人员), and who is told when nobody comes (ux brief, flow D)."""

from dataclasses import dataclass

from contract.events.visits import StaffCalled

SECOND_PERSON_S, DUTY_PHONE_S = 60, 180


@dataclass(frozen=True, slots=True)
class StaffCall:
    """Times are wall ms, UTC. `about` is for the staff's side only."""

    id: str
    place: str
    about: str
    case: str
    at_ms: int
    came_ms: int | None = None
    by: str = ""

    def level(self, now_ms: int) -> int:
        """0 the desk, 1 a second person too, 2 the duty phone."""
        waited_s = (now_ms - self.at_ms) / 1000
        return 2 if waited_s >= DUTY_PHONE_S else 1 if waited_s >= SECOND_PERSON_S else 0

    @property
    def event(self) -> StaffCalled:
        """Raises ValueError for an unknown `about`."""
        return StaffCalled.model_validate(
            {"call": self.id, "place": self.place, "about": self.about, "case": self.case or None}
        )
