"""Is a scan fit to be read (质量检查): four simple rules, each measured. Thresholds are proposals (P).

Needs `onetrip[ocr]` (opencv, numpy).
"""

from typing import Any, Literal

Problem = Literal["resolution", "blank", "blurred", "skewed"]
SHORT_SIDE = 1200  # pixels: A4 at about 150 dots per inch
INK = 0.001  # share of dark pixels, at least
SHARP = 600.0  # variance of the Laplacian about the ink, at least
SKEW = 3.0  # degrees, at most
_WORK = 1600  # long side on which it is measured


def problems(grey: Any) -> tuple[Problem, ...]:
    """`grey`: uint8 array, height by width."""
    import cv2
    import numpy as np

    found: list[Problem] = []
    height, width = grey.shape
    if min(height, width) < SHORT_SIDE:
        found.append("resolution")
    scale = min(1.0, _WORK / max(height, width))
    small = cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey
    dark = (small < 128).astype("uint8")
    if dark.mean() < INK:
        return (*found, "blank")
    edges = cv2.Laplacian(small, cv2.CV_64F)
    near_ink = cv2.dilate(dark, np.ones((7, 7), np.uint8)) > 0
    if float(edges[near_ink].var()) < SHARP:
        found.append("blurred")
    if abs(skew(small)) > SKEW:
        found.append("skewed")
    return tuple(found)


def skew(grey: Any) -> float:
    """Degrees by which lines of writing lean, -10 to 10: the turn at which rows are most unlike one another."""
    import cv2
    import numpy as np

    scale = min(1.0, 600 / max(grey.shape))
    ink = 255 - cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA)
    middle = (ink.shape[1] / 2, ink.shape[0] / 2)

    def unlike(angle: float) -> float:
        turn = cv2.getRotationMatrix2D(middle, angle, 1.0)
        rows = cv2.warpAffine(ink, turn, (ink.shape[1], ink.shape[0])).sum(axis=1, dtype=np.float64)
        steps = np.diff(rows)
        return float(steps @ steps)

    return max((float(angle) for angle in np.arange(-10, 10.5, 0.5)), key=unlike)
