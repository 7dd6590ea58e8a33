"""The kiosk's camera (摄像头) through OpenCV. It is on only while somebody's check goes on, and keeps one picture: the
newest, which is zeroed when the next comes. One that was unplugged is looked for until it is there again.

A source is "0" or /dev/videoN, or `file:` with a picture, a film or a folder of pictures, which go round for ever.
"""

import logging
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Protocol

import cv2
import numpy as np
from numpy.typing import NDArray

from edge.adapters.face.pictures import decoded, small_jpeg
from edge.ports import CameraLost

LOST_S = 4.0  # told within the 5 s of the failure matrix
_GONE_S = 2.0  # without a picture, and without its device or file
_AGAIN_S = 0.5
_FILE_FPS = 15.0
_PICTURES = frozenset({".png", ".jpg", ".jpeg", ".bmp"})
log = logging.getLogger(__name__)

Image = NDArray[np.uint8]


class _Reader(Protocol):
    def read(self) -> Image | None:
        """The next picture, an own array, when it is time for it; None when it has gone."""

    def close(self) -> None: ...


class Camera:
    """`lost_s`: so long without a picture is lost."""

    def __init__(self, source: str, lost_s: float = LOST_S) -> None:
        self._source, self._lost_s = source, lost_s
        self._changed = threading.Condition()
        self._newest: Image | None = None
        self._is_fresh = False  # not given to anybody yet
        self._last_at = 0.0
        self._on: threading.Event | None = None  # set when this time of being on is over

    @property
    def is_there(self) -> bool:
        """Whether its device or file is; opens nothing."""
        return bool(self._source) and _path(self._source).exists()

    @contextmanager
    def opened(self) -> Iterator[None]:
        """On inside the block. One block at a time: RuntimeError for a second."""
        off = threading.Event()
        with self._changed:
            if self._on is not None:
                raise RuntimeError("the camera is in use")
            self._on, self._last_at = off, time.monotonic()
        thread = threading.Thread(target=self._run, args=(off,), name="camera", daemon=True)
        thread.start()
        try:
            yield
        finally:
            off.set()
            with self._changed:
                self._on = None
                self._replace(None)
            thread.join(timeout=1)  # a driver that hangs is left behind; what it still gives is dropped

    def frame(self, wait_s: float) -> Image | None:
        """The newest picture, once, as the caller's own array to zero; None when no new one came within `wait_s`.

        Raises CameraLost when none has come for `lost_s`, or its device has gone, or the camera is off.
        """
        with self._changed:
            if self._on is None:
                raise CameraLost("the camera is off")
            self._changed.wait_for(lambda: self._is_fresh or self._on is None, wait_s)
            if self._is_fresh and self._newest is not None:
                self._is_fresh = False
                return self._newest.copy()
            silent_s = time.monotonic() - self._last_at
            if silent_s >= self._lost_s or (silent_s >= _GONE_S and not self.is_there):
                raise CameraLost(f"the camera ({self._source}) gives no picture")
            return None

    def preview(self) -> bytes | None:
        """The newest picture as a small JPEG; None while the camera is off or has given none."""
        with self._changed:
            image = None if self._newest is None else self._newest.copy()
        if image is None:
            return None
        try:
            return small_jpeg(image)
        finally:
            image.fill(0)

    def _run(self, off: threading.Event) -> None:
        while not off.is_set():
            reader = _open(self._source, off)
            if reader is not None:
                try:
                    self._take_from(reader, off)
                except (OSError, cv2.error) as error:
                    log.warning("camera: %s", error)
                finally:
                    reader.close()
            off.wait(_AGAIN_S)

    def _take_from(self, reader: _Reader, off: threading.Event) -> None:
        while not off.is_set():
            image = reader.read()
            if image is None:
                return
            with self._changed:
                if off.is_set():
                    image.fill(0)
                    return
                self._replace(image)

    def _replace(self, image: Image | None) -> None:
        if self._newest is not None:
            self._newest.fill(0)
        self._newest, self._is_fresh = image, image is not None
        if image is not None:
            self._last_at = time.monotonic()
        self._changed.notify_all()


class _Device:
    """A camera, or a film at its own pace, which begins again at its end."""

    def __init__(self, capture: cv2.VideoCapture, off: threading.Event, pace_s: float = 0.0) -> None:
        self._capture, self._off, self._pace_s = capture, off, pace_s

    def read(self) -> Image | None:
        if self._pace_s:
            self._off.wait(self._pace_s)
        is_read, image = self._capture.read()
        if not is_read and self._pace_s:
            self._capture.set(cv2.CAP_PROP_POS_FRAMES, 0)
            is_read, image = self._capture.read()
        return image.astype(np.uint8, copy=False) if is_read else None

    def close(self) -> None:
        self._capture.release()


class _Pictures:
    def __init__(self, path: Path, off: threading.Event) -> None:
        self._path, self._off, self._turn = path, off, 0

    def read(self) -> Image | None:
        self._off.wait(1 / _FILE_FPS)
        files = [self._path]
        if self._path.is_dir():
            files = sorted(file for file in self._path.iterdir() if file.suffix.lower() in _PICTURES)
        if not files:
            return None
        self._turn += 1
        return decoded(files[(self._turn - 1) % len(files)].read_bytes())

    def close(self) -> None:
        """Holds nothing open."""


def _path(source: str) -> Path:
    if source.startswith("file:"):
        return Path(source.removeprefix("file:"))
    return Path(f"/dev/video{source}" if source.isdecimal() else source)


def _open(source: str, off: threading.Event) -> _Reader | None:
    path = _path(source)
    if not path.exists():
        return None
    if source.startswith("file:") and (path.is_dir() or path.suffix.lower() in _PICTURES):
        return _Pictures(path, off)
    capture = cv2.VideoCapture(str(path))
    if not capture.isOpened():
        capture.release()
        return None
    if not source.startswith("file:"):
        capture.set(cv2.CAP_PROP_BUFFERSIZE, 1)  # no old pictures; a driver that cannot says nothing
        return _Device(capture, off)
    return _Device(capture, off, 1 / (capture.get(cv2.CAP_PROP_FPS) or _FILE_FPS))
