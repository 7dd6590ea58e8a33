"""A face check: only with a consent, bounded, stopped at once, and nothing is left of a picture."""

import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import replace

import numpy as np
import pytest

from edge.domain.face import hints
from edge.domain.face.consent import ConsentToken, NoConsent
from edge.domain.face.decision import Outcome
from edge.services.face_attempt import Settings, State
from edge.services.face_check import FaceCheck
from tests.unit.edge.services.face_scene import (
    ANOTHER,
    FAST,
    RELATIVE,
    SHORT,
    SOMEBODY,
    Camera,
    Engine,
    Image,
    a_person,
    a_person_with_a_document,
    a_still,
    means,
    nobody,
    picture,
)

CONSENT = ConsentToken("case-1", "who.way", "face_compare", "a" * 64, "2026-11", 0)
Scene = Callable[[], Iterator[Image | None]]


def held_up(scene: Scene, settings: Settings = FAST) -> tuple[Outcome, list[State], Camera, Engine]:
    """A check whose reference is held before the camera."""
    told: list[State] = []
    camera, engine = Camera(scene), Engine()
    outcome = FaceCheck(means(camera, settings, engine), lambda: ("left",)).start(CONSENT, None, told.append).wait(20)
    assert outcome is not None
    return outcome, told, camera, engine


def checked(scene: Scene, reference: Image | None = None, settings: Settings = FAST) -> tuple[Outcome, list[State]]:
    told: list[State] = []
    shown = picture() if reference is None else reference
    run = FaceCheck(means(Camera(scene), settings), lambda: ("left",)).start(CONSENT, lambda: shown, told.append)
    outcome = run.wait(20)
    assert outcome is not None
    assert told[-1].outcome is outcome
    return outcome, told


def test_somebody_who_looks_turns_and_looks_again_matches_their_card() -> None:
    outcome, told = checked(a_person)
    assert outcome.result == "match"
    (attempt,) = outcome.attempts
    assert (attempt.score, attempt.threshold, attempt.liveness) == (1.0, 0.47, 0.9)
    assert attempt.model == "scene@000000000000"
    phases = [state.phase for state in told]
    assert phases.index("turning") < phases.index("comparing") < phases.index("over")
    assert hints.LEFT in [state.hint for state in told]


def test_another_persons_card_is_tried_three_times_and_never_refused() -> None:
    outcome, told = checked(lambda: a_person(ANOTHER))
    assert outcome.result == "mismatch"
    assert [(one.number, one.result, one.score) for one in outcome.attempts] == [
        (1, "mismatch", 0.0), (2, "mismatch", 0.0), (3, "mismatch", 0.0),
    ]  # fmt: skip
    assert [len(state.attempts) for state in told if state.hint == hints.AGAIN] == [1, 2]


def test_what_is_neither_goes_to_a_clerk_at_once() -> None:
    outcome, _ = checked(lambda: a_person(RELATIVE))
    assert (outcome.result, len(outcome.attempts), outcome.attempts[0].score) == ("borderline", 1, 0.423)


def test_a_screen_that_turns_like_a_head_is_still_not_alive() -> None:
    outcome, _ = checked(lambda: a_person(live=20))
    assert [(one.result, one.liveness, one.score) for one in outcome.attempts] == [("not_live", 0.2, None)] * 3


def test_a_picture_that_does_not_move_is_never_compared() -> None:
    outcome, told = checked(a_still, settings=SHORT)
    assert outcome.result == "no_face"
    assert "comparing" not in [state.phase for state in told]


def test_the_time_to_turn_is_bounded() -> None:
    quick = replace(FAST, liveness=replace(FAST.liveness, limit_s=0.1))
    run = FaceCheck(means(Camera(a_still), quick), lambda: ("left",)).start(CONSENT, picture)
    outcome = run.wait(20)
    assert outcome is not None
    assert [one.result for one in outcome.attempts] == ["not_live"] * 3


def test_nobody_before_the_camera_ends_in_time() -> None:
    outcome, told = checked(nobody, settings=SHORT)
    assert [one.result for one in outcome.attempts] == ["no_face"] * 3
    assert hints.LOOK in [state.hint for state in told]


def test_two_people_are_asked_to_come_one_at_a_time() -> None:
    def two() -> Iterator[Image | None]:
        while True:
            yield picture(faces=2)
            yield None

    _, told = checked(two, settings=SHORT)
    assert hints.ONE in [state.hint for state in told]


@pytest.mark.parametrize("faces", [0, 2])
def test_a_card_photo_without_exactly_one_face_is_no_reference_and_the_camera_stays_off(faces: int) -> None:
    camera = Camera(a_person)
    run = FaceCheck(means(camera), lambda: ("left",)).start(CONSENT, lambda: picture(faces=faces))
    outcome = run.wait(20)
    assert outcome is not None
    assert outcome.result == "no_reference"
    assert camera.times_on == 0


def test_a_document_held_up_first_is_what_the_face_is_compared_with() -> None:
    outcome, told, _, _ = held_up(a_person_with_a_document)
    assert (outcome.result, outcome.attempts[0].score) == ("match", 1.0)
    said = [state.hint for state in told]
    assert said.index(hints.DOCUMENT_READ) < said.index(hints.LEFT)


