"""A case (办件): one matter of one visitor or family, from the first answer to its end, and the steps it may take.

State words of the domain brief, section 6. `awaiting_online_check` is where a case waits that was taken in off line.
"""

import hashlib
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any, Literal

from contract.events.visits import CaseState
from edge.domain.visits.questions import Answer

DraftState = Literal["draft"]
State = DraftState | CaseState
DRAFT_MS, KEPT_DRAFT_MS = 24 * 3600_000, 7 * 24 * 3600_000  # of time that has certainly passed (draft_age)
UNDO_MS = 10 * 60_000

_NEXT: Mapping[State, tuple[State, ...]] = {
    "draft": ("submitted", "awaiting_online_check"),
    "awaiting_online_check": ("accepted", "in_review", "refused", "withdrawn", "closed"),
    "submitted": ("accepted", "in_review", "awaiting_online_check", "refused", "withdrawn", "closed"),
    "accepted": ("in_review", "awaiting_applicant", "approved", "refused", "withdrawn", "closed"),
    "in_review": ("awaiting_applicant", "approved", "refused", "withdrawn", "closed"),
    "awaiting_applicant": ("in_review", "refused", "withdrawn", "closed"),
    "approved": ("closed",),
    "refused": ("closed",),
    "closed": (),
    "withdrawn": (),
}
OPEN: tuple[CaseState, ...] = (
    "awaiting_online_check", "submitted", "accepted", "in_review", "awaiting_applicant", "approved",
)  # fmt: skip
OVER: tuple[CaseState, ...] = ("refused", "closed", "withdrawn")
_ASKS = frozenset(OPEN) - {"approved"}
_CHECKED_ON_LINE = frozenset({"marriage"})  # matters that nobody may approve without the check (婚姻登记条例 2025)
CHECKED_TOGETHER: Mapping[str, int] = {"marriage": 2}
"""How many persons one check must be about: what was found of one says nothing of the other."""


class IllegalStep(ValueError):
    """The case may not take this step; the text says why."""


@dataclass(slots=True)
class Case:
    """`rev` counts the answers, so that the same form sent twice changes nothing. `result`: what the visitor was told.

    `act`: while it is open or was done; "" where it has come to nothing, so that the same may be begun again.
    `token`: of the first person, to find a draft by the card. `checks`: what the cloud found, by what it was asked:
    {"online_check": "clear"}. `desk`: what staff added. Times are wall ms, UTC.
    """

    id: str
    matter: str
    code: str
    place: str
    opened_ms: int
    changed_ms: int
    state: State = "draft"
    number: str = ""
    act: str = ""
    token: str = ""
    rev: int = 0
    answers: dict[str, Answer] = field(default_factory=dict)
    result: dict[str, Any] | None = None
    checks: dict[str, str] = field(default_factory=dict)
    desk: dict[str, Any] = field(default_factory=dict)

    @property
    def has_chosen_a_way(self) -> bool:
        """Somebody has said whether by face or not: from then on a camera is reckoned with, whatever becomes of it."""
        return any("way" in answer for answer in self.answers.values())

    def step(self, to: State) -> None:
        """Raises IllegalStep."""
        if to not in _NEXT[self.state]:
            raise IllegalStep(f"a case that is {self.state} does not become {to}")
        if to == "approved" and self.matter in _CHECKED_ON_LINE and self.checks.get("online_check") != "clear":
            raise IllegalStep("a registration is approved only after the check on line was clear")
        if to == "withdrawn" or (_fails(self.state, to) and not self.desk.get("stands")):
            self.act = ""
        self.state = to

    def of_whom(self, face: str) -> str:
        """The token of the person whom a face question was about, by the question's name."""
        told = self.answers[face].get("of")  # answers of before schema 5 do not tell
        return str(told or self.answers.get(f"{face.rpartition('.')[0]}.card", {}).get("person", {}).get("token", ""))

    @property
    def came_to_nothing(self) -> bool:
        """Over without success: its act, and the places that it took, are free again."""
        return self.state in OVER and not self.act

    @property
    def wants(self) -> str:
        """What the cloud must still be asked; "" for nothing."""
        wanted = str(self.desk.get("wants", ""))
        return wanted if self.state in _ASKS and wanted not in self.checks else ""


def turn_of(case: Case) -> int:
    """How many times its persons are, or were, checked on line: a registrar may have it done again."""
    return 1 + len(case.desk.get("asked_again", ()))


def _fails(before: State, to: State) -> bool:
    """Refused, or closed without having been approved (or refused, which has freed it before)."""
    return to == "refused" or (to == "closed" and before != "approved")


def act_of(matter: str, tokens: Collection[str], day: str, target: str, case: str) -> str:
    """The business act: the same matter, persons, day and target are one act. Without persons every case is its own."""
    about = "|".join((matter, day, target, *sorted(tokens))) if tokens else f"{matter}|{case}"
    return hashlib.sha256(about.encode()).hexdigest()


def number_of(facility: str, day: str, count: int) -> str:
    """A local number: facility-YYYYMMDD-nnnn; no network is needed for it, and no other box gives the same."""
    return f"{facility}-{day.replace('-', '')}-{count:04d}"
