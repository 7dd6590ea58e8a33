"""A document's photo held before the camera (出示证件照片), looked at until it is good: what a face is compared with.

The picture and those that were not good are zeroed at once; nothing here writes one anywhere.
"""

from collections.abc import Callable

from edge.domain.face import document, hints
from edge.services.face_attempt import FRAME_S, Embedding, Image, Means, Phase, Saying, Stopped, looked_at


class Showing:
    """`say`: told of phase and hint; `is_stopped`: asked before each picture."""

    def __init__(self, means: Means, say: Callable[[Phase, str], None], is_stopped: Callable[[], bool]) -> None:
        self._means, self._say, self._is_stopped = means, Saying(means, say), is_stopped
        self._good = 0  # in a row

    def known(self) -> Embedding | None:
        """The vector, the caller's own to zero; None where none was held up within `attempt_s`.

        Raises CameraLost, Stopped.
        """
        ends = self._means.clock() + self._means.settings.attempt_s
        while self._means.clock() < ends:
            if self._is_stopped():
                raise Stopped
            image = self._means.camera.frame(FRAME_S)
            if image is None:
                continue
            try:
                known = self._looked(image)
            finally:
                image.fill(0)
            if known is not None:
                return known
        return None

    def _looked(self, image: Image) -> Embedding | None:
        look, engine = looked_at(self._means, image), self._means.engine
        hint, passive_from = document.hint(look), self._means.settings.liveness.passive_from
        if not hint and not document.is_print(engine.real(image, look.face), passive_from):
            hint = hints.DOCUMENT
        self._good = 0 if hint else self._good + 1
        self._say("looking", hint or hints.HOLD)
        return engine.embed(image, look.face) if self._good == self._means.settings.looks else None
