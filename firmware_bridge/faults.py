"""What can go wrong on a line (placeholder while the whole set is being moved here from simulators/faults.py).

The edge uses: Fault (apply, forges), make_fault(name, rng, parameters), BadFault.
"""

from collections.abc import Mapping
from random import Random
from typing import Protocol


class BadFault(ValueError):
    """No such fault, or parameters that it cannot have; the text says which there are."""


class Fault(Protocol):
    @property
    def forges(self) -> bool: ...
    def apply(self, data: bytes, now: float) -> list[bytes]: ...


def make_fault(name: str, rng: Random, parameters: Mapping[str, float]) -> Fault:
    raise BadFault(f"no fault {name!r}")
