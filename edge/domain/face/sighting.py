"""A face seen in a picture (检出的人脸): where, and how sure. Pixels of the picture, x to the right, y down."""

from dataclasses import dataclass
from typing import NamedTuple


class Point(NamedTuple):
    x: float
    y: float


class Box(NamedTuple):
    """May reach over the picture's edge."""

    x: float
    y: float
    width: float
    height: float


class Landmarks(NamedTuple):
    """The five points (五点) that an alignment needs; left and right as who looks at the picture sees them."""

    left_eye: Point
    right_eye: Point
    nose: Point
    mouth_left: Point
    mouth_right: Point


@dataclass(frozen=True, slots=True)
class Sighting:
    """`score`: 0..1, the detector's."""

    box: Box
    landmarks: Landmarks
    score: float
