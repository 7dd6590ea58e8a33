"""How old a draft is, by time that has certainly passed: a wall clock that is wrong at boot makes no draft old.

While the box runs, its monotonic clock counts. What passed while it was off is known only from two readings of a
trusted wall clock, before and after; until there is a second one it counts as nothing.
"""

from dataclasses import dataclass

from edge.domain.moment import Moment


@dataclass(frozen=True, slots=True)
class Known:
    """`trusted_ms`: the last reading of a trusted wall clock, 0 for none; `counted_ms`: what was counted since."""

    trusted_ms: int = 0
    counted_ms: int = 0


def passed(known: Known, ran_ms: int, now: Moment, *, may_have_been_off: bool) -> tuple[int, Known]:
    """What has passed since the last count, ms, and what is known from now on.

    `ran_ms`: by the monotonic clock, 0 at the first count after a start. `may_have_been_off`: no trusted wall clock was
    read since the start, so that what passed before it is not counted yet. After that the wall clock may jump at will.
    """
    if now.quality != "good":
        return ran_ms, Known(known.trusted_ms, known.counted_ms + ran_ms)
    away_ms = now.wall_ms - known.trusted_ms - known.counted_ms if known.trusted_ms and may_have_been_off else 0
    return max(ran_ms, away_ms), Known(now.wall_ms, 0)
