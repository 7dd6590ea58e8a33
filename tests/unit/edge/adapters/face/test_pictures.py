"""Pictures from bytes, and the figures that the gates look at."""

import numpy as np
import pytest

from edge.adapters.face.engine import FaceEngine, Image
from edge.adapters.face.pictures import decoded, measured
from edge.domain.face import hints
from edge.domain.face.quality import Limits, Look, Pixels, hint
from edge.domain.face.sighting import Box, Landmarks, Point, Sighting
from tests.unit.edge.adapters.face.pictures import blurred, lit

FACE = Sighting(Box(10, 10, 80, 80), Landmarks(*[Point(50, 50)] * 5), 0.9)


@pytest.mark.parametrize("data", [b"", b"SIM1" + bytes(1020), b"\x89PNG\r\n\x1a\n"])
def test_what_is_no_picture_is_none(data: bytes) -> None:
    assert decoded(data) is None


def test_an_even_grey_is_as_bright_as_it_is_and_has_nothing_sharp() -> None:
    assert measured(np.full((100, 100, 3), 80, np.uint8), FACE) == Pixels(80, 0, 0)


def test_light_from_one_side_is_uneven() -> None:
    image = np.full((100, 100, 3), 200, np.uint8)
    image[:, :50] = 50
    assert measured(image, FACE).unevenness == pytest.approx(0.75, abs=0.01)


def test_a_face_outside_the_picture_has_no_pixels() -> None:
    outside = Sighting(Box(200, 200, 50, 50), FACE.landmarks, 0.9)
    assert measured(np.full((100, 100, 3), 80, np.uint8), outside) == Pixels(0, 0, 0)


def told(engine: FaceEngine, image: Image) -> str:
    faces = engine.look(image)
    pixels = measured(image, faces[0]) if faces else Pixels(0, 0, 0)
    return hint(Look(image.shape[1], image.shape[0], faces, pixels), Limits())


def test_a_portrait_passes_all_gates(engine: FaceEngine, portrait: Image) -> None:
    assert told(engine, portrait) == ""


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (lambda image: lit(image, 0.25), hints.DARK),
        (lambda image: lit(image, 2.0), hints.GLARE),
        (lambda image: blurred(image, 3), hints.STILL),
        (lambda image: np.hstack([image[:300, 60:380], image[:300, 60:380]]), hints.ONE),
        (lambda image: np.pad(image, ((300, 300), (300, 300), (0, 0))), hints.NEARER),
        (lambda image: image[:, 170:].copy(), hints.CENTRE),
        (lambda image: image[300:].copy(), hints.LOOK),
    ],
)
def test_each_fault_of_a_portrait_is_told_by_its_hint(
    engine: FaceEngine, portrait: Image, change: object, expected: str
) -> None:
    assert callable(change)
    assert told(engine, change(portrait)) == expected
