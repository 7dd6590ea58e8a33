"""The draw (双随机): which targets, and who inspects each. Pure: from the pools, the seed and the terms alone.

Anybody can do it again from what is published, with nothing but SHA-256; docs/matters.md has it in words. No source
prescribes an algorithm: this one is ours.

A lot is the SHA-256 (64 hex digits) of lines with a line feed between them: the seed, the draw's number, and what is
drawn. Targets are taken by their lots, the lowest first. Then, target by target in that order and department by
department as the terms name them, come the inspectors: those with the fewest targets so far, and among them by lot.
"""

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import sha256

_COUNTY = 6
_CITY = "330800"


class TooFew(ValueError):
    """The pools cannot give what the terms want; the text says where."""


@dataclass(frozen=True, slots=True)
class Target:
    target: str
    area: str


@dataclass(frozen=True, slots=True)
class Inspector:
    """`conflicts`: targets that are not theirs to inspect (回避)."""

    inspector: str
    unit: str
    area: str
    conflicts: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Terms:
    """`inspectors`: of each department at each target. `cross_county`: from another county than the target's."""

    number: str
    units: tuple[str, ...]
    targets: int
    inspectors: int
    cross_county: bool = False


@dataclass(frozen=True, slots=True)
class Assignment:
    """`n`: the target's place in the draw, from 1. `cross_county`: this inspector comes from another county."""

    n: int
    target: str
    unit: str
    inspector: str
    cross_county: bool


def lot(seed: str, number: str, *what: str) -> str:
    return sha256("\n".join((seed, number, *what)).encode()).hexdigest()


def draw(
    targets: Iterable[Target],
    inspectors: Sequence[Inspector],
    terms: Terms,
    seed: str,
    passed_over: frozenset[str] = frozenset(),
) -> tuple[Assignment, ...]:
    """`passed_over`: targets of the pool that another draw had in the meantime. Raises TooFew."""
    left = [one for one in targets if one.target not in passed_over]
    if len(left) < terms.targets:
        raise TooFew(f"{len(left)} targets are left, {terms.targets} are wanted")
    by_lot = sorted(left, key=lambda one: (lot(seed, terms.number, "target", one.target), one.target))
    drawn: list[Assignment] = []
    load: Counter[str] = Counter()
    for n, target in enumerate(by_lot[: terms.targets], start=1):
        for unit in terms.units:
            for one in _team(target, unit, inspectors, terms, seed, load):
                load[one.inspector] += 1
                drawn.append(Assignment(n, target.target, unit, one.inspector, is_from_elsewhere(one, target)))
    return tuple(drawn)


def is_from_elsewhere(inspector: Inspector, target: Target) -> bool:
    """From another county. The city's own inspectors come from none."""
    county = inspector.area[:_COUNTY]
    return county not in (_CITY, target.area[:_COUNTY])


def _team(
    target: Target, unit: str, inspectors: Sequence[Inspector], terms: Terms, seed: str, load: Counter[str]
) -> list[Inspector]:
    may = [
        one
        for one in inspectors
        if one.unit == unit
        and target.target not in one.conflicts
        and (not terms.cross_county or is_from_elsewhere(one, target))
    ]
    if len(may) < terms.inspectors:
        raise TooFew(f"{unit} has {len(may)} inspectors who may go to {target.target}, {terms.inspectors} are wanted")
    lots = {one.inspector: lot(seed, terms.number, "inspector", target.target, one.inspector) for one in may}
    may.sort(key=lambda one: (load[one.inspector], lots[one.inspector], one.inspector))
    return may[: terms.inspectors]
