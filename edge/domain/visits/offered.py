"""Which matters a kind of facility offers, in the order of its home page."""

from collections.abc import Mapping, Sequence

from edge.domain.visits.conversation import Matter
from edge.domain.visits.matters import (
    care_home,
    care_visit,
    certificates,
    cremation,
    marriage,
    outbound_transfer,
    place_names,
    price_list,
    relief,
    relief_intake,
    social_assistance,
    social_organisations,
    what_to_bring,
)

_CITY = (*social_assistance.MATTERS, *social_organisations.MATTERS, *place_names.MATTERS)

OFFERED: Mapping[str, Sequence[Matter]] = {
    "marriage_office": (*marriage.MATTERS, *certificates.MATTERS, *what_to_bring.MATTERS, *_CITY),
    "care_home": (*care_visit.MATTERS, *care_home.MATTERS, *social_assistance.MATTERS),
    "funeral_home": (
        *cremation.MATTERS, *price_list.MATTERS, *outbound_transfer.MATTERS, *social_assistance.MATTERS,
    ),
    "relief_station": relief.MATTERS,
}  # fmt: skip
BY_STAFF: Mapping[str, Sequence[Matter]] = {"relief_station": relief_intake.MATTERS}
"""What staff fill in with a visitor at the desk; the facility file has no say in it."""


class UnknownMatter(ValueError):
    """The facility file names a matter that its kind of facility does not have; the text says which it has."""


def offered(kind: str, names: Sequence[str] | None) -> tuple[Matter, ...]:
    """`names`: those that the facility file chooses, in its order; None for all of its kind. Raises UnknownMatter."""
    known = {matter.name: matter for matter in OFFERED[kind]}
    if names is None:
        return tuple(known.values())
    if unknown := [name for name in names if name not in known]:
        raise UnknownMatter(f"[kiosk] matters: no matter {unknown[0]!r} here; write some of {', '.join(known)}")
    return tuple(known[name] for name in names)
