"""How a head is held (头部姿态), from the five points alone. No angle is known for sure, so the figures are ratios.

A turn moves the nose aside between the eyes, because it stands out of the face. On a flat print it stays where it is,
however the print is turned: that is what a turn of the head proves (`liveness`).
"""

import math
from dataclasses import dataclass

from edge.domain.face.sighting import Landmarks, Point

_NO_WIDTH = 1e-6


@dataclass(frozen=True, slots=True)
class Pose:
    """`turn`: the nose's way from the middle of the face to the viewer's right, in distances of the eyes; about 0 from
    the front. A person's turn to their own left is positive. `nod`: where the nose stands between eyes (0) and mouth
    (1), about 0.5. `lean`: of the line of the eyes, degrees clockwise. `eyes`: their distance, pixels.
    """

    turn: float
    nod: float
    lean: float
    eyes: float


def pose_of(landmarks: Landmarks) -> Pose:
    """Infinite figures where eyes and mouth show no face."""
    left, right, nose, mouth_left, mouth_right = landmarks
    eyes = math.dist(left, right)
    eye, mouth = _middle(left, right), _middle(mouth_left, mouth_right)
    down = math.dist(eye, mouth)
    if eyes < _NO_WIDTH or down < _NO_WIDTH:
        return Pose(math.inf, math.inf, math.inf, eyes)
    ax, ay = (mouth.x - eye.x) / down, (mouth.y - eye.y) / down  # along the face, from the eyes to the mouth
    dx, dy = nose.x - eye.x, nose.y - eye.y
    return Pose(
        turn=(dx * ay - dy * ax) / eyes,
        nod=(dx * ax + dy * ay) / down,
        lean=math.degrees(math.atan2(right.y - left.y, right.x - left.x)),
        eyes=eyes,
    )


def _middle(one: Point, other: Point) -> Point:
    return Point((one.x + other.x) / 2, (one.y + other.y) / 2)
