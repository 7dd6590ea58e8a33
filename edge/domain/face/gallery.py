"""The gallery (人脸库): faces that a home keeps to open its own doors to those who want that (1:N), on the box only.

人脸识别技术应用安全管理办法 (2025): each entry stands on a separate consent or on a contract, goes at once when that is
withdrawn, and sites that come near 100 000 faces must file; a relief station keeps none at all.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

FILE = "faces.gallery"
"""Its name in the box's store; where there is none, the box keeps no faces."""
TELL_FROM = 90_000  # faces stored, before the 100 000 from which a site must file
WITHOUT: frozenset[str] = frozenset({"relief_station"})


class NoGalleryHere(ValueError):
    """A facility of this kind keeps no faces."""


@dataclass(frozen=True, slots=True)
class Entry:
    """`person`: their token. `consent`: which consent or contract. `model`: name@version of the embedder. `vector`:
    little-endian float32 of length 1, as bytes.
    """

    person: str
    basis: Literal["consent", "contract"]
    consent: str
    model: str
    vector: bytes


@dataclass(frozen=True, slots=True)
class Found:
    """`cosine` with the entry of `person`."""

    person: str
    cosine: float


def may_keep(facility_kind: str) -> None:
    """Raises NoGalleryHere."""
    if facility_kind in WITHOUT:
        raise NoGalleryHere(f"a {facility_kind} keeps no faces")


def check(entry: Entry) -> None:
    """Raises ValueError for an entry without a person, a basis or a vector."""
    if entry.basis not in ("consent", "contract") or not entry.consent or not entry.person or not entry.model:
        raise ValueError("a face is kept with its person, its model, and the consent or contract that allows it only")
    if not entry.vector or len(entry.vector) % 4:
        raise ValueError("a vector is float32")


def the_one(found: Iterable[Found], match_from: float, apart: float = 0.05) -> str:
    """The person who is meant; "" when nobody is near enough, or two are so alike that a person should look.

    `found` in any order, one for each person.
    """
    best, *others = [*sorted(found, key=lambda one: -one.cosine)] or [Found("", -1.0)]
    if best.cosine < match_from or (others and best.cosine - others[0].cosine < apart):
        return ""
    return best.person
