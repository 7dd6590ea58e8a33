"""A matter (事项) as a conversation: a plain function that asks, one question after the other, and ends.

What is kept of it is only the answers. The page is the first question without one, found by walking the function from
its beginning; so it can be resumed at any point, on any box that has the answers, and an answer can be changed
without losing the others.
"""

from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any, Literal, Protocol

from contract.events.data import EventData
from contract.events.visits import CaseState, Source
from edge.domain.visits.person import Person
from edge.domain.visits.questions import Answer, FaceReader, Line, Question, Said

Theme = Literal["neutral", "marriage", "care", "funeral", "relief"]
Flow = Generator[Question, Answer, "Ending"]
LONGEST = 80  # questions; no matter has half of it


class Snapshot(Protocol):
    """A reference snapshot (contract.reference)."""

    @property
    def version(self) -> int: ...
    @property
    def as_of_ms(self) -> int: ...
    @property
    def rows(self) -> Any: ...


@dataclass(frozen=True, kw_only=True)
class Visit:
    """What the function may know besides the answers. `now_ms`: when the case was opened, so that dates stay."""

    case: str
    place: str
    facility: str
    area: str
    now_ms: int
    day: date  # in Asia/Shanghai, of `now_ms`
    minute: int  # of that day
    is_online: bool
    has_camera: bool
    has_scanner: bool
    snapshot: Callable[[str], Snapshot | None]
    booked: Callable[[str], int] = field(default=lambda _slot: 0)  # places of a slot that were taken here
    family: Callable[[str], frozenset[str]] = field(default=lambda _token: frozenset())  # residents, by their tokens
    face_reader: FaceReader = "camera"  # which of the two `has_camera` is about

    @property
    def face_first(self) -> bool:
        """Which of the two ways stands first alternates by day."""
        return self.day.toordinal() % 2 == 0


@dataclass(frozen=True, kw_only=True)
class Ticket:
    """A place in a queue. The facts are for the queue's priority rules."""

    queue: str
    oldest_age: int = 0
    booked_minute: int | None = None
    has_token: bool = False  # invited back after an outage
    asked: frozenset[str] = frozenset()  # disability, infant: as the visitor said
    face: Literal["used", "not_used"] = "not_used"


@dataclass(frozen=True, kw_only=True)
class Message:
    """A text message (短信). `items` names what it must contain."""

    template: str
    phone: str
    text: str
    items: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Ending:
    """How a conversation ends (办结页). `key`: the words `matter.end.key`. `state` None: nothing is kept (a query).

    `target` and the persons' tokens make the business act: the same act twice is the first one again. `answers` are
    codes for the record; `sealed` is what tells who somebody is, for the city and for the desk. `slots` are places of
    the delegated quota that it takes. `receipt`: printed and shown, 8 lines at most; `slip`: printed alone, below it;
    `qr`: in its code ("" for the case's own number).
    `once`: what is done once, whoever comes and on whatever day: it makes the act by itself. `joins`: `sealed` is added
    to that act's case as a contact more. `reference`: snapshots that were shown, as dataset@version.
    """

    key: str
    state: CaseState | None = "submitted"
    persons: tuple[Person, ...] = ()
    target: str = ""
    answers: Mapping[str, str] = field(default_factory=dict)
    sealed: Mapping[str, Any] = field(default_factory=dict)
    ticket: Ticket | None = None
    messages: tuple[Message, ...] = ()
    staff: Literal["", "help", "medical", "danger", "food", "bed", "home", "device", "symptoms", "child_alone"] = ""
    slots: tuple[str, ...] = ()
    receipt: tuple[Line, ...] = ()
    slip: tuple[Line, ...] = ()
    values: Mapping[str, str | Said] = field(default_factory=dict)
    qr: str = ""
    events: tuple[EventData, ...] = ()
    once: str = ""
    joins: bool = False
    reference: tuple[str, ...] = ()
    undo: bool = True  # may be taken back for ten minutes
    stands: bool = False  # done as soon as it is said: closing the case frees neither act nor slots
    rating: bool = True
    wants: Literal["", "online_check", "certificates"] = ""  # what the cloud must be asked, as soon as it is reached
    trip_reason: Literal["normal", "missing_document", "card_fail", "outage", "policy", "other"] = "normal"
    sources: Mapping[str, Source] = field(default_factory=dict)  # of what the visitor neither typed nor chose


@dataclass(frozen=True, kw_only=True)
class Matter:
    """`name`: also the catalogue's prefix. `keeps_draft`: may be left and gone on with by its code for 7 days.

    `at_home`: where it is the only one, its first question is the home page: one touch is enough.
    `by_staff`: asked and filled in at the desk (工作人员代填); no visitor begins it, or goes on with it, at the kiosk.
    `theme_by`: the theme that an answer chooses, as (question, {chosen: theme}): red only after 结婚登记.
    """

    name: str
    theme: Theme
    open: Callable[[Visit], Flow]
    sections: tuple[str, ...] = ()
    icon: str = ""
    keeps_draft: bool = False
    at_home: bool = False
    by_staff: bool = False
    needs_people: bool = True  # False: a public query, nobody is asked who they are
    theme_by: tuple[str, Mapping[str, Theme]] = ("", {})

    def theme_of(self, answers: Mapping[str, Answer]) -> Theme:
        question, themes = self.theme_by
        return themes.get(str(answers.get(question, {}).get("chosen", "")), self.theme)


@dataclass(frozen=True, slots=True)
class Walk:
    """Where a conversation stands. `asked`: the questions before, in their order."""

    at: Question | Ending
    asked: tuple[Question, ...]

    def question(self, name: str) -> Question | None:
        return next((one for one in self.asked if one.name == name), None)


def walk(matter: Matter, visit: Visit, answers: Mapping[str, Answer]) -> Walk:
    """Ask again from the beginning. An answer that does not fit any more is asked for once more."""
    flow, asked = matter.open(visit), list[Question]()
    try:
        question = next(flow)
        while len(asked) < LONGEST:
            answer = answers.get(question.name)
            if answer is None or not question.fits(answer):
                return Walk(question, tuple(asked))
            asked.append(question)
            question = flow.send(answer)
    except StopIteration as end:
        return Walk(end.value, tuple(asked))
    finally:
        flow.close()
    raise RuntimeError(f"{matter.name} asks without an end")
