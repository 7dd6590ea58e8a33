"""One attempt of a face check: looks until a picture is good, asks for turns of the head, looks again, compares.

What it works with are the means; whoever shows the visitor how it stands gets a State.
"""

import time
from collections.abc import Callable, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from statistics import median
from typing import TYPE_CHECKING, Any, Literal, Protocol

from edge.domain.face import hints, quality
from edge.domain.face.decision import Attempt, Outcome, Result, Thresholds, judge
from edge.domain.face.liveness import Challenge, Move, Rules
from edge.domain.face.quality import Limits, Look, Pixels
from edge.domain.face.sighting import Sighting

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Image = NDArray[np.uint8]
    Embedding = NDArray[np.float32]
else:
    Image = Embedding = Any  # a box without a face engine has no numpy

FRAME_S = 0.25  # a stop is noticed within it
_NO_PIXELS = Pixels(0, 0, 0)
_TURNS: dict[Move | None, str] = {"left": hints.LEFT, "right": hints.RIGHT, None: hints.LOOK}


class FaceEngine(Protocol):
    """Pictures are BGR arrays of shape (height, width, 3). `model` and `version` go into the record."""

    model: str
    version: str

    def look(self, image: Image) -> Sequence[Sighting]: ...
    def real(self, image: Image, sighting: Sighting) -> float: ...
    def embed(self, image: Image, sighting: Sighting) -> Embedding: ...


class Camera(Protocol):
    def opened(self) -> AbstractContextManager[object]:
        """The camera is on inside the block only."""

    def frame(self, wait_s: float) -> Image | None:
        """A picture that was not given before, the caller's own to zero; None when none came. Raises CameraLost."""


Phase = Literal["opening", "looking", "turning", "comparing", "over"]


@dataclass(frozen=True, slots=True)
class Settings:
    """`attempt_s`: the longest an attempt takes; `pause_s`: before the next one; `steady_s`: how long a hint stands
    at least, so that it can be read; `looks`: good pictures whose passive liveness counts.
    """

    thresholds: Thresholds = field(default_factory=Thresholds)
    liveness: Rules = field(default_factory=Rules)
    limits: Limits = field(default_factory=Limits)
    attempt_s: float = 30.0
    pause_s: float = 2.0
    steady_s: float = 0.7
    looks: int = 3


@dataclass(frozen=True, slots=True)
class State:
    """`hint`: what the visitor is told now; `attempts`: those that are over; `outcome`: when all is."""

    phase: Phase
    hint: str
    attempts: tuple[Attempt, ...] = ()
    outcome: Outcome | None = None


@dataclass(frozen=True, slots=True)
class Means:
    """`measure`: light and sharpness of a face; `clock`: seconds that never go back."""

    engine: FaceEngine
    camera: Camera
    measure: Callable[[Image, Sighting], Pixels]
    settings: Settings = field(default_factory=Settings)
    clock: Callable[[], float] = time.monotonic


class Stopped(Exception):
    """Not by face after all."""


class Saying:
    """Tells phase and hint through `say`, none sooner after another than it can be read."""

    def __init__(self, means: Means, say: Callable[[Phase, str], None]) -> None:
        self._means, self._say = means, say
        self._said: tuple[Phase, str, float] = ("opening", "", 0.0)

    def __call__(self, phase: Phase, hint: str) -> None:
        now, (said_phase, said, said_at) = self._means.clock(), self._said
        if hint != said and (phase != said_phase or now - said_at >= self._means.settings.steady_s):
            self._said = phase, hint, now
            self._say(phase, hint)


def looked_at(means: Means, image: Image) -> Look:
    height, width = image.shape[:2]
    faces = means.engine.look(image)
    return Look(width, height, faces, means.measure(image, faces[0]) if faces else _NO_PIXELS)


class Attempting:
    """`say`: told of phase and hint; `is_stopped`: asked before each picture."""

    def __init__(
        self,
        means: Means,
        known: Embedding,
        number: int,
        moves: Sequence[Move],
        say: Callable[[Phase, str], None],
        is_stopped: Callable[[], bool],
    ) -> None:
        self._means, self._settings, self._engine = means, means.settings, means.engine
        self._known, self._number, self._moves = known, number, moves
        self._say, self._is_stopped = Saying(means, say), is_stopped
        self._challenge: Challenge | None = None
        self._scores: list[float] = []

    def made(self) -> Attempt:
        """Takes `attempt_s` at most. Raises CameraLost, Stopped."""
        clock = self._means.clock
        ends = clock() + self._settings.attempt_s
        while clock() < ends:
            if self._is_stopped():
                raise Stopped
            image = self._means.camera.frame(FRAME_S)
            if image is None:
                continue
            try:
                attempt = self._looked(image, clock())
            finally:
                image.fill(0)
            if attempt is not None:
                return attempt
        return self._attempt("no_face")

    def _looked(self, image: Image, now: float) -> Attempt | None:
        look = looked_at(self._means, image)
        hint = quality.hint(look, self._settings.limits)
        if self._challenge is None and not hint:
            self._challenge = Challenge(self._moves, now, self._settings.liveness)
        if self._challenge is None:
            self._say("looking", hint)
            return None
        is_one = bool(look.faces) and hint != hints.ONE
        self._challenge = challenge = self._challenge.seen(look.face if is_one else None, now)
        if challenge.is_failed:
            return self._attempt("not_live")
        if not challenge.is_passed:
            self._scores.clear()
            matters = hint and hint not in quality.WHILE_TURNING
            self._say("turning", hint if matters else _TURNS[challenge.wanted])
            return None
        if hint:
            self._say("looking", hint)
            return None
        self._say("comparing", hints.HOLD)
        return self._compared(image, look.face)

    def _compared(self, image: Image, face: Sighting) -> Attempt | None:
        """None while more looks are needed."""
        self._scores.append(self._engine.real(image, face))
        if len(self._scores) < self._settings.looks:
            return None
        live = median(self._scores)
        if not live >= self._settings.liveness.passive_from:
            return self._attempt("not_live", liveness=live)
        seen = self._engine.embed(image, face)
        try:
            cosine = float(seen @ self._known)
        finally:
            seen.fill(0)
        return self._attempt(judge(cosine, self._settings.thresholds), liveness=live, score=cosine)

    def _attempt(self, result: Result, liveness: float | None = None, score: float | None = None) -> Attempt:
        return Attempt(
            number=self._number,
            result=result,
            score=None if score is None else round(score, 3),
            threshold=None if score is None else self._settings.thresholds.match_from,
            liveness=None if liveness is None else round(liveness, 2),
            model="" if score is None else f"{self._engine.model}@{self._engine.version}",
        )
