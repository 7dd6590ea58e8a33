"""A document's photo before the camera: what it must be like, and what is said of a document, not of a face."""

import pytest

from edge.domain.face import document, hints
from edge.domain.face.liveness import Rules
from edge.domain.face.quality import Look, Pixels
from edge.domain.face.sighting import Sighting
from tests.unit.edge.domain.face.drawn_faces import seen

GOOD = Pixels(brightness=130, unevenness=0.1, sharpness=300)


def hint(*faces: Sighting, pixels: Pixels = GOOD) -> str:
    return document.hint(Look(640, 480, faces, pixels))


def test_a_photo_held_straight_before_the_camera_is_taken_though_it_is_smaller_than_a_head() -> None:
    assert hint(seen(eyes=34)) == ""


@pytest.mark.parametrize(
    ("faces", "pixels", "said"),
    [
        ((), GOOD, hints.DOCUMENT),
        ((seen(eyes=80), seen(centre=(120, 240), eyes=40)), GOOD, hints.DOCUMENT_ONE),  # a photo of two, or its holder
        ((seen(eyes=20),), GOOD, hints.NEARER),
        ((seen(eyes=40, centre=(60, 240)),), GOOD, hints.DOCUMENT),
        ((seen(eyes=60, roll=25),), GOOD, hints.DOCUMENT_FLAT),
        ((seen(eyes=60, yaw=25),), GOOD, hints.DOCUMENT_FLAT),
        ((seen(eyes=60),), Pixels(230, 0.1, 300), hints.DOCUMENT_GLARE),
        ((seen(eyes=60),), Pixels(130, 0.6, 300), hints.DOCUMENT_GLARE),
        ((seen(eyes=60),), Pixels(30, 0.1, 300), hints.DARK),
        ((seen(eyes=60),), Pixels(130, 0.1, 20), hints.STILL),
    ],
)
def test_one_thing_that_helps_is_said_of_the_document(faces: tuple[Sighting, ...], pixels: Pixels, said: str) -> None:
    assert hint(*faces, pixels=pixels) == said


def test_what_looks_like_a_living_face_is_no_document() -> None:
    from_ = Rules().passive_from
    assert document.is_print(from_ - 0.01, from_)
    assert not document.is_print(from_, from_)
