"""What stands on a page and is not sent yet: keys that were pressed, things that were counted, how far it was leafed.

Each press is a small form; the page works without scripts. Nothing of it is kept beyond the page.
"""

from collections.abc import Mapping, Sequence

from edge.domain.visits.questions import Choice, Counted, Form, Pad

LONGEST = 64
_MOST_PAGES = 999


def edited(question: object, unsent: Form, do: str) -> Form:
    """`do`: key:7, del, clear, spell:a, pick:字, toggle:k, more:k, less:k, page:2. Others change nothing."""
    what, _, value = do.partition(":")
    typed, spell = first(unsent, "typed"), first(unsent, "spell")
    match what:
        case "page" if value.isdecimal() and int(value) <= _MOST_PAGES:
            return {**unsent, "page": [value]}
        case "key" if isinstance(question, Pad) and len(value) == 1 and len(typed) < LONGEST:
            return {**unsent, "typed": [typed + value]}
        case "spell" if isinstance(question, Pad) and len(value) == 1 and len(spell) < 6:
            return {**unsent, "spell": [spell + value], "page": ["1"]}
        case "pick" if isinstance(question, Pad) and len(value) == 1 and len(typed) < LONGEST:
            return {**unsent, "typed": [typed + value], "spell": [""], "page": ["1"]}
        case "del" if spell:
            return {**unsent, "spell": [spell[:-1]]}
        case "del":
            return {**unsent, "typed": [typed[:-1]]}
        case "clear":
            return {**unsent, "typed": [""], "spell": [""]}
        case "toggle" if isinstance(question, Choice) and any(value == option.key for option in question.options):
            return {**unsent, "chosen": _toggled(unsent.get("chosen", ()), value)}
        case "more" | "less" if isinstance(question, Counted) and any(value == item.key for item in question.items):
            count = counted(unsent, value) + (1 if what == "more" else -1)
            return {**unsent, f"n_{value}": [str(max(0, min(question.most, count)))]}
    return unsent


def first(form: Mapping[str, Sequence[str]], name: str) -> str:
    return next(iter(form.get(name, ())), "")


def counted(unsent: Form, key: str) -> int:
    text = first(unsent, f"n_{key}")
    return int(text) if text.isdecimal() else 0


def _toggled(chosen: Sequence[str], key: str) -> list[str]:
    return [one for one in chosen if one != key] if key in chosen else [*chosen, key]
