"""Who somebody is (身份核对), the part that many matters share: the identity ladder of the domain brief, section 3.

Card and face where the visitor wants it, card and a registrar's eyes where not; without a card a member of staff. Every
way leads on, in the same queue.
"""

from collections.abc import Collection, Generator
from dataclasses import dataclass
from typing import Literal

from edge.domain.visits.conversation import Visit
from edge.domain.visits.person import Person, person_of
from edge.domain.visits.questions import Answer, Card, Consent, Face, Line, Question

Settled = Literal["card_and_face", "window"]


@dataclass(frozen=True, slots=True)
class Identified:
    """`person` None: no card could be read. `why`: what the window must know, "" for a visitor's own choice.

    Where the card's photo cannot be read, the photo of another document may be held before the camera. A match with it
    says that the visitor is who is pictured there; whose document it is and whether it is genuine the window sees.
    """

    person: Person | None
    settled: Settled
    why: str = ""

    @property
    def face(self) -> Literal["used", "not_used"]:
        return "used" if self.settled == "card_and_face" else "not_used"

    def line(self, label: str, change: str = "") -> Line:
        if self.person is None:
            return Line(label, "identity.unread", change)
        value = "identity.checked" if self.settled == "card_and_face" else "identity.at_window"
        return Line(label, value, change, private=True, values={"who": self.person.name_masked})


def identify(
    visit: Visit,
    who: str,
    section: str,
    *,
    others: Collection[Person] = (),
    must_be_valid: bool = True,
    face: bool = True,
    words: str = "identity.card",
) -> Generator[Question, Answer, Identified]:
    """Ask for one person's card, and how they want to be checked. `who`: the beginning of the questions' names.

    `words`: identity.card.other for the second of two.
    """
    card = yield Card(
        name=f"{who}.card",
        words=words,
        section=section,
        not_tokens=frozenset(one.token for one in others),
        on=visit.day.isoformat() if must_be_valid else "",
    )
    if "instead" in card:
        return Identified(None, "window", card["instead"])
    person = person_of(card)
    if not (face and visit.has_camera):
        return Identified(person, "window")
    by_terminal = visit.face_reader == "terminal"
    way = yield Consent(
        name=f"{who}.way",
        words="identity.way_by_terminal" if by_terminal else "identity.way",
        section=section,
        slow=True,
        token=person.token,
        text_version="2026-11-terminal" if by_terminal else "2026-11",
        first="face" if visit.face_first else "other",
    )
    if way["way"] == "no":
        return Identified(person, "window")
    look = yield Face(
        name=f"{who}.face", words="identity.terminal" if by_terminal else "identity.face", section=section,
        token=person.token, consent=f"{who}.way", reader=visit.face_reader,
    )  # fmt: skip
    if look["result"] == "match":
        return Identified(person, "card_and_face")
    if by_terminal or look.get("why") != "no_reference":
        return Identified(person, "window", str(look.get("why", "face")))
    held = yield Face(
        name=f"{who}.document", words="identity.document", section=section, token=person.token, consent=f"{who}.way",
        reference="document_photo",
    )  # fmt: skip
    return Identified(person, "window", "document_seen" if held["result"] == "match" else str(held.get("why", "face")))
