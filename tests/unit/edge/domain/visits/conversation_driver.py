"""Talks to a matter as a visitor does: forms through the questions, cards as the reader gives them."""

from collections.abc import Callable, Mapping
from datetime import date
from types import SimpleNamespace
from typing import Any

from edge.domain.visits.conversation import Ending, Matter, Snapshot, Visit, Walk, walk
from edge.domain.visits.person import Person, read_card
from edge.domain.visits.questions import Answer, Question

KEY = b"k" * 32
DAY = date(2026, 11, 25)
STROKES = " ".join(f"{n},{n},{n}" for n in range(30))
MAN: Person = read_card(
    {"name": "测试甲", "sex": "1", "birth": "19900307", "id_number": "330899199003070016", "valid_to": "长期"},
    KEY,
    simulated=True,
)
WOMAN: Person = read_card(
    {"name": "测试乙", "sex": "2", "birth": "19930512", "id_number": "330899199305120023", "valid_to": "长期"},
    KEY,
    simulated=True,
)


def visit(
    *, online: bool = True, camera: bool = True, snapshots: Mapping[str, Any] | None = None, day: date = DAY
) -> Visit:
    """`snapshots`: rows by dataset."""

    def snapshot(dataset: str) -> Snapshot | None:
        rows = (snapshots or {}).get(dataset)
        return None if rows is None else SimpleNamespace(version=1, as_of_ms=0, rows=rows)

    return Visit(
        case="01a00000-0000-7000-8000-000000000000",
        place="kiosk-1",
        facility="f-1",
        area="330802",
        now_ms=1_795_000_000_000,
        day=day,
        minute=600,
        is_online=online,
        has_camera=camera,
        has_scanner=True,
        snapshot=snapshot,
    )


class Talk:
    def __init__(self, matter: Matter, about: Visit) -> None:
        self.matter, self.visit = matter, about
        self.answers: dict[str, Answer] = {}

    @property
    def walk(self) -> Walk:
        return walk(self.matter, self.visit, self.answers)

    @property
    def question(self) -> Question:
        at = self.walk.at
        assert isinstance(at, Question), f"it has ended: {at}"
        return at

    @property
    def at(self) -> str:
        at = self.walk.at
        return at.name if isinstance(at, Question) else f"end:{at.key}"

    @property
    def ending(self) -> Ending:
        at = self.walk.at
        assert isinstance(at, Ending), f"it still asks {at.name}"
        return at

    def says(self, **form: str | list[str]) -> "Talk":
        """A form of the page."""
        whole = {name: [value] if isinstance(value, str) else value for name, value in form.items()}
        return self.hears(self.question.read(whole))

    def lays(self, person: Person) -> "Talk":
        return self.hears({"person": person.as_json()})

    def hears(self, answer: Answer) -> "Talk":
        """An answer of a machine."""
        self.answers[self.question.name] = answer
        return self

    def until(self, name: str, step: Callable[["Talk"], object]) -> "Talk":
        while self.at != name:
            step(self)
        return self
