"""What the matters of a funeral home share: who comes (经办人), in what relation, and about whom (逝者).

A face is never asked for here: whoever comes is seen by a member of staff anyway, and it is no day for a camera.
"""

from collections.abc import Generator, Mapping
from dataclasses import dataclass
from typing import Any

from edge.domain.visits.conversation import Ticket, Visit
from edge.domain.visits.death_certificate import CODE, Deceased, deceased_of
from edge.domain.visits.identity import Identified, identify
from edge.domain.visits.person import Person
from edge.domain.visits.questions import Answer, Choice, Line, Option, Question, Scan, Sign

RELATIONS = ("spouse", "child", "parent", "sibling", "grandchild", "other")
_CARD_FAILS = ("unreadable", "unsupported", "reader_gone")


@dataclass(frozen=True, slots=True)
class Handler:
    """经办人. `role`: family, trustee (受托人), unit (单位). `relation`: one of RELATIONS; of who comes for a family,
    whether the letter (委托书、介绍信) is here or comes later.
    """

    role: str
    relation: str
    who: Identified

    @property
    def persons(self) -> tuple[Person, ...]:
        return (self.who.person,) if self.who.person else ()

    def ticket(self, visit: Visit, queue: str) -> Ticket:
        return Ticket(queue=queue, oldest_age=max((one.age(visit.day) for one in self.persons), default=0))

    @property
    def failed_card(self) -> bool:
        return self.who.why in _CARD_FAILS

    def line(self, matter: str) -> Line:
        question = "relation" if self.role == "family" else "letter"
        return Line(f"{matter}.who", f"{matter}.{question}.{self.relation}", question)

    @property
    def codes(self) -> Mapping[str, str]:
        return {"role": self.role, "relation": self.relation, "handler": self.who.why or "card"}

    @property
    def sealed(self) -> Mapping[str, Any]:
        return {"persons": [one.as_json() for one in self.persons]}


def ask_handler(visit: Visit, role: str) -> Generator[Question, Answer, Handler]:
    """Questions `handler.card`, and `relation` or `letter`."""
    who = yield from identify(visit, "handler", "who", must_be_valid=False, face=False)
    if role == "family":
        relation = yield Choice(
            name="relation", section="who", style="list", options=tuple(Option(key=key) for key in RELATIONS)
        )
        return Handler(role, relation["chosen"], who)
    letter = yield Choice(
        name="letter",
        section="who",
        options=(Option(key="here", icon="check"), Option(key="later", icon="circle-help")),
    )
    return Handler(role, letter["chosen"], who)


def ask_deceased() -> Generator[Question, Answer, Deceased | None]:
    """Questions `certificate` and `deceased`. None: no certificate yet, or somebody else's; staff helps."""
    scanned = yield Scan(name="certificate", section="deceased", pattern=CODE)
    if "instead" in scanned:
        return None
    deceased = deceased_of(scanned["code"])
    right = yield Choice(
        name="deceased",
        section="deceased",
        options=(Option(key="yes", icon="check"), Option(key="no", icon="circle-help")),
        values={"deceased": deceased.said},
        private=frozenset({"deceased"}),
    )
    return deceased if right["chosen"] == "yes" else None


def signed(
    handler: Handler, document: str, name: str, section: str, lines: tuple[Line, ...]
) -> Generator[Question, Answer, bool]:
    """Whether the handler signed here; without a card, or at their wish, it is done at the desk."""
    if not handler.persons:
        return False
    [person] = handler.persons
    answer = yield Sign(
        name=name,
        section=section,
        slow=True,
        document=document,
        lines=lines,
        signer=person.token,
        values={"name": person.name_masked},
        private=frozenset({"name"}),
    )
    return bool(answer["how"] != "window")
