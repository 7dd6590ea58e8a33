"""What the week's people lived through, beside the records of the box: to compare the two at the end."""

from collections import Counter
from dataclasses import dataclass, field

from simulators.visitors import Visitor


@dataclass(frozen=True, slots=True)
class InHall:
    """Somebody with a number. `since_s`: when they took it."""

    visitor: Visitor
    since_s: float


@dataclass(slots=True)
class Journal:
    """`told`: numbers that a visitor was told, by case. `broken`: promises that were not kept.

    `counts`: what happened how often.
    """

    visitors: list[Visitor] = field(default_factory=list)
    told: dict[str, str] = field(default_factory=dict)
    broken: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)

    def end(self, visitor: Visitor, outcome: str) -> None:
        visitor.outcome = outcome
        self.counts[f"end.{outcome}"] += 1

    def again(self, visitor: Visitor, why: str) -> None:
        visitor.outcome = ""
        visitor.why.append(why)
        self.counts[f"again.{why}"] += 1
