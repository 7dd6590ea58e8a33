"""A scene before a camera whose pictures say in their pixels what is to be seen, and an engine that reads them so.

A picture is (480, 640, 3); its first pixels are: how many faces, yaw + 90, whose face, liveness in hundredths. What is
tested is the check around them; the real engine stands in the tests of the adapters.
"""

import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray

from edge.domain.face.quality import Pixels
from edge.domain.face.sighting import Sighting
from edge.ports import CameraLost
from edge.services.face_attempt import Means, Settings
from tests.unit.edge.domain.face.drawn_faces import seen

Image = NDArray[np.uint8]
SOMEBODY, ANOTHER, RELATIVE = 1, 2, 3
_ANGLES = {SOMEBODY: 0.0, ANOTHER: 90.0, RELATIVE: 65.0}  # cosines with SOMEBODY: 1, 0, 0.42
FAST = Settings(attempt_s=10.0, pause_s=0.0, steady_s=0.0)
SHORT = replace(FAST, attempt_s=0.2)  # where the attempt is to end without a result


def picture(faces: int = 1, yaw: int = 0, who: int = SOMEBODY, live: int = 90) -> Image:
    made = np.full((480, 640, 3), 127, np.uint8)
    made[0, :4, 0] = faces, yaw + 90, who, live
    return made


class Engine:
    model, version = "scene", "000000000000"

    def __init__(self) -> None:
        self.given: list[NDArray[np.float32]] = []

    def look(self, image: Image) -> Sequence[Sighting]:
        assert image[5, 5, 0] == 127, "a picture was looked at after it was zeroed"
        count, yaw = int(image[0, 0, 0]), float(image[0, 1, 0]) - 90
        return [seen(yaw), *(seen(centre=(520, 240), eyes=70) for _ in range(count - 1))] if count else []

    def real(self, image: Image, _sighting: Sighting) -> float:
        return float(image[0, 3, 0]) / 100

    def embed(self, image: Image, _sighting: Sighting) -> NDArray[np.float32]:
        angle = np.radians(_ANGLES[int(image[0, 2, 0])])
        vector = np.array([np.cos(angle), np.sin(angle)], np.float32)
        self.given.append(vector)
        return vector


@dataclass
class Camera:
    """Shows what `scene` gives, one after the other; None is a moment without a picture."""

    scene: Callable[[], Iterator[Image | None]]
    given: list[Image] = field(default_factory=list)
    is_on: bool = False
    times_on: int = 0
    was_unplugged: bool = False
    _shown: Iterator[Image | None] = field(default_factory=lambda: iter(()))

    @contextmanager
    def opened(self) -> Iterator[None]:
        assert not self.is_on
        self.is_on, self._shown = True, self.scene()
        self.times_on += 1
        try:
            yield
        finally:
            self.is_on = False

    def frame(self, wait_s: float) -> Image | None:
        assert self.is_on
        if self.was_unplugged:
            raise CameraLost("unplugged")
        image = next(self._shown, None)
        if image is None:
            threading.Event().wait(min(wait_s, 0.01))
        else:
            self.given.append(image)
        return image


def measure(image: Image, sighting: Sighting) -> Pixels:
    return Pixels(130, 0.1, 300)


def means(camera: Camera, settings: Settings = FAST, engine: Engine | None = None) -> Means:
    return Means(engine or Engine(), camera, measure, settings)


def a_person(who: int = SOMEBODY, live: int = 90) -> Iterator[Image | None]:
    """Looks, turns to the left and back, as often as asked."""
    while True:
        for yaw in (0, 0, 30, 35, 0, 0, 0, 0):
            yield picture(yaw=yaw, who=who, live=live)
        yield None


def a_person_with_a_document(pictured: int = SOMEBODY) -> Iterator[Image | None]:
    """Holds a print before the camera first, then looks as `a_person`."""
    for _ in range(FAST.looks):
        yield picture(who=pictured, live=20)
        yield None
    yield from a_person()


def a_still() -> Iterator[Image | None]:
    while True:
        yield picture()
        yield None


def nobody() -> Iterator[Image | None]:
    while True:
        yield picture(faces=0)
        yield None
