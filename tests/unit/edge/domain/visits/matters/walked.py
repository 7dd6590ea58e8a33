"""A visitor who answers by chance, and the keys that a walk shows: for the relief station and for place names."""

import re
from collections.abc import Iterator, Mapping

from hypothesis import strategies as st
from pydantic import TypeAdapter

from contract.events.visits import Answers
from edge.domain.visits.conversation import LONGEST, Ending
from edge.domain.visits.questions import (
    Card,
    Choice,
    Consent,
    Counted,
    Line,
    Option,
    Pad,
    Question,
    Review,
    Said,
    Sign,
)  # fmt: skip
from tests.unit.edge.domain.visits.conversation_driver import MAN, STROKES, WOMAN, Talk

TYPED = {"phone": "000-12345678", "code": "246810", "number": "17", "place_name": "样例一路"}


def wander(talk: Talk, data: st.DataObject) -> Ending:
    """Whatever the pages allow. What is told at the end is fit for an event."""
    for _ in range(LONGEST):
        match talk.walk.at:
            case Ending() as ending:
                TypeAdapter(Answers).validate_python(ending.answers, strict=True)
                assert len(ending.receipt) <= 8
                return ending
            case Choice() as choice:
                keys = [option.key for option in choice.options if option.off is None]
                least = 1 if choice.many and not choice.may_be_none else 0
                some = st.lists(st.sampled_from(keys), min_size=least, unique=True)
                talk.says(chosen=data.draw(some if choice.many else st.sampled_from(keys)))
            case Card():
                if data.draw(st.booleans()):
                    talk.lays(data.draw(st.sampled_from([MAN, WOMAN])))
                else:
                    talk.hears({"instead": data.draw(st.sampled_from(["no_card", "unreadable", "expired"]))})
            case Consent():
                talk.says(way=data.draw(st.sampled_from(["yes", "no"])))
            case Pad() as pad:
                talk.says(
                    **({"skip": "1"} if pad.may_skip and data.draw(st.booleans()) else {"typed": TYPED[pad.kind]})
                )
            case Counted() as counted:
                talk.says(**{f"n_{item.key}": str(data.draw(st.integers(0, counted.most))) for item in counted.items})
            case Sign():
                talk.says(**data.draw(st.sampled_from([{"strokes": STROKES}, {"instead": "window"}])))
            case Review():
                talk.says(right="1")
            case other:
                raise AssertionError(f"nobody answers {other}")
    raise AssertionError("it asks without an end")


def unsaid(talk: Talk, words: Mapping[str, Said]) -> set[str]:
    """Keys of this walk that do not stand in the catalogue in both languages, or with a place that nothing fills."""
    matter = talk.matter
    lacking = {key for key in _frame(talk) if not all(words.get(key, ("",)))}
    for page in (*talk.walk.asked, talk.walk.at):
        prefix = _prefix(matter.name, page)
        if prefix.startswith("identity."):
            continue  # of all matters
        keys = {prefix, *(f"{prefix}.{key}" for key in _options(page)), *_keys(page, matter.name)}
        lacking |= {key for key in keys if not all(words.get(key, ("",)))}
        for key in (prefix, f"{prefix}.say", f"{prefix}.text"):
            for text in words.get(key, ()):
                lacking |= {f"{key} {{{place}}}" for place in re.findall(r"{(\w+)}", text) if place not in page.values}
    return lacking


def _frame(talk: Talk) -> Iterator[str]:
    yield from (talk.matter.name, f"{talk.matter.name}.note")
    yield from (f"{talk.matter.name}.section.{section}" for section in talk.matter.sections)


def _prefix(matter: str, page: Question | Ending) -> str:
    return f"{matter}.end.{page.key}" if isinstance(page, Ending) else page.words or f"{matter}.{page.name}"


def _options(page: Question | Ending) -> Iterator[str]:
    options: tuple[Option, ...] = (*getattr(page, "options", ()), *getattr(page, "items", ()))
    yield from (option.key for option in options if option.text is None)
    yield from {Consent: ("yes", "no"), Card: ("no_card",)}.get(type(page), ())


def _keys(page: Question | Ending, matter: str) -> Iterator[str]:
    lines: tuple[Line, ...] = page.receipt if isinstance(page, Ending) else getattr(page, "lines", ())
    yield from (line.label for line in lines if isinstance(line.label, str))
    told = [*(line.value for line in lines), *page.values.values()]
    yield from (value for value in told if isinstance(value, str) and value.startswith(f"{matter}."))
