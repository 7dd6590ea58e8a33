"""One living face before a camera, as a vector (人脸采集): looked at until a few pictures in a row are good.

Pictures are zeroed as soon as they are looked at; the vector is the caller's to zero.
"""

from statistics import median

from edge.domain.face import hints, quality
from edge.services.face_attempt import FRAME_S, Embedding, Image, Means, looked_at


class NoGoodLook(Exception):
    """`hint`: the last thing that would have helped, a key of the catalogue."""

    def __init__(self, hint: str) -> None:
        super().__init__(hint)
        self.hint = hint


def captured(means: Means) -> Embedding:
    """Takes `attempt_s` at most, and the camera is off when it returns. Raises NoGoodLook, CameraLost."""
    hint, scores = hints.LOOK, list[float]()
    with means.camera.opened():
        ends = means.clock() + means.settings.attempt_s
        while means.clock() < ends:
            image = means.camera.frame(FRAME_S)
            if image is None:
                continue
            try:
                fresh, vector = _looked(means, image, scores)
            finally:
                image.fill(0)
            hint = fresh or hint
            if vector is not None:
                return vector
    raise NoGoodLook(hint)


def _looked(means: Means, image: Image, scores: list[float]) -> tuple[str, Embedding | None]:
    """What would help, "" when it is good; the vector when it has been good often enough."""
    look, settings = looked_at(means, image), means.settings
    hint = quality.hint(look, settings.limits)
    if hint:
        scores.clear()
        return hint, None
    scores.append(means.engine.real(image, look.face))
    if len(scores) < settings.looks:
        return "", None
    if not median(scores) >= settings.liveness.passive_from:
        scores.clear()
        return hints.AGAIN, None
    return "", means.engine.embed(image, look.face)
