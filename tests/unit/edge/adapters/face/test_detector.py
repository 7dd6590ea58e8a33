"""YuNet on onnxruntime finds what OpenCV's own code for the same weights finds."""

from pathlib import Path

import cv2
import numpy as np
import pytest

from edge.adapters.face.detector import SIDE, Detector
from edge.adapters.face.engine import Image
from edge.adapters.face.inference import Model
from edge.adapters.face.weights import DETECTOR
from edge.domain.face.sighting import Sighting
from tests.unit.edge.adapters.face.pictures import scaled


@pytest.fixture(scope="module")
def detector(models: Path) -> Detector:
    return Detector(Model(DETECTOR.load(models)))


def numbers(face: Sighting) -> list[float]:
    return [*face.box, *(value for point in face.landmarks for value in point), face.score]


def test_boxes_points_and_scores_are_those_of_opencv(detector: Detector, models: Path, portrait: Image) -> None:
    picture = np.hstack([portrait, scaled(portrait, 128, 128).repeat(4, axis=0)[:512]])
    picture = np.ascontiguousarray(np.pad(picture, ((0, 128), (0, 0), (0, 0))))  # 640 x 640: no other side is padded
    theirs = cv2.FaceDetectorYN.create(str(DETECTOR.path(models)), "", (SIDE, SIDE), 0.8, 0.3)
    expected = theirs.detect(picture)[1]
    found = detector.look(picture)
    assert len(found) == len(expected) >= 1
    for face, row in zip(found, sorted(expected, key=lambda row: -row[2] * row[3]), strict=True):
        assert numbers(face) == pytest.approx(row.tolist(), abs=0.02)


def test_left_eye_right_eye_nose_and_mouth_stand_as_who_looks_sees_them(detector: Detector, portrait: Image) -> None:
    (face,) = detector.look(portrait)
    points, box = face.landmarks, face.box
    assert points.left_eye.x < points.nose.x < points.right_eye.x
    assert points.mouth_left.x < points.mouth_right.x
    assert points.left_eye.y < points.nose.y < points.mouth_left.y
    assert all(box.x < p.x < box.x + box.width and box.y < p.y < box.y + box.height for p in points)


@pytest.mark.parametrize("factor", [0.3, 0.4, 1.25, 2, 4])
def test_places_are_in_the_pictures_own_pixels_whatever_its_size(
    detector: Detector, portrait: Image, factor: float
) -> None:
    (near,) = detector.look(portrait)
    side = round(512 * factor)
    (face,) = detector.look(scaled(portrait, side, side))
    back = [value / factor for value in numbers(face)[:-1]]
    assert back == pytest.approx(numbers(near)[:-1], abs=8)  # of a face 90 wide


def test_of_two_people_the_nearer_one_comes_first(detector: Detector, portrait: Image) -> None:
    view = np.zeros((512, 900, 3), np.uint8)
    view[:300, :300] = scaled(portrait, 300, 300)
    view[:, 350:862] = portrait
    first, second = detector.look(view)
    assert first.box.x > 350 > second.box.x
    assert first.box.width > second.box.width


def test_one_face_is_found_once(detector: Detector, portrait: Image) -> None:
    assert len(detector.look(portrait)) == 1


@pytest.mark.parametrize("shape", [(480, 640), (1, 1), (2000, 3), (3, 2000), (720, 1280)])
def test_where_nobody_is_nobody_is_found(detector: Detector, shape: tuple[int, int]) -> None:
    noise = np.random.default_rng(7).integers(0, 256, (*shape, 3), np.uint8)
    assert detector.look(noise) == []


def test_things_in_the_picture_are_no_faces(detector: Detector, portrait: Image) -> None:
    assert detector.look(portrait[300:]) == []


def test_no_picture_is_left_in_the_detector(detector: Detector, portrait: Image) -> None:
    detector.look(portrait)
    assert not detector._canvas.any()


def test_the_picture_itself_is_not_changed(detector: Detector, portrait: Image) -> None:
    for picture in (portrait, scaled(portrait, 100, 100), scaled(portrait, 1000, 1000)):
        before = picture.copy()
        detector.look(picture)
        assert np.array_equal(picture, before)
