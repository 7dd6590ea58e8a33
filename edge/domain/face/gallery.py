"""The gallery (人脸库): faces that a care home keeps of residents and staff who agreed (1:N), on the box only.

人脸识别技术应用安全管理办法 (2025): each entry stands on a separate consent, a guardian's decision or a contract, and
is gone at once when that is withdrawn; sites that come near 100 000 faces must file. No other kind of facility keeps
any: a relief station above all, where people are helped whoever they are.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal, get_args

FILE = "faces.gallery"
"""Its name in the box's store; where there is none, the box keeps no faces."""
TELL_FROM = 90_000  # faces stored, before the 100 000 from which a site must file
WITH: frozenset[str] = frozenset({"care_home"})
Basis = Literal["consent", "guardian", "contract"]
Who = Literal["resident", "staff"]


class NoGalleryHere(ValueError):
    """A facility of this kind keeps no faces."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """Who allowed that a face is kept, written down before any camera opens. `person`: their token; `name`: as the home
    calls them; `given_by`, `why`: of a guardian's decision, else "". `text_version`: of the words that were read.
    """

    id: str
    person: str
    who: Who
    name: str
    basis: Basis
    text_version: str
    by: str  # staff number
    at_ms: int
    given_by: str = ""
    why: str = ""

    def __post_init__(self) -> None:
        if not (self.id and self.person and self.name and self.text_version and self.by):
            raise ValueError("a face is kept of a named person, with what was agreed and who wrote it down")
        if self.basis == "guardian" and not (self.given_by and self.why):
            raise ValueError("a guardian's decision has a name and a reason")


@dataclass(frozen=True, slots=True)
class Entry:
    """`person`: their token. `consent`: which grant. `model`: name@version of the embedder. `vector`: little-endian
    float32 of length 1, as bytes.
    """

    person: str
    basis: Basis
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
    if facility_kind not in WITH:
        raise NoGalleryHere(f"a {facility_kind} keeps no faces")


def check(entry: Entry) -> None:
    """Raises ValueError for an entry without a person, a basis or a vector."""
    if entry.basis not in get_args(Basis) or not entry.consent or not entry.person or not entry.model:
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
