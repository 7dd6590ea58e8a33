"""One catalogue (文案) of several modules' words, in which a key stands once."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from edge.domain.visits.questions import Said


class Words(Protocol):
    """A module of a catalogue."""

    __name__: str
    WORDS: Mapping[str, Said]


def merged(modules: Iterable[Words]) -> Mapping[str, Said]:
    """Raises ValueError for a key that stands twice."""
    words: dict[str, Said] = {}
    for module in modules:
        if twice := words.keys() & module.WORDS.keys():
            raise ValueError(f"{module.__name__}: these words stand twice: {', '.join(sorted(twice))}")
        words |= module.WORDS
    return words
