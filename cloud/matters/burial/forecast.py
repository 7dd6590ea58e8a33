"""Years until a county's places are taken: what is free, divided by the mean use of a year. Pure."""

from collections.abc import Mapping

_YEARS = 3


def mean_use(used: Mapping[int, int], year: int) -> float | None:
    """`used` by year; of the last three years that are over and known, one after another. None: nothing is known."""
    known = [used[past] for past in range(year - _YEARS, year) if past in used]
    return sum(known) / len(known) if known else None


def years_to_full(free: int, used: Mapping[int, int], year: int) -> float | None:
    """None: nobody can tell, or it never fills."""
    mean = mean_use(used, year)
    if not mean:
        return None
    return free / mean
