"""A sample that anybody can draw again, and how sure it makes us. Pure.

The *lot* of an address is the SHA-256, in hex, of the seed and the address with a line feed between them; the addresses
with the lowest lots are the sample. The interval is Wilson's (1927), which also holds for few and for all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from hashlib import sha256
from heapq import nsmallest
from math import sqrt
from typing import Literal

from cloud.matters.place_names.address_base import SAME_PLATE_M
from cloud.matters.place_names.addressing import BadAddress, standard
from cloud.matters.place_names.doorplate_records import metres

Z_95 = 1.959963984540054
Outcome = Literal["right", "gone", "other_text", "elsewhere"]


@dataclass(frozen=True, slots=True)
class Drawn:
    """`population_sha256`: of all addresses in their order, each followed by a line feed."""

    addresses: tuple[str, ...]
    population: int
    population_sha256: str


def lot(seed: str, address: str) -> str:
    return sha256(f"{seed}\n{address}".encode()).hexdigest()


def draw(seed: str, size: int, population: Iterable[str]) -> Drawn:
    """From addresses in any order, each there once."""
    ordered = sorted(population)
    whole = sha256("".join(f"{one}\n" for one in ordered).encode()).hexdigest()
    chosen = nsmallest(size, ((lot(seed, one), one) for one in ordered))
    return Drawn(tuple(one for _, one in chosen), len(ordered), whole)


def wilson(right: int, checked: int, z: float = Z_95) -> tuple[float, float] | None:
    """The share's interval at 95 %; None where nobody looked."""
    if checked == 0:
        return None
    share, square = right / checked, z * z
    middle = share + square / (2 * checked)
    spread = z * sqrt(share * (1 - share) / checked + square / (4 * checked * checked))
    whole = 1 + square / checked
    return max(0.0, (middle - spread) / whole), min(1.0, (middle + spread) / whole)


def judged(
    address: str, area: str, lon: float, lat: float, *, found: bool, written: str, at: tuple[float, float]
) -> Outcome:
    """What a second visit says of an address of the base: measured, not opined. `at`: (longitude, latitude)."""
    if not found:
        return "gone"
    try:
        if standard(written, area) != address:
            return "other_text"
    except BadAddress:
        return "other_text"
    return "right" if metres(lon, lat, *at) <= SAME_PLATE_M else "elsewhere"
