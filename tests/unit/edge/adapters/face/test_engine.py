"""The whole engine on a real face: the same person stays the same person, a print is not a person."""

import threading
from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.adapters.face import weights
from edge.adapters.face.aligner import aligned
from edge.adapters.face.engine import FaceEngine, Image
from edge.domain.face.sighting import Box, Sighting
from tests.unit.edge.adapters.face import pictures

MISMATCH_BELOW, MATCH_FROM = 0.36, 0.47
FACE = (222, 115)


def cosine(engine: FaceEngine, one: Image, other: Image) -> float:
    (first,), (second,) = engine.look(one), engine.look(other)
    return float(engine.embed(one, first) @ engine.embed(other, second))


def test_a_vector_has_length_one_and_is_the_same_each_time(engine: FaceEngine, portrait: Image) -> None:
    (face,) = engine.look(portrait)
    vector = engine.embed(portrait, face)
    assert (vector.shape, vector.dtype) == ((128,), np.dtype(np.float32))
    assert float(vector @ vector) == pytest.approx(1, abs=1e-6)
    assert np.array_equal(vector, engine.embed(portrait, face))


def test_alignment_and_vector_are_those_of_opencv(engine: FaceEngine, models: Path, portrait: Image) -> None:
    theirs = cv2.FaceRecognizerSF.create(str(weights.embedder_in(models).path(models)), "")
    for picture in (portrait, pictures.tilted(portrait, 12, FACE), pictures.scaled(portrait, 1000, 1000)):
        (face,) = engine.look(picture)
        row = np.array([[*face.box, *(value for point in face.landmarks for value in point), face.score]], np.float32)
        chip = theirs.alignCrop(picture, row)
        vector = theirs.feature(chip)[0]
        assert np.abs(aligned(picture, face.landmarks).astype(int) - chip).max() <= 2
        assert float(vector @ engine.embed(picture, face)) / np.linalg.norm(vector) == pytest.approx(1, abs=1e-3)


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda image: image[:300, 100:400], id="cropped"),
        pytest.param(lambda image: pictures.lit(image, 0.3), id="dark"),
        pytest.param(lambda image: pictures.lit(image, 1.5), id="bright"),
        pytest.param(lambda image: pictures.blurred(image, 1.5), id="a little blurred"),
        pytest.param(lambda image: pictures.tilted(image, 15, FACE), id="tilted right"),
        pytest.param(lambda image: pictures.tilted(image, -15, FACE), id="tilted left"),
        pytest.param(lambda image: pictures.scaled(image, 1100, 1100), id="near"),
        pytest.param(lambda image: pictures.scaled(image, 200, 200), id="far"),
        pytest.param(lambda image: pictures.jpeg(image, 20), id="compressed"),
        pytest.param(lambda image: image[:, ::-1].copy(), id="mirrored"),
    ],
)
def test_the_same_person_is_a_match(engine: FaceEngine, portrait: Image, change) -> None:  # type: ignore[no-untyped-def]
    assert cosine(engine, portrait, change(portrait)) > MATCH_FROM


@pytest.mark.parametrize("quality", [20, 40, 80])
def test_a_photo_as_small_and_as_compressed_as_a_cards_is_a_match(
    engine: FaceEngine, portrait: Image, quality: int
) -> None:
    assert cosine(engine, portrait, pictures.card_photo(portrait, quality)) > MATCH_FROM


@pytest.mark.parametrize("place", [Box(300, 330, 90, 110), Box(20, 60, 90, 110), Box(380, 20, 90, 110)])
def test_what_is_no_face_matches_nobody(engine: FaceEngine, portrait: Image, place: Box) -> None:
    (face,) = engine.look(portrait)
    by_x, by_y = place.x - face.box.x, place.y - face.box.y
    points = type(face.landmarks)(*(type(p)(p.x + by_x, p.y + by_y) for p in face.landmarks))
    elsewhere = engine.embed(portrait, Sighting(place, points, 1.0))
    assert float(elsewhere @ engine.embed(portrait, face)) < MISMATCH_BELOW


def test_two_people_are_seen_as_two(engine: FaceEngine, portrait: Image) -> None:
    assert len(engine.look(np.hstack([portrait, portrait]))) == 2


def test_a_face_before_the_camera_counts_as_real(engine: FaceEngine, portrait: Image) -> None:
    (face,) = engine.look(portrait)
    assert engine.real(portrait, face) > 0.8


@pytest.mark.parametrize("side", [200, 280, 360, 400])
@pytest.mark.parametrize("wall", [30, 90, 200])
def test_a_print_before_a_wall_does_not(engine: FaceEngine, portrait: Image, side: int, wall: int) -> None:
    view = pictures.held_up(portrait, side, wall)
    (face,) = engine.look(view)
    assert engine.real(view, face) < 0.5


@pytest.mark.parametrize("side", [320, 400, 460])
def test_a_screen_does_not(engine: FaceEngine, portrait: Image, side: int) -> None:
    view = pictures.on_a_screen(portrait, side)
    (face,) = engine.look(view)
    assert engine.real(view, face) < 0.3


def test_the_engine_keeps_no_picture(engine: FaceEngine, portrait: Image) -> None:
    (face,) = engine.look(portrait)
    engine.real(portrait, face)
    engine.embed(portrait, face)
    for buffer in (engine._detector._canvas, engine._antispoof._tensor, engine._embedder._tensor):
        assert not buffer.any()


def test_many_threads_get_what_one_would(engine: FaceEngine, portrait: Image) -> None:
    small = pictures.scaled(portrait, 300, 300)
    expected = [engine.look(portrait), engine.look(small)]
    got: list[bool] = []

    def look() -> None:
        got.extend(engine.look(picture) == seen for picture, seen in zip((portrait, small), expected, strict=True))

    threads = [threading.Thread(target=look) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert got == [True] * 8


@pytest.mark.parametrize(
    "picture",
    [
        np.zeros((4, 4), np.uint8),
        np.zeros((4, 4, 4), np.uint8),
        np.zeros((4, 4, 3), np.float32),
        np.zeros((0, 4, 3), np.uint8),
    ],
    ids=["grey", "with alpha", "floats", "empty"],
)
def test_what_is_no_bgr_picture_is_refused(engine: FaceEngine, picture: Image) -> None:
    with pytest.raises(ValueError, match="BGR uint8"):
        engine.look(picture)


def test_a_record_can_name_the_very_model(engine: FaceEngine, models: Path) -> None:
    used = weights.embedder_in(models)
    assert (engine.model, engine.version) == (used.model, used.sha256[:12])
