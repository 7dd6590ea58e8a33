"""Pictures as bytes, and what light and sharpness a face on one has (画面质量)."""

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.domain.face.quality import Pixels
from edge.domain.face.sighting import Sighting

_SIDE = 112
_SMALL = 480  # pixels wide
_JPEG_QUALITY = 70


def decoded(data: bytes | bytearray) -> NDArray[np.uint8] | None:
    """An image file's bytes as BGR (height, width, 3), an own array; None when they are none."""
    if not data:
        return None
    image = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_COLOR)
    return None if image is None else image.astype(np.uint8, copy=False)


def small_jpeg(image: NDArray[np.uint8]) -> bytes:
    """For a page: as in a mirror, at most 480 pixels wide."""
    height, width = image.shape[:2]
    scale = min(1.0, _SMALL / width)
    small = cv2.resize(image, (max(1, round(width * scale)), max(1, round(height * scale))))
    mirrored = cv2.flip(small, 1)
    try:
        _, jpeg = cv2.imencode(".jpg", mirrored, [cv2.IMWRITE_JPEG_QUALITY, _JPEG_QUALITY])
        return jpeg.tobytes()
    finally:
        small.fill(0)
        mirrored.fill(0)


def measured(image: NDArray[np.uint8], face: Sighting) -> Pixels:
    """Of the part of the face's box that is on the picture; all zero where none is."""
    box, (height, width) = face.box, image.shape[:2]
    left, top = max(0, round(box.x)), max(0, round(box.y))
    right, bottom = min(width, round(box.x + box.width)), min(height, round(box.y + box.height))
    if right <= left or bottom <= top:
        return Pixels(0, 0, 0)
    grey = cv2.cvtColor(image[top:bottom, left:right], cv2.COLOR_BGR2GRAY)
    plain = cv2.resize(grey, (_SIDE, _SIDE), interpolation=cv2.INTER_AREA)
    edges = cv2.Laplacian(plain, cv2.CV_32F)
    try:
        halves = float(plain[:, : _SIDE // 2].mean()), float(plain[:, _SIDE // 2 :].mean())
        brighter = max(halves)
        unevenness = 1 - min(halves) / brighter if brighter else 0.0
        return Pixels(float(plain.mean()), unevenness, float(edges.var()))
    finally:
        for array in (grey, plain, edges):
            array.fill(0)
