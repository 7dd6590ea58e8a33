"""What five points tell of a head."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.face.pose import pose_of
from edge.domain.face.sighting import Landmarks, Point
from tests.unit.edge.domain.face.drawn_faces import seen


def test_the_112_pixel_template_is_a_face_from_the_front() -> None:
    points = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))
    pose = pose_of(Landmarks(*(Point(*point) for point in points)))
    assert pose.turn == pytest.approx(0, abs=0.01)
    assert pose.nod == pytest.approx(0.495, abs=0.01)
    assert pose.lean == pytest.approx(-0.3, abs=0.1)
    assert pose.eyes == pytest.approx(35.2, abs=0.1)


@given(yaw=st.floats(5, 45), roll=st.floats(-25, 25))
def test_a_head_that_turns_to_its_left_is_told_from_one_that_turns_to_its_right(yaw: float, roll: float) -> None:
    left, right = pose_of(seen(yaw, roll=roll).landmarks), pose_of(seen(-yaw, roll=roll).landmarks)
    assert left.turn > 0.04
    assert right.turn == pytest.approx(-left.turn)


@given(yaw=st.floats(-75, 75), roll=st.floats(-25, 25))
def test_a_flat_print_looks_from_the_front_however_it_is_turned(yaw: float, roll: float) -> None:
    assert pose_of(seen(yaw, flat=True, roll=roll).landmarks).turn == pytest.approx(0, abs=1e-9)


@given(roll=st.floats(-40, 40))
def test_a_head_that_leans_to_a_shoulder_leans_by_that_angle(roll: float) -> None:
    assert pose_of(seen(roll=roll).landmarks).lean == pytest.approx(roll, abs=1e-6)


def test_points_that_fall_together_are_no_pose() -> None:
    assert math.isinf(pose_of(Landmarks(*[Point(5, 5)] * 5)).turn)
