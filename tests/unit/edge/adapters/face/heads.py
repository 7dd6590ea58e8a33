"""A head that turns, and somebody else, both out of one portrait, for tests: nobody's picture but hers is needed.

The head is an elliptic cylinder with a nose on it, wide as the portrait's head: each row of the picture is wound about
it, the cylinder is turned, and what faces the camera then is the new row. What stands behind the head stays.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.adapters.face.engine import Image

# of the portrait (512 x 512), pixels
_CENTRE, _HALF = (223.0, 106.0), (54.0, 90.0)
_NOSE, _NOSE_OUT, _NOSE_WIDE = (221.0, 124.0), 8.0, 17.0
TO_THEIR_LEFT, TO_THEIR_RIGHT = 52.0, -58.0  # degrees at which YuNet sees a turn of 0.40 and -0.36

# what makes another face: (where, how wide, moved right and down, stretched across and along)
_CHANGES = (
    ((200, 102), 14, (7, -5), (1.0, 1.0)),
    ((247, 103), 14, (-7, -5), (1.0, 1.0)),
    ((220, 125), 14, (0, 0), (0.5, 1.2)),
    ((219, 143), 17, (0, 5), (1.3, 0.7)),
    ((221, 165), 35, (0, 0), (0.65, 1.0)),
)


def turned(portrait: Image, degrees: float) -> Image:
    """Positive: to the person's left, which is the picture's right."""
    y, x = _grid(portrait)
    angle = np.radians(degrees)
    radius = _HALF[0] * np.sqrt(np.clip(1 - ((y - _CENTRE[1]) / _HALF[1]) ** 2, 0, 1))
    across = x
    for _ in range(8):  # where a point of the new picture was before depends on how far it stands out there
        out = _NOSE_OUT * _hill(across - _NOSE[0], y - _NOSE[1], _NOSE_WIDE)
        place = (x - _CENTRE[0] - out * np.sin(angle)) / np.maximum(radius, 1e-6)
        across = _CENTRE[0] + radius * np.sin(np.arcsin(np.clip(place, -1, 1)) - angle)
    return _taken(portrait, np.where(np.abs(x - _CENTRE[0]) < radius, across, x), y)


def somebody_else(portrait: Image) -> Image:
    """Eyes, nose, mouth and chin of other measures: for the embedder another person (a cosine below 0.25)."""
    y, x = from_y, from_x = _grid(portrait)
    for (at_x, at_y), wide, (right, down), (across, along) in _CHANGES:
        near = _hill(x - at_x, y - at_y, wide)
        from_x = from_x + near * ((x - at_x) * (1 / across - 1) - right)
        from_y = from_y + near * ((y - at_y) * (1 / along - 1) - down)
    return _taken(portrait, from_x, from_y)


def _grid(image: Image) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    rows, columns = np.mgrid[: image.shape[0], : image.shape[1]].astype(np.float64)
    return rows, columns


def _hill(x: NDArray[np.float64], y: NDArray[np.float64], wide: float) -> NDArray[np.float64]:
    return np.exp(-(x**2 + y**2) / (2 * wide**2))  # type: ignore[no-any-return]


def _taken(image: Image, x: NDArray[np.float64], y: NDArray[np.float64]) -> Image:
    return cv2.remap(  # type: ignore[return-value]
        image, x.astype(np.float32), y.astype(np.float32), cv2.INTER_LINEAR, borderMode=cv2.BORDER_REFLECT
    )
