"""One person before the screen: how they want the pages, where they stand, and what a page needs to know."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from edge.domain.moment import Moment
from edge.domain.visits.case import UNDO_MS, Case
from edge.domain.visits.conversation import Ending, Matter, Theme, Visit, Walk, walk
from edge.domain.visits.idle import patience
from edge.domain.visits.questions import Answer, Face, Form, Lookup, Question, Said
from edge.domain.visits.staff_calls import StaffCall

_SLOW_AFTER_ERRORS = 2
_SECTIONLESS = (0, 0)

Printed = Literal["none", "printing", "printed", "failed"]


class NoSession(LookupError):
    """The session has ended: the page is the home page."""


class NotFound(LookupError):
    """`why` is the catalogue's key of what to do now."""

    def __init__(self, why: str) -> None:
        super().__init__(why)
        self.why = why


@dataclass(frozen=True, slots=True)
class Look:
    """How the visitor wants the pages. The next visitor begins with the default again."""

    lang: Literal["zh", "en"] = "zh"
    size: Literal["normal", "xl"] = "normal"
    contrast: Literal["normal", "high"] = "normal"
    read_aloud: bool = False


@dataclass(frozen=True, slots=True)
class Idle:
    """Seconds. `warning`: the page asks now whether somebody is there."""

    left_s: float
    warn_s: float
    warning: bool


@dataclass(frozen=True, slots=True)
class Result:
    """What the visitor is told at the end, and may see again by the code."""

    key: str
    state: str
    values: Mapping[str, str | Said]
    number: str
    ticket: str
    ahead: int
    estimate_min: int
    lines: Sequence[tuple[str | Said, str | Said]]
    slip: Sequence[tuple[str | Said, str | Said]]  # printed alone
    qr: str
    printed: Printed
    undo_left_s: float
    may_rate: bool
    rated: int | None
    is_first_again: bool  # the same act was submitted before: this is its receipt


@dataclass(frozen=True, slots=True)
class View:
    """All that a page needs. `section`: (number of the present one, of how many); (0, 0) without.

    `unsent`: what stands on the page and is no answer yet: keys that were pressed, how far a text was leafed through.
    """

    matter: Matter
    look: Look
    theme: Theme
    rev: int
    version: int
    page: Question | Result
    asked: Sequence[Question]
    answers: Mapping[str, Answer]
    unsent: Form
    section: tuple[int, int]
    can_go_back: bool
    error: str
    notices: Sequence[str]
    code: str
    online: bool
    ages: Sequence[tuple[str, int]]
    idle: Idle
    machine: Mapping[str, Any]
    staff_called_s: float | None
    day: str


@dataclass(slots=True)
class Session:
    """`kept`: its case has a row in the store. `machine`: how it stands with the machine that answers `machine_for`."""

    id: str
    look: Look
    case: Case
    matter: Matter
    visit: Visit
    touched: float  # monotonic
    kept: bool
    ages: dict[str, int]  # of the snapshots that were looked at: as_of_ms
    version: int = 0
    extensions: int = 0
    errors: int = 0
    error: str = ""
    notices: list[str] = field(default_factory=list)
    unsent: Form = field(default_factory=dict)
    machine: dict[str, Any] = field(default_factory=dict)
    machine_for: str = ""
    call: StaffCall | None = None
    printed: Printed = "none"
    first_again: bool = False
    warned: bool = False
    by: str = ""  # the number of the member of staff who fills it in
    _walk: Walk | None = None

    @property
    def walk(self) -> Walk:
        if self._walk is None:
            self._walk = walk(self.matter, self.visit, self.case.answers)
        return self._walk

    @property
    def asks(self) -> Question | None:
        """What the page asks now; None at the end, whatever has become of data and network since."""
        at = self.walk.at
        return at if isinstance(at, Question) and self.case.result is None else None

    def moved(self) -> None:
        """The answers, or what the visit knows, are others than before."""
        self._walk = None

    @property
    def theme(self) -> Theme:
        return self.matter.theme_of(self.case.answers)

    @property
    def section(self) -> tuple[int, int]:
        """(number, of how many); (0, 0) where the matter has no sections."""
        at, sections = self.walk.at, self.matter.sections
        if isinstance(at, Ending) or at.section not in sections:
            return _SECTIONLESS
        return sections.index(at.section) + 1, len(sections)

    @property
    def last_of_visitor(self) -> str | None:
        """The question before this page, leaving out what machines found out."""
        if self.case.state != "draft":
            return None
        for question in reversed(self.walk.asked):
            if not isinstance(question, Face | Lookup) and question.name in self.case.answers:
                return question.name
        return None

    def may_change(self, question: str) -> bool:
        """What was paid for rests on all that was said before it: none of that is asked again here."""
        answers, asked = self.case.answers, [one.name for one in self.walk.asked]
        paid = [name for name, answer in answers.items() if answer.get("state") == "paid"]
        if not paid:
            return True
        if question not in asked or not set(paid) <= set(asked):
            return False
        return asked.index(question) > max(map(asked.index, paid))

    def idle(self, now: Moment) -> Idle:
        is_slow = self.look.size == "xl" or self.look.read_aloud or self.errors >= _SLOW_AFTER_ERRORS
        patient = patience(self.walk.at, theme=self.theme, is_slow_reader=is_slow)
        left_s = self.touched + patient.limit_s - now.monotonic
        if self.machine.get("state") in ("reading", "trying") or self.printed == "printing":
            left_s = max(left_s, patient.warn_s + 1)  # the clock stands while a machine works
        return Idle(left_s, patient.warn_s, left_s <= patient.warn_s)

    def undo_left_s(self, now: Moment) -> float:
        told = self.case.result
        if told is None or not told.get("undo") or self.case.state not in ("submitted", "awaiting_online_check"):
            return 0
        return max(0.0, (int(told["at_ms"]) + UNDO_MS - now.wall_ms) / 1000)

    def result(self, now: Moment) -> Result:
        case, told = self.case, self.case.result or {}
        return Result(
            key=str(told.get("key", "")),
            state=case.state,
            values={name: _said(value) for name, value in told.get("values", {}).items()},
            number=case.number,
            ticket=str(told.get("ticket", "")),
            ahead=int(told.get("ahead", 0)),
            estimate_min=int(told.get("estimate_min", 0)),
            lines=[(_said(label), _said(value)) for label, value in told.get("lines", [])],
            slip=[(_said(label), _said(value)) for label, value in told.get("slip", [])],
            qr=str(told.get("qr", "")),
            printed=self.printed,
            undo_left_s=self.undo_left_s(now),
            may_rate=bool(told.get("rating")) and case.state != "withdrawn",
            rated=case.desk.get("rated"),
            is_first_again=self.first_again,
        )

    def view(self, now: Moment, *, online: bool, staff_called_s: float | None) -> View:
        at = self.walk.at
        return View(
            matter=self.matter,
            look=self.look,
            theme=self.theme,
            rev=self.case.rev,
            version=self.version,
            page=self.result(now) if isinstance(at, Ending) or self.case.result else at,
            asked=self.walk.asked,
            answers=self.case.answers,
            unsent=self.unsent,
            section=self.section,
            can_go_back=self.last_of_visitor is not None,
            error=self.error,
            notices=tuple(self.notices),
            code=self.case.code if self.kept else "",
            online=online,
            ages=sorted(self.ages.items()),
            idle=self.idle(now),
            machine=dict(self.machine),
            staff_called_s=staff_called_s,
            day=self.visit.day.isoformat(),
        )


def _said(value: Any) -> str | Said:
    return Said(*value) if isinstance(value, list | tuple) else str(value)