def test_another_persons_document_is_no_match() -> None:
    outcome, _, _, _ = held_up(lambda: a_person_with_a_document(ANOTHER))
    assert [one.result for one in outcome.attempts] == ["mismatch"] * 3


def test_a_living_face_is_no_document() -> None:
    outcome, told, camera, engine = held_up(a_person, SHORT)
    assert outcome.result == "no_reference"
    assert hints.DOCUMENT in [state.hint for state in told]
    assert camera.given
    assert engine.given == []


def test_a_document_without_the_one_face_is_not_taken() -> None:
    def two() -> Iterator[Image | None]:
        while True:
            yield picture(faces=2, live=20)
            yield None

    for scene, hint in ((nobody, hints.DOCUMENT), (two, hints.DOCUMENT_ONE)):
        outcome, told, _, _ = held_up(scene, SHORT)
        assert outcome.result == "no_reference"
        assert hint in [state.hint for state in told]


def test_who_stops_while_a_document_is_waited_for_is_let_go_at_once() -> None:
    camera = Camera(nobody)
    run = FaceCheck(means(camera), lambda: ("left",)).start(CONSENT, None)
    _until(lambda: camera.is_on)
    run.cancel()
    outcome = run.wait(5)
    assert outcome is not None
    assert outcome.result == "cancelled"
    assert not camera.is_on


@pytest.mark.parametrize("pictured", [SOMEBODY, ANOTHER])
def test_nothing_is_left_of_a_document_that_was_held_up(pictured: int) -> None:
    _, _, camera, engine = held_up(lambda: a_person_with_a_document(pictured))
    assert len(engine.given) > 1
    for array in (*camera.given, *engine.given):
        assert not np.any(array)


def test_without_a_consent_token_the_camera_stays_off() -> None:
    camera = Camera(a_person)
    check = FaceCheck(means(camera), lambda: ("left",))
    for token in (None, "yes", replace(CONSENT, scope="contact")):
        with pytest.raises(NoConsent):
            check.start(token, picture)  # type: ignore[arg-type]
    assert camera.times_on == 0


def test_a_camera_that_is_unplugged_half_way_is_told() -> None:
    camera = Camera(a_still)
    run = FaceCheck(means(camera, FAST), lambda: ("left",)).start(CONSENT, picture)
    _until(lambda: bool(camera.given))
    camera.was_unplugged = True
    outcome = run.wait(5)
    assert outcome is not None
    assert outcome.result == "no_camera"


def test_an_engine_that_breaks_leaves_nobody_waiting(caplog: pytest.LogCaptureFixture) -> None:
    class Broken(Engine):
        def real(self, _image: Image, _sighting: object) -> float:
            raise RuntimeError("out of memory")

    camera = Camera(a_person)
    run = FaceCheck(means(camera, engine=Broken()), lambda: ("left",)).start(CONSENT, picture)
    outcome = run.wait(20)
    assert outcome is not None
    assert outcome.result == "no_camera"
    assert "out of memory" in caplog.text
    assert not any(image.any() for image in camera.given)


def test_not_by_face_after_all_stops_at_once_and_the_camera_goes_off() -> None:
    camera = Camera(a_still)
    run = FaceCheck(means(camera, FAST), lambda: ("left",)).start(CONSENT, picture)
    _until(lambda: run.state.phase == "turning")
    began = time.monotonic()
    run.cancel()
    assert time.monotonic() - began < 0.05
    outcome = run.wait(5)
    assert time.monotonic() - began < 1
    assert outcome is not None
    assert outcome.result == "cancelled"
    assert not camera.is_on


def test_to_begin_never_waits_even_for_a_reference_that_takes_long() -> None:
    free = threading.Event()

    def slow() -> Image:
        free.wait(5)
        return picture()

    began = time.monotonic()
    run = FaceCheck(means(Camera(a_person)), lambda: ("left",)).start(CONSENT, slow)
    assert time.monotonic() - began < 1
    assert run.state.hint == hints.WAIT
    free.set()
    outcome = run.wait(20)
    assert outcome is not None
    assert outcome.result == "match"


def test_a_second_check_ends_the_first_and_has_the_camera_for_itself() -> None:
    camera = Camera(a_still)
    check = FaceCheck(means(camera, FAST), lambda: ("left",))
    first = check.start(CONSENT, picture)
    _until(lambda: camera.is_on)
    camera.scene = a_person
    second = check.start(CONSENT, picture)
    outcomes = first.wait(5), second.wait(20)
    assert [outcome and outcome.result for outcome in outcomes] == ["cancelled", "match"]


@pytest.mark.parametrize("scene", [a_person, lambda: a_person(ANOTHER), a_still, nobody])
def test_nothing_is_left_of_any_picture_or_vector(scene: Scene) -> None:
    camera, engine, reference = Camera(scene), Engine(), picture()
    FaceCheck(means(camera, SHORT, engine), lambda: ("left",)).start(CONSENT, lambda: reference).wait(20)
    assert camera.given
    assert engine.given
    for array in (reference, *camera.given, *engine.given):
        assert not np.any(array)


def _until(holds: Callable[[], bool], within_s: float = 5) -> None:
    ends = time.monotonic() + within_s
    while not holds():
        assert time.monotonic() < ends
        time.sleep(0.005)
