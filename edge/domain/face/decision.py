"""What a comparison of two faces means (比对判定), and what follows. A machine says match or sends to people; it never
refuses anybody (domain brief, 3 and 4.0).
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

Verdict = Literal["match", "borderline", "mismatch"]
Result = Literal["match", "borderline", "mismatch", "not_live", "no_face", "no_reference", "no_camera", "cancelled"]
MOST_ATTEMPTS = 3
_AGAIN: frozenset[Result] = frozenset({"mismatch", "not_live", "no_face"})


@dataclass(frozen=True, slots=True)
class Thresholds:
    """Cosines, for one model: the defaults were measured with MobileFaceNet. Between the two a clerk decides."""

    match_from: float = 0.47
    mismatch_below: float = 0.36

    def __post_init__(self) -> None:
        if not -1 <= self.mismatch_below <= self.match_from <= 1:
            raise ValueError("thresholds are cosines, mismatch_below not above match_from")


@dataclass(frozen=True, slots=True, kw_only=True)
class Attempt:
    """The record of one attempt: figures, never a picture. `model`: name@version, "" where nothing was compared."""

    number: int  # from 1
    result: Result
    score: float | None = None  # cosine, 3 digits
    threshold: float | None = None
    liveness: float | None = None  # 2 digits
    model: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How a whole check ended."""

    result: Result
    attempts: tuple[Attempt, ...]


def judge(cosine: float, thresholds: Thresholds) -> Verdict:
    """A figure that is none is no match."""
    if cosine >= thresholds.match_from:
        return "match"
    return "borderline" if cosine >= thresholds.mismatch_below else "mismatch"


def may_try_again(attempts: Sequence[Attempt]) -> bool:
    """Borderline goes to a clerk at once: trying until it passes would be no check."""
    return len(attempts) < MOST_ATTEMPTS and attempts[-1].result in _AGAIN
