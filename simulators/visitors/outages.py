"""When the network is gone, and when the power is cut: drawn once from a seed, hours and whole days."""

from collections.abc import Sequence
from dataclasses import dataclass
from random import Random

DAY_S = 86_400.0


@dataclass(frozen=True, slots=True)
class Outage:
    """Seconds from the week's beginning."""

    from_s: float
    to_s: float


class Outages:
    """`network`: one or two spells of half an hour to five hours a week of days, and one whole day in four.

    `cuts`: moments at which the power fails, one on most days, in the hours when people are there.
    """

    def __init__(self, rng: Random, days: int, hours: tuple[int, int]) -> None:
        self.network: Sequence[Outage] = tuple(_network(rng, days, hours))
        self.cuts: Sequence[float] = tuple(
            day * DAY_S + rng.uniform(hours[0] + 0.5, hours[1] - 0.5) * 3600
            for day in range(days)
            for _ in range(rng.choice((0, 1, 1, 2)))
        )

    def is_up(self, at_s: float) -> bool:
        return not any(one.from_s <= at_s < one.to_s for one in self.network)

    def hours_down(self) -> float:
        return sum(one.to_s - one.from_s for one in self.network) / 3600


def _network(rng: Random, days: int, hours: tuple[int, int]) -> list[Outage]:
    whole = {rng.randrange(days) for _ in range(max(1, days // 4))} if days > 1 else set()
    found = [Outage(day * DAY_S, (day + 1) * DAY_S) for day in sorted(whole)]
    for day in range(days):
        if day not in whole and rng.random() < 0.6:
            begins_s = day * DAY_S + rng.uniform(hours[0], hours[1] - 1) * 3600
            found.append(Outage(begins_s, begins_s + rng.uniform(0.5, 5) * 3600))
    return found
