"""The whole check with the real engine before a picture for a camera: what matches, and what the window gets."""

from collections.abc import Callable, Sequence
from pathlib import Path

import cv2
import pytest

from edge.adapters.face.camera import Camera
from edge.adapters.face.engine import FaceEngine, Image
from edge.adapters.face.pictures import measured
from edge.domain.face import hints
from edge.domain.face.consent import ConsentToken
from edge.domain.face.decision import Outcome
from edge.domain.face.liveness import Move, Rules
from edge.services.face_attempt import Means, Settings, State
from edge.services.face_check import FaceCheck
from tests.unit.edge.adapters.face.heads import TO_THEIR_LEFT, TO_THEIR_RIGHT, somebody_else, turned
from tests.unit.edge.adapters.face.pictures import blurred, card_photo, lit, on_a_page, tilted

CONSENT = ConsentToken("case-1", "who.way", "face_compare", "a" * 64, "2026-11", 0)
QUICK = Settings(attempt_s=10, pause_s=0, steady_s=0)
PATIENT = Settings(liveness=Rules(limit_s=30), attempt_s=40, pause_s=0, steady_s=0)


def checked(
    engine: FaceEngine,
    source: Path,
    reference: Image | None,
    moves: Sequence[Move] = (),
    settings: Settings = QUICK,
    follows: Callable[[State], object] = lambda _state: None,
) -> tuple[Outcome, list[State]]:
    """`reference`: None where a document is held up. `follows`: who stands before the camera and does what is asked."""
    told: list[State] = []

    def tell(state: State) -> None:
        told.append(state)
        follows(state)

    means = Means(engine, Camera(f"file:{source}"), measured, settings)
    given = None if reference is None else lambda: reference
    outcome = FaceCheck(means, lambda: moves).start(CONSENT, given, tell).wait(120)
    assert outcome is not None
    return outcome, told


class Head:
    """One that turns as it is told. `picture`: the camera's file."""

    def __init__(self, portrait: Image, directory: Path, *, wrong: bool = False) -> None:
        sides = (TO_THEIR_RIGHT, TO_THEIR_LEFT) if wrong else (TO_THEIR_LEFT, TO_THEIR_RIGHT)
        self._shown = {
            hints.LEFT: _png(turned(portrait, sides[0])),
            hints.RIGHT: _png(turned(portrait, sides[1])),
            hints.LOOK: _png(portrait),
            hints.DOCUMENT_READ: _png(portrait),
        }
        self.picture, self._new = directory / "camera.png", directory / "new"
        self.is_told(hints.LOOK)

    def follows(self, state: State) -> None:
        self.is_told(state.hint)

    def is_told(self, hint: str) -> None:
        if hint in self._shown:
            self._put(self._shown[hint])

    def holds(self, page: Image) -> None:
        """Before the camera, until it is read."""
        self._put(_png(page))

    def _put(self, picture: bytes) -> None:
        self._new.write_bytes(picture)
        self._new.replace(self.picture)


def _png(image: Image) -> bytes:
    return cv2.imencode(".png", image)[1].tobytes()


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


@pytest.mark.parametrize("moves", [("left", "right"), ("right", "left")])
def test_who_turns_the_head_as_asked_matches_the_photo_of_their_card(
    engine: FaceEngine, portrait: Image, tmp_path: Path, moves: Sequence[Move]
) -> None:
    head = Head(portrait, tmp_path)
    outcome, told = checked(engine, head.picture, card_photo(portrait, 60), moves, PATIENT, head.follows)
    assert outcome.result == "match"
    (attempt,) = outcome.attempts
    assert attempt.score is not None
    assert attempt.score > 0.6
    assert attempt.liveness is not None
    assert attempt.liveness >= PATIENT.liveness.passive_from
    asked = [state.hint for state in told if state.hint in (hints.LEFT, hints.RIGHT)]
    assert list(dict.fromkeys(asked)) == [{"left": hints.LEFT, "right": hints.RIGHT}[move] for move in moves]


def test_who_turns_as_asked_but_is_not_of_the_card_is_no_match_three_times(
    engine: FaceEngine, portrait: Image, tmp_path: Path
) -> None:
    head = Head(portrait, tmp_path)
    card = card_photo(somebody_else(portrait), 60)
    outcome, _ = checked(engine, head.picture, card, ("left",), PATIENT, head.follows)
    assert [one.result for one in outcome.attempts] == ["mismatch"] * 3
    assert max(one.score or 1 for one in outcome.attempts) < PATIENT.thresholds.mismatch_below


def test_a_head_that_turns_to_the_other_side_is_not_compared(
    engine: FaceEngine, portrait: Image, tmp_path: Path
) -> None:
    head = Head(portrait, tmp_path, wrong=True)
    short = Settings(attempt_s=1.5, pause_s=0, steady_s=0)
    outcome, told = checked(engine, head.picture, portrait.copy(), ("left",), short, head.follows)
    assert outcome.result == "no_face"
    assert hints.LEFT in {state.hint for state in told}
    assert all(attempt.score is None for attempt in outcome.attempts)


def test_a_photograph_before_the_camera_cannot_turn_its_head(
    engine: FaceEngine, photograph: Path, portrait: Image
) -> None:
    short = Settings(attempt_s=1.0, pause_s=0, steady_s=0)
    outcome, told = checked(engine, photograph, portrait.copy(), ("left",), short)
    assert outcome.result == "no_face"
    assert hints.LEFT in {state.hint for state in told}
    assert all(attempt.score is None for attempt in outcome.attempts)


@pytest.mark.parametrize("height", [210, 300])
def test_the_photo_of_a_document_held_up_matches_whoever_it_pictures(
    engine: FaceEngine, portrait: Image, tmp_path: Path, height: int
) -> None:
    head = Head(portrait, tmp_path)
    head.holds(on_a_page(portrait, height))
    outcome, told = checked(engine, head.picture, None, ("left",), PATIENT, head.follows)
    assert outcome.result == "match"
    said = [state.hint for state in told]
    assert said.index(hints.DOCUMENT_READ) < said.index(hints.LEFT)


def test_the_photo_of_somebody_elses_document_does_not(engine: FaceEngine, portrait: Image, tmp_path: Path) -> None:
    head = Head(portrait, tmp_path)
    head.holds(on_a_page(somebody_else(portrait), 240))
    outcome, _ = checked(engine, head.picture, None, ("left",), PATIENT, head.follows)
    assert [one.result for one in outcome.attempts] == ["mismatch"] * 3


def test_a_face_before_the_camera_is_not_taken_for_a_document(
    engine: FaceEngine, portrait: Image, tmp_path: Path
) -> None:
    head = Head(portrait, tmp_path)
    short = Settings(attempt_s=2.0, pause_s=0, steady_s=0)
    outcome, told = checked(engine, head.picture, None, ("left",), short)
    assert outcome.result == "no_reference"
    assert hints.DOCUMENT in {state.hint for state in told}


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
