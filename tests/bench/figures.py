"""A table of figures: `figure | median | limit | ratio | floor`."""

import statistics
from collections.abc import Iterable, Sequence
from typing import NamedTuple


class Figure(NamedTuple):
    """`value`: the median, or what the name says. `floor`: the bare page, or the bare inference, of the same run."""

    name: str
    value: float
    limit: float
    floor: float

    @property
    def ratio(self) -> float:
        return self.value / self.limit


def percentile(values: Sequence[float], share: int) -> float:
    """Between two values, linear."""
    return statistics.quantiles(values, n=100, method="inclusive")[share - 1]


def table(figures: Iterable[Figure]) -> str:
    rows = [("figure", "median", "limit", "ratio", "floor"), *map(_cells, figures)]
    first = max(len(row[0]) for row in rows)
    return "\n".join(f"{row[0]:<{first}} " + " ".join(f"| {cell:>8}" for cell in row[1:]) for row in rows) + "\n"


def _cells(one: Figure) -> tuple[str, ...]:
    return one.name, f"{one.value:,.0f}", f"{one.limit:,.0f}", f"{one.ratio:.2f}", f"{one.floor:,.0f}"
