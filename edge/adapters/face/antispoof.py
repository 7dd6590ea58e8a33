"""Passive liveness (静默活体): two MiniFASNet models of Minivision's Silent-Face-Anti-Spoofing look at the face and at
what is around it, where the edge of a print or the frame of a screen would show.

Each takes the face's box enlarged by its own factor, BGR 0..255 at 80 x 80, and gives three probabilities; class 1 is a
living face. The score is the mean of both.
"""

from collections.abc import Sequence

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.adapters.face.inference import Model
from edge.domain.face.sighting import Box

SIDE = 80
FACTORS = (2.7, 4.0)
_LIVE = 1


class Antispoof:
    """`models` in the order of FACTORS."""

    def __init__(self, models: Sequence[Model]) -> None:
        self._models = tuple(zip(FACTORS, models, strict=True))
        self._tensor = np.zeros((1, 3, SIDE, SIDE), np.float32)

    def real(self, image: NDArray[np.uint8], box: Box) -> float:
        """0..1, 0 for a print or a screen."""
        return sum(self._score(image, box, factor, model) for factor, model in self._models) / len(self._models)

    def _score(self, image: NDArray[np.uint8], box: Box, factor: float, model: Model) -> float:
        left, top, right, bottom = surroundings(box, factor, image.shape[1], image.shape[0])
        small = cv2.resize(image[top:bottom, left:right], (SIDE, SIDE))
        try:
            self._tensor[0] = small.transpose(2, 0, 1)
            return float(model.run(self._tensor)[0][0, _LIVE])
        finally:
            self._tensor.fill(0)
            small.fill(0)


def surroundings(box: Box, factor: float, width: int, height: int) -> tuple[int, int, int, int]:
    """The box enlarged about its centre as (left, top, right, bottom), pushed into the picture rather than cut.

    Where the picture is too small the factor is less, so that the shape stays. ValueError for a box without area.
    """
    if not (box.width > 0 and box.height > 0):
        raise ValueError("a box without area shows no face")
    factor = min(factor, (width - 1) / box.width, (height - 1) / box.height)
    left, right = _pushed(box.x + box.width / 2, box.width * factor, width - 1)
    top, bottom = _pushed(box.y + box.height / 2, box.height * factor, height - 1)
    return left, top, right, bottom


def _pushed(middle: float, length: float, last: int) -> tuple[int, int]:
    start = min(max(middle - length / 2, 0), max(last - length, 0))
    return int(start), min(int(start + length), last) + 1
