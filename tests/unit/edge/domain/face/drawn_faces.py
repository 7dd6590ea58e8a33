"""Faces as points in space, seen by a camera: a head has a nose that stands out, a print has not."""

import math

from edge.domain.face.sighting import Box, Landmarks, Point, Sighting

# x to the right, y down, z towards the camera; a distance of the eyes is 2
_EYES, _MOUTH = ((-1.0, -1.0), (1.0, -1.0)), ((-0.8, 1.2), (0.8, 1.2))
_NOSE_OUT = 1.2


def seen(
    yaw: float = 0.0,
    *,
    flat: bool = False,
    centre: tuple[float, float] = (320.0, 240.0),
    eyes: float = 80.0,
    roll: float = 0.0,
    score: float = 0.93,
) -> Sighting:
    """`yaw`: degrees, positive to the picture's right; `eyes`: their distance in pixels from the front."""
    unit = eyes / 2

    def at(x: float, y: float, z: float = 0.0) -> Point:
        across = x * math.cos(math.radians(yaw)) + z * math.sin(math.radians(yaw))
        c, s = math.cos(math.radians(roll)), math.sin(math.radians(roll))
        return Point(centre[0] + (across * c - y * s) * unit, centre[1] + (across * s + y * c) * unit)

    points = Landmarks(
        *(at(*eye) for eye in _EYES), at(0, 0.1, 0 if flat else _NOSE_OUT), *(at(*end) for end in _MOUTH)
    )
    return Sighting(Box(centre[0] - 2 * unit, centre[1] - 2.5 * unit, 4 * unit, 5 * unit), points, score)
