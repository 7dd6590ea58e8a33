"""Alignment (对齐): a face turned, scaled and moved so that its five points lie where the embedder learned them.

The template is that of ArcFace (Deng and others, 2019) for 112 x 112; SFace and MobileFaceNet use the same.
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.domain.face.sighting import Landmarks

SIDE = 112
TEMPLATE = ((38.2946, 51.6963), (73.5318, 51.5014), (56.0252, 71.7366), (41.5493, 92.3655), (70.7299, 92.2041))


def similarity(landmarks: Landmarks) -> NDArray[np.float64]:
    """The 2 x 3 matrix that brings the points nearest to the template (least squares) without shear or mirror.

    A turn with a scale is one complex factor, so the best one is a division. Raises ValueError where all the points
    fall together.
    """
    seen, wanted = (np.asarray(points, np.float64) @ (1, 1j) for points in (landmarks, TEMPLATE))
    around = seen - seen.mean()
    spread = np.vdot(around, around).real
    if not spread > 0:
        raise ValueError("five points in one place show no face")
    turn = np.vdot(around, wanted) / spread
    shift = wanted.mean() - turn * seen.mean()
    return np.array([[turn.real, -turn.imag, shift.real], [turn.imag, turn.real, shift.imag]])


def aligned(image: NDArray[np.uint8], landmarks: Landmarks) -> NDArray[np.uint8]:
    """The face as (112, 112, 3), colours in the picture's order; black where the picture ends."""
    return cv2.warpAffine(image, similarity(landmarks), (SIDE, SIDE))  # type: ignore[return-value]
