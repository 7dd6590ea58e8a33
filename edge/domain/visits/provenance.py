"""Where each field of an application came from (数据录入), so that nobody types what a card or a record can tell.

Names of fields alone, never what stands in them: it goes with the application through the log.
"""

from collections.abc import Mapping, Sequence
from typing import Any

from contract.events.visits import Source
from edge.domain.visits.person import Person

_OF_A_CARD = ("name", "number", "sex", "ethnic", "birth", "address", "issuer", "valid_from", "valid_to")


def provenance(
    persons: Sequence[Person], filled: Mapping[str, Any], sources: Mapping[str, Source]
) -> dict[str, Source]:
    """`persons`: read from their cards. `filled`: what else was told; by the visitor, unless `sources` says otherwise.

    >>> provenance((), {"phone": "00012345678", "room": "101"}, {"room": "shared"})
    {'phone': 'typed', 'room': 'shared'}
    """
    of_cards: dict[str, Source] = {
        f"persons.{number}.{field}": "card"
        for number, person in enumerate(persons, 1)
        for field in _OF_A_CARD
        if getattr(person, field)
    }
    rest: dict[str, Source] = {
        name: sources.get(name, "typed") for name, value in filled.items() if value and name != "persons"
    }
    return of_cards | rest
