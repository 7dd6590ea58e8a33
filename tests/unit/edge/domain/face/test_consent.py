"""The camera opens for a consent that was recorded, for this purpose and this person."""

from dataclasses import replace

import pytest

from edge.domain.face.consent import ConsentToken, NoConsent, consent_to
from edge.domain.visits.questions import Consent, Face, Notice

FACE = Face(name="who.face", token="a" * 64, consent="who.way")
ASKED = Consent(name="who.way", token="a" * 64, text_version="2026-11")
YES = {"way": "yes", "text_version": "2026-11"}


def test_a_consent_that_was_given_is_told_by_its_token() -> None:
    token = consent_to(FACE, ASKED, YES, "case-1", 1_764_036_000_000)
    assert token == ConsentToken("case-1", "who.way", "face_compare", "a" * 64, "2026-11", 1_764_036_000_000)


@pytest.mark.parametrize(
    ("asked", "answer"),
    [
        (ASKED, {"way": "no", "text_version": "2026-11"}),
        (ASKED, None),
        (None, YES),
        (Notice(name="who.way"), YES),
        (replace(ASKED, name="other.way"), YES),
        (replace(ASKED, scope="contact"), YES),
        (replace(ASKED, token="b" * 64), YES),
    ],
)
def test_anything_else_is_none(asked: object, answer: dict[str, str] | None) -> None:
    with pytest.raises(NoConsent):
        consent_to(FACE, asked, answer, "case-1", 1_764_036_000_000)
