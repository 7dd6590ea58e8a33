"""A visitor who answers by chance, and what a walk showed that does not stand in the catalogue: for all matters."""

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from hypothesis import strategies as st
from pydantic import TypeAdapter

from contract.events.visits import Answers
from edge.domain.visits.conversation import LONGEST, Ending
from edge.domain.visits.questions import (
    Card,
    Choice,
    Consent,
    Counted,
    Face,
    Line,
    Lookup,
    Notice,
    Option,
    Pad,
    Pay,
    Question,
    Review,
    Said,
    Scan,
    Sign,
)
from tests.unit.edge.domain.visits.conversation_driver import MAN, STROKES, WOMAN, Talk

PHONE, CODE = "000-12345678", "246810"
CERTIFICATE = "2026330899000001|测试丙|1|2026-11-24"
"""The code on a death certificate: number, name, sex, day."""
_TYPED: Mapping[str, Sequence[str]] = {
    "phone": (PHONE, "00012345678"),
    "code": (CODE, "1234", "999999", "12345678"),
    "number": ("17",),
    "place_name": ("样例一路", "样例市殡仪馆"),
    "plate": ("H12345",),
    "room": ("301", "3-02", "9999"),
}
_SCANNED = ({"code": CERTIFICATE}, {"code": "2026330899000002"}, {"instead": "no_code"})
_OF_ALL_MATTERS = "identity."


def wander(talk: Talk, data: st.DataObject, found: Sequence[list[dict[str, Any]]] = ()) -> Ending:
    """Whatever the pages and the machines may answer. `found`: what a look-up may find.

    What is told at the end is fit for an event.
    """
    for _ in range(LONGEST):
        page = talk.walk.at
        if isinstance(page, Ending):
            TypeAdapter(Answers).validate_python(dict(page.answers), strict=True)
            return page
        if isinstance(page, Card | Face | Lookup | Pay):
            _comes(talk, page, data, found)
        else:
            _touches(talk, page, data)
    raise AssertionError("it asks without an end")


def _touches(talk: Talk, page: Question, data: st.DataObject) -> None:
    match page:
        case Choice():
            keys = st.sampled_from([option.key for option in page.options if option.off is None])
            some = st.lists(keys, min_size=0 if page.may_be_none else 1, unique=True)
            talk.says(chosen=data.draw(some if page.many else keys))
        case Consent():
            talk.says(way=data.draw(st.sampled_from(["yes", "no"])))
        case Pad():
            skip = page.may_skip and data.draw(st.booleans())
            talk.says(**({"skip": "1"} if skip else {"typed": data.draw(st.sampled_from(_TYPED[page.kind]))}))
        case Scan():
            talk.says(**data.draw(st.sampled_from(_SCANNED)))
        case Counted():
            talk.says(**{f"n_{item.key}": str(data.draw(st.integers(0, page.most))) for item in page.items})
        case Sign():
            talk.says(**data.draw(st.sampled_from([{"strokes": STROKES}, {"instead": "window"}])))
        case Review() | Notice():
            talk.says(right="1")
        case other:
            raise AssertionError(f"nobody answers {other}")


def _comes(
    talk: Talk, page: Card | Face | Lookup | Pay, data: st.DataObject, found: Sequence[list[dict[str, Any]]]
) -> None:
    """From a machine, or from the network."""
    match page:
        case Card():
            here = [one for one in (MAN, WOMAN) if one.token not in page.not_tokens]
            if here and data.draw(st.booleans()):
                talk.lays(data.draw(st.sampled_from(here)))
            else:
                why = st.sampled_from(["no_card", "unreadable", "expired", "reader_gone"])
                talk.hears({"instead": data.draw(why)})
        case Face():
            talk.hears({"result": data.draw(st.sampled_from(["match", "window"]))})
        case Lookup():
            entries = data.draw(st.sampled_from([None, *found]))
            talk.hears({"unavailable": True} if entries is None else {"found": entries})
        case Pay():
            talk.hears({"state": data.draw(st.sampled_from(["paid", "at_counter"])), "reference": ""})


def unsaid(talk: Talk, words: Mapping[str, Said]) -> set[str]:
    """Keys of this walk that do not stand in the catalogue in both languages, or with a place that nothing fills."""
    matter = talk.matter
    needed = {matter.name, f"{matter.name}.note", *(f"{matter.name}.section.{section}" for section in matter.sections)}
    fills: dict[str, Mapping[str, str | Said]] = {}
    for page in (*talk.walk.asked, talk.walk.at):
        assert isinstance(page, Ending) or not page.section or page.section in matter.sections
        prefix = _prefix(matter.name, page)
        if prefix.startswith(_OF_ALL_MATTERS):
            continue
        fills |= dict.fromkeys((prefix, f"{prefix}.say", f"{prefix}.text"), page.values)
        fills |= {f"{prefix}.{option.key}": option.values for option in _options(page) if option.text is None}
        needed |= {prefix, *(f"{prefix}.{option.key}" for option in _options(page) if option.text is None)}
        needed |= {f"{prefix}.{key}" for key in _BUTTONS.get(type(page), ())}
        needed |= set(_keys(page, matter.name))
    lacking = {key for key in needed if not all(text.strip() for text in words.get(key, ("",)))}
    for key, values in fills.items():
        for text in words.get(key, ()):
            lacking |= {f"{key} {{{place}}}" for place in re.findall(r"{(\w+)}", text) if place not in values}
    return lacking


_BUTTONS: Mapping[type, Sequence[str]] = {Consent: ("yes", "no"), Card: ("no_card",)}


def _prefix(matter: str, page: Question | Ending) -> str:
    return f"{matter}.end.{page.key}" if isinstance(page, Ending) else page.words or f"{matter}.{page.name}"


def _options(page: Question | Ending) -> Sequence[Option]:
    return (*getattr(page, "options", ()), *getattr(page, "items", ()))


def _keys(page: Question | Ending, matter: str) -> Iterator[str]:
    """A label is a key; so are a note, and why an option is off. A value is one where it begins as one."""
    lines: tuple[Line, ...] = page.receipt if isinstance(page, Ending) else getattr(page, "lines", ())
    yield from (line.label for line in lines if isinstance(line.label, str))
    yield from (key for one in _options(page) for key in (one.note, one.off) if isinstance(key, str))
    told = [*(line.value for line in lines), *page.values.values()]
    yield from (value for value in told if isinstance(value, str) and value.startswith(f"{matter}."))
