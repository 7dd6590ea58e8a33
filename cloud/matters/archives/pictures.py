"""What was scanned, as pages that can be looked at: a PNG or JPEG is one, a PDF has some (`onetrip[ocr]`).

Everything is bounded before it is unpacked: bytes, pages, pixels.
"""

import threading
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from cloud.matters.archives.image_header import NoPicture, header, is_pdf
from cloud.matters.archives.quality import Problem, problems

MOST_BYTES = 32 << 20
MOST_PIXELS = 40_000_000  # A4 at 600 dots per inch is 35 million
MOST_PAGES = 50  # of one PDF
_DPI = 200
_one_at_a_time = threading.Lock()  # PDFium is for one thread


class NotInstalled(Exception):
    """`onetrip[ocr]` is missing here."""


class TooLarge(Exception):
    """More bytes, pixels or pages than are taken."""


class WrongMedia(Exception):
    """Neither PNG, JPEG nor PDF."""


class Unreadable(Exception):
    """It says that it is one, and cannot be opened."""


@dataclass(frozen=True, slots=True)
class Picture:
    """One page as it is kept. `problems`: of its quality."""

    data: bytes
    media: str
    width: int
    height: int
    problems: tuple[Problem, ...]


def pages_of(data: bytes) -> Iterator[Picture]:
    """Raises TooLarge, WrongMedia, Unreadable, NotInstalled."""
    if len(data) > MOST_BYTES:
        raise TooLarge(f"at most {MOST_BYTES >> 20} MiB")
    if is_pdf(data):
        yield from _of_pdf(data)
        return
    try:
        told = header(data)
    except NoPicture as wrong:
        raise WrongMedia(f"{wrong}: send PNG, JPEG or PDF") from None
    _fits(told.width, told.height)
    yield Picture(data, told.media, told.width, told.height, problems(grey_of(data)))


def grey_of(data: bytes) -> Any:
    """uint8 array. Raises Unreadable, NotInstalled. Only for what `header` found to fit."""
    try:
        import cv2
        import numpy as np
    except ImportError:
        raise NotInstalled("scans need opencv: pip install 'onetrip[ocr]'") from None
    try:
        grey = cv2.imdecode(np.frombuffer(data, np.uint8), cv2.IMREAD_GRAYSCALE)
    except cv2.error as wrong:
        raise Unreadable("the picture is broken") from wrong
    if grey is None:
        raise Unreadable("the picture is broken")
    return grey


def _of_pdf(data: bytes) -> Iterator[Picture]:
    try:
        import cv2
        import pypdfium2 as pdfium
    except ImportError:
        raise NotInstalled("PDF needs pypdfium2: pip install 'onetrip[ocr]'") from None
    with _one_at_a_time:
        try:
            document = pdfium.PdfDocument(data)
        except pdfium.PdfiumError:
            raise Unreadable("the PDF is broken or locked by a password") from None
        try:
            if not 0 < len(document) <= MOST_PAGES:
                raise TooLarge(f"a PDF has 1 to {MOST_PAGES} pages")
            scale = _DPI / 72
            sizes = [document.get_page_size(index) for index in range(len(document))]
            for width, height in sizes:
                _fits(int(width * scale), int(height * scale))
            for index in range(len(document)):
                page = document[index]
                bitmap = page.render(scale=scale, grayscale=True)
                grey = bitmap.to_numpy().reshape(bitmap.height, bitmap.width).copy()
                bitmap.close()
                page.close()
                written, png = cv2.imencode(".png", grey)
                assert written
                yield Picture(png.tobytes(), "image/png", grey.shape[1], grey.shape[0], problems(grey))
        except pdfium.PdfiumError:
            raise Unreadable("a page of the PDF is broken") from None
        finally:
            document.close()


def _fits(width: int, height: int) -> None:
    if width * height > MOST_PIXELS:
        raise TooLarge(f"{width} by {height} pixels: at most {MOST_PIXELS // 1_000_000} million")
