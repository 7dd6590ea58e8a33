"""What allows a camera to open (采集许可): a consent that was recorded before, for this purpose and this person."""

from dataclasses import dataclass
from typing import Any

from edge.domain.visits.questions import Answer, Consent, Face


class NoConsent(PermissionError):
    """Nobody consented to this; the camera stays shut."""


@dataclass(frozen=True, slots=True)
class ConsentToken:
    """Which ConsentGiven it is: of this `case`, `scope`, `person` (their token) and `text_version`, recorded no later
    than `at_ms` (wall clock). Made by `consent_to` alone.
    """

    case: str
    question: str
    scope: str
    person: str
    text_version: str
    at_ms: int


def consent_to(face: Face, asked: Any, answer: Answer | None, case: str, at_ms: int) -> ConsentToken:
    """`asked`: the question named by `face.consent` with its answer, as the store has them. Raises NoConsent."""
    if not isinstance(asked, Consent) or asked.name != face.consent or answer is None or answer.get("way") != "yes":
        raise NoConsent("no consent to a face check is recorded")
    if asked.scope != "face_compare" or asked.token != face.token:
        raise NoConsent("the consent is for another purpose or another person")
    return ConsentToken(case, asked.name, asked.scope, asked.token, str(answer["text_version"]), at_ms)
