"""YuNet, the face detector (人脸检测): Wu and others, "YuNet: a tiny millisecond-level face detector", 2023.

The 2023mar file of OpenCV Zoo takes one BGR picture of 640 x 640, values 0..255, and gives for each stride (8, 16, 32)
and each cell of its grid: cls and obj (their geometric mean is the score), bbox (offset of the centre from the cell and
logarithm of the size, in strides) and kps (five points from the cell, in strides).
"""

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.adapters.face.inference import Model, Tensor
from edge.domain.face.sighting import Box, Landmarks, Point, Sighting

SIDE = 640
SMALL = 256  # points are found more exactly when a card's photo (102 x 126) is enlarged first
_STRIDES = (8, 16, 32)


class Detector:
    """`score_from`: a candidate below it is no face; `overlap_from`: two that share so much of their area are one."""

    def __init__(self, model: Model, score_from: float = 0.8, overlap_from: float = 0.3) -> None:
        self._model = model
        self._score_from = score_from
        self._overlap_from = overlap_from
        self._canvas = np.zeros((1, 3, SIDE, SIDE), np.float32)
        self._cells = {stride: _cells(stride) for stride in _STRIDES}

    def look(self, image: NDArray[np.uint8]) -> list[Sighting]:
        """Faces, the largest first. Large and SMALL pictures are fitted to the canvas, others stand on black."""
        try:
            scale = self._put(image)
            outputs = dict(zip(self._model.outputs, self._model.run(self._canvas), strict=True))
        finally:
            self._canvas.fill(0)
        found = np.concatenate([self._decoded(stride, outputs) for stride in _STRIDES])
        faces = [_sighting(row, scale) for row in _without_doubles(found, self._overlap_from)]
        return sorted(faces, key=lambda face: -face.box.width * face.box.height)

    def _put(self, image: NDArray[np.uint8]) -> float:
        """The picture onto the canvas; returns pixels of the picture per pixel of the canvas."""
        height, width = image.shape[:2]
        longest = max(height, width)
        if SMALL <= longest <= SIDE:
            self._canvas[0, :, :height, :width] = image.transpose(2, 0, 1)
            return 1.0
        scale: float = longest / SIDE
        size = (max(1, round(width / scale)), max(1, round(height / scale)))
        fitted = cv2.resize(image, size, interpolation=cv2.INTER_AREA if scale > 1 else cv2.INTER_LINEAR)
        self._canvas[0, :, : size[1], : size[0]] = fitted.transpose(2, 0, 1)
        fitted.fill(0)
        return scale

    def _decoded(self, stride: int, outputs: dict[str, Tensor]) -> Tensor:
        """Candidates as rows of 15: x, y, width, height, five points, score."""
        cls, obj, bbox, kps = (outputs[f"{name}_{stride}"][0] for name in ("cls", "obj", "bbox", "kps"))
        score = np.sqrt(np.clip(cls[:, 0], 0, 1) * np.clip(obj[:, 0], 0, 1))
        sure = np.flatnonzero(score >= self._score_from)
        cell, bbox, kps = self._cells[stride][sure], bbox[sure], kps[sure]
        size = np.exp(bbox[:, 2:]) * stride
        corner = (cell + bbox[:, :2]) * stride - size / 2
        points = (kps + np.tile(cell, 5)) * stride
        return np.concatenate([corner, size, points, score[sure, None]], axis=1)


def _cells(stride: int) -> Tensor:
    """Column and row of each cell, row by row."""
    count = SIDE // stride
    rows, columns = np.divmod(np.arange(count * count), count)
    return np.stack([columns, rows], axis=1).astype(np.float32)


def _without_doubles(found: Tensor, overlap_from: float) -> list[Tensor]:
    """The best of those that cover one another (non-maximum suppression by intersection over union)."""
    left = found[np.argsort(-found[:, 14])]
    kept: list[Tensor] = []
    while len(left):
        best = left[0]
        kept.append(best)
        left = left[_overlap(best, left) < overlap_from]
        if len(left) and left[0] is best:  # an empty box overlaps nothing, not even itself
            left = left[1:]
    return kept


def _overlap(one: Tensor, many: Tensor) -> Tensor:
    low = np.maximum(one[:2], many[:, :2])
    high = np.minimum(one[:2] + one[2:4], many[:, :2] + many[:, 2:4])
    shared = np.prod(np.maximum(high - low, 0), axis=1)
    both = one[2] * one[3] + many[:, 2] * many[:, 3] - shared
    return np.asarray(shared / both, np.float32)


def _sighting(row: Tensor, scale: float) -> Sighting:
    x, y, width, height, *points = (float(value) * scale for value in row[:14])
    pairs = zip(points[::2], points[1::2], strict=True)
    return Sighting(Box(x, y, width, height), Landmarks(*(Point(*pair) for pair in pairs)), float(row[14]))
