"""Words of the catalogue, put together."""

from contract.words import WORDS, Words

_SPANS = (  # word, from how many seconds on, how many seconds it has
    ("span.days", 2 * 86_400, 86_400),
    ("span.hours", 2 * 3600, 3600),
    ("span.minutes", 2 * 60, 60),
    ("span.seconds", 0, 1),
)


def word(group: str, value: str) -> Words:
    """The catalogue's words for a value from the wire; a value it does not know yet is shown as it is."""
    return WORDS.get(f"{group}.{value}", Words(value, value))


def filled(key: str, n: int | Words) -> Words:
    zh, en = n if isinstance(n, Words) else (n, n)
    return Words(WORDS[key].zh.format(n=zh), WORDS[key].en.format(n=en))


def counted(key: str, number: int) -> Words | None:
    return filled(key, number) if number > 0 else None


def joined(*said: Words) -> Words:
    return Words(" · ".join(one.zh for one in said), " · ".join(one.en for one in said))


def span(ms: int) -> Words:
    """How long, in the largest unit of which there are two at least."""
    seconds = round(ms / 1000)
    key, _, size = next(one for one in _SPANS if seconds >= one[1])
    return filled(key, seconds // size)
