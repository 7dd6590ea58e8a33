"""Alignment finds the turn, scale and shift between a face and the template."""

import math

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.adapters.face.aligner import TEMPLATE, aligned, similarity
from edge.domain.face.sighting import Landmarks, Point

POSED = Landmarks(*(Point(*point) for point in TEMPLATE))


def placed(degrees: float, scale: float, x: float, y: float) -> Landmarks:
    """The template's points turned, scaled and moved."""
    cos, sin = scale * math.cos(math.radians(degrees)), scale * math.sin(math.radians(degrees))
    return Landmarks(*(Point(cos * p - sin * q + x, sin * p + cos * q + y) for p, q in TEMPLATE))


def test_a_face_that_lies_as_the_template_is_left_where_it_is() -> None:
    assert similarity(POSED) == pytest.approx(np.array([[1, 0, 0], [0, 1, 0]]), abs=1e-9)


@given(st.floats(-180, 180), st.floats(0.1, 20), st.floats(-2000, 2000), st.floats(-2000, 2000))
def test_any_turn_scale_and_shift_is_undone(degrees: float, scale: float, x: float, y: float) -> None:
    seen = placed(degrees, scale, x, y)
    matrix = similarity(seen)
    for point, wanted in zip(seen, TEMPLATE, strict=True):
        assert matrix @ (*point, 1) == pytest.approx(np.array(wanted), abs=1e-6)


@given(st.lists(st.tuples(st.floats(0, 640), st.floats(0, 480)), min_size=5, max_size=5, unique=True))
def test_no_face_is_sheared_or_mirrored(points: list[tuple[float, float]]) -> None:
    (a, b, _), (c, d, _) = similarity(Landmarks(*(Point(*point) for point in points)))
    assert (a, b) == pytest.approx((d, -c))


def test_points_that_fall_together_are_no_face() -> None:
    with pytest.raises(ValueError, match="no face"):
        similarity(Landmarks(*[Point(7, 7)] * 5))


def test_each_point_of_a_turned_face_comes_to_its_place() -> None:
    seen = placed(35, 3, 200, 40)
    image = np.zeros((600, 600, 3), np.uint8)
    for number, (x, y) in enumerate(seen, start=1):
        image[round(y) - 6 : round(y) + 7, round(x) - 6 : round(x) + 7] = 50 * number
    face = aligned(image, seen)
    assert face.shape == (112, 112, 3)
    assert [int(face[round(y), round(x), 0]) for x, y in TEMPLATE] == [50, 100, 150, 200, 250]
