"""A living person before the camera (活体检测): passively by a score, and by turning the head when asked (动作活体).

The challenge is a value that each observation makes a new one of. Its order comes from outside, by chance, so that a
film cannot know it; a flat print cannot do it at all (`pose`). Who cannot turn the head goes to the window.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal

from edge.domain.face.pose import pose_of
from edge.domain.face.sighting import Box, Sighting

Move = Literal["left", "right"]
"""As the person before the camera calls it, who is seen as in no mirror: to their left is to the picture's right."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rules:
    """`turn_from`, `front_within`: of Pose.turn. Times in seconds. `same_from`: overlap of boxes, shared by both."""

    passive_from: float = 0.5
    turn_from: float = 0.28
    front_within: float = 0.2
    hold: int = 2  # observations in a row: one may be the detector's mistake
    limit_s: float = 15.0
    lost_after_s: float = 1.0
    same_from: float = 0.15


_AFRESH: dict[str, Any] = {"done": 0, "held": 0, "away": False}


@dataclass(frozen=True, slots=True)
class Challenge:
    """`done`: moves made so far. It begins again when the face is lost or another takes its place: whoever is compared
    is who turned. Its time does not begin again.
    """

    moves: Sequence[Move]
    began: float
    rules: Rules
    done: int = 0
    held: int = 0
    away: bool = False  # the head is not back from the last move
    last: Box | None = None
    last_at: float = 0.0
    at: float = 0.0

    @property
    def wanted(self) -> Move | None:
        """The move to make now; None when all are made and the head is back, or while it comes back."""
        return None if self.away or self.done == len(self.moves) else self.moves[self.done]

    @property
    def is_passed(self) -> bool:
        return self.done == len(self.moves) and not self.away

    @property
    def is_failed(self) -> bool:
        return not self.is_passed and self.at - self.began > self.rules.limit_s

    def seen(self, face: Sighting | None, at: float) -> "Challenge":
        """After an observation. `face`: the only one, or None; `at`: seconds on the clock that `began` stands on."""
        if face is None:
            lost = self.last is not None and at - self.last_at > self.rules.lost_after_s
            return replace(self, **{"held": 0, "at": at, **(_AFRESH if lost else {})})
        here = replace(self, last=face.box, last_at=at, at=at)
        if self.last is not None and not self._is_same(face.box, at):
            return replace(here, **_AFRESH)
        turn = pose_of(face.landmarks).turn
        if here.away:
            return replace(here, away=abs(turn) > here.rules.front_within)
        if here.wanted is None:
            return here
        towards = turn if here.wanted == "left" else -turn
        if towards < here.rules.turn_from:
            return replace(here, held=0)
        if here.held + 1 < here.rules.hold:
            return replace(here, held=here.held + 1)
        return replace(here, done=here.done + 1, held=0, away=True)

    def _is_same(self, box: Box, at: float) -> bool:
        assert self.last is not None
        return at - self.last_at <= self.rules.lost_after_s and overlap(self.last, box) >= self.rules.same_from


def overlap(one: Box, other: Box) -> float:
    """Shared area by the area of both, 0..1."""
    across = min(one.x + one.width, other.x + other.width) - max(one.x, other.x)
    along = min(one.y + one.height, other.y + other.height) - max(one.y, other.y)
    shared = max(across, 0.0) * max(along, 0.0)
    both = one.width * one.height + other.width * other.height - shared
    return shared / both if both > 0 else 0.0
