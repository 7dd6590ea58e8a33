"""What happens to a picture between a face and the engine, for tests: distance, light, a print on a wall, a screen."""

from pathlib import Path

import cv2
import numpy as np

from edge.adapters.face.engine import Image


def read(path: Path) -> Image:
    image = cv2.imread(str(path))
    assert image is not None
    return image  # type: ignore[return-value]


def scaled(image: Image, width: int, height: int) -> Image:
    return cv2.resize(image, (width, height), interpolation=cv2.INTER_AREA)  # type: ignore[return-value]


def lit(image: Image, factor: float) -> Image:
    return np.clip(image * factor, 0, 255).astype(np.uint8)


def blurred(image: Image, sigma: float) -> Image:
    return cv2.GaussianBlur(image, (0, 0), sigma)  # type: ignore[return-value]


def tilted(image: Image, degrees: float, about: tuple[float, float]) -> Image:
    turn = cv2.getRotationMatrix2D(about, degrees, 1)
    height, width = image.shape[:2]
    return cv2.warpAffine(image, turn, (width, height), borderMode=cv2.BORDER_REFLECT)  # type: ignore[return-value]


def card_photo(image: Image, quality: int) -> Image:
    """As small as the photo in an identity card (102 x 126) and as much compressed."""
    small = scaled(image[20:255, 128:318], 102, 126)
    return jpeg(small, quality)


def jpeg(image: Image, quality: int) -> Image:
    data = cv2.imencode(".jpg", image, [cv2.IMWRITE_JPEG_QUALITY, quality])[1]
    return cv2.imdecode(data, cv2.IMREAD_COLOR)  # type: ignore[return-value]


def held_up(image: Image, side: int, wall: int) -> Image:
    """A print before a plain wall, as a camera of 640 x 480 sees it."""
    view = np.full((480, 640, 3), wall, np.uint8)
    top, left = (480 - side) // 2, (640 - side) // 2
    view[top : top + side, left : left + side] = scaled(image, side, side)
    return view


def on_a_page(image: Image, height: int) -> Image:
    """The photo page of a document in a hand: lines of print beside a photo of 33 x 48 mm, `height` pixels high."""
    width = height * 33 // 48
    view = np.full((480, 640, 3), 120, np.uint8)
    left, top = 320 - width // 2, 240 - height // 2
    cv2.rectangle(
        view, (left - width, top - height // 2), (left + 3 * width, top + height * 3 // 2), (215, 225, 225), -1
    )
    for line in range(5):
        at = top + line * height // 5
        cv2.rectangle(view, (left + width * 5 // 4, at), (left + width * 5 // 2, at + 4), (90, 90, 90), -1)
    view[top : top + height, left : left + width] = scaled(image[10:270, 133:312], width, height)
    return view


def on_a_screen(image: Image, side: int) -> Image:
    """The stripes, softness and grey black of a screen, in its dark frame."""
    rows, columns = np.mgrid[:side, :side]
    stripes = 1 + 0.12 * np.sin(columns * 2.1 + rows * 0.3)
    soft = cv2.GaussianBlur(scaled(image, side, side) * stripes[..., None], (0, 0), 1.0)
    return held_up(np.clip(soft * 0.9 + 12, 0, 255).astype(np.uint8), side, 20)
