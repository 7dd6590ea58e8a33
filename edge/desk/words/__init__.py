"""The desk's catalogue (文案): what staff read, Chinese first, English beside. A key stands once."""

from collections.abc import Mapping

from edge.desk.words import alarms, cases, frame, rest
from edge.domain.visits.questions import Said

_MODULES = (frame, cases, alarms, rest)


def _merged() -> Mapping[str, Said]:
    words: dict[str, Said] = {}
    for module in _MODULES:
        if twice := words.keys() & module.WORDS.keys():
            raise ValueError(f"{module.__name__}: these words stand twice: {', '.join(sorted(twice))}")
        words |= module.WORDS
    return words


WORDS = _merged()
