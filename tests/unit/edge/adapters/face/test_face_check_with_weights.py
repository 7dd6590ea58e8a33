"""The whole check with the real engine before a picture for a camera: what matches, and what the window gets."""

from pathlib import Path

import cv2
import pytest

from edge.adapters.face.camera import Camera
from edge.adapters.face.engine import FaceEngine, Image
from edge.adapters.face.pictures import measured
from edge.domain.face import hints
from edge.domain.face.consent import ConsentToken
from edge.domain.face.decision import Outcome
from edge.services.face_attempt import Means, Settings, State
from edge.services.face_check import FaceCheck
from tests.unit.edge.adapters.face.pictures import blurred, card_photo, lit, tilted

CONSENT = ConsentToken("case-1", "who.way", "face_compare", "a" * 64, "2026-11", 0)
QUICK = Settings(attempt_s=10, pause_s=0, steady_s=0)


def checked(
    engine: FaceEngine, source: Path, reference: Image, moves: tuple[str, ...] = (), settings: Settings = QUICK
) -> tuple[Outcome, list[State]]:
    told: list[State] = []
    means = Means(engine, Camera(f"file:{source}"), measured, settings)
    run = FaceCheck(means, lambda: moves).start(CONSENT, lambda: reference, told.append)  # type: ignore[arg-type,return-value]
    outcome = run.wait(60)
    assert outcome is not None
    return outcome, told


@pytest.mark.parametrize(
    "change",
    [
        lambda image: image.copy(),
        lambda image: card_photo(image, 60),
        lambda image: lit(image, 0.6),
        lambda image: blurred(image, 1),
        lambda image: tilted(image, 10, (223, 119)),
    ],
)
def test_the_same_person_matches(engine: FaceEngine, photograph: Path, portrait: Image, change: object) -> None:
    assert callable(change)
    outcome, _ = checked(engine, photograph, change(portrait))
    assert outcome.result == "match"
    (attempt,) = outcome.attempts
    assert attempt.score is not None
    assert attempt.score > 0.6
    assert attempt.model == "mobilefacenet@2e3124dded9f"


def test_a_photograph_before_the_camera_cannot_turn_its_head(
    engine: FaceEngine, photograph: Path, portrait: Image
) -> None:
    short = Settings(attempt_s=1.0, pause_s=0, steady_s=0)
    outcome, told = checked(engine, photograph, portrait.copy(), ("left",), short)
    assert outcome.result == "no_face"
    assert hints.LEFT in {state.hint for state in told}
    assert all(attempt.score is None for attempt in outcome.attempts)


def test_a_reference_without_a_face_is_none(engine: FaceEngine, photograph: Path, portrait: Image) -> None:
    outcome, _ = checked(engine, photograph, portrait[300:].copy())
    assert outcome.result == "no_reference"


def test_two_people_before_the_camera_are_asked_to_come_one_at_a_time(
    engine: FaceEngine, portrait: Image, tmp_path: Path
) -> None:
    two = tmp_path / "two.png"
    half = portrait[:300, 60:380]
    two.write_bytes(cv2.imencode(".png", cv2.hconcat([half, half]))[1].tobytes())
    _, told = checked(engine, two, portrait.copy(), settings=Settings(attempt_s=0.7, pause_s=0, steady_s=0))
    assert hints.ONE in {state.hint for state in told}
