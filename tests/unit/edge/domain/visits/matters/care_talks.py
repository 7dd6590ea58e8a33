"""What the tests of the care homes' matters share: rows of reference data, a visitor who answers by chance, and a check
that all that was shown stands in the catalogue.
"""

import re
from collections.abc import Iterator, Mapping
from datetime import date, timedelta
from typing import Any

from hypothesis import strategies as st

from contract.reference_rows import BookedPerson, Booking, CareHome, CareRoom, Label, Slot, code_hash
from edge.domain.visits.conversation import LONGEST, Ending
from edge.domain.visits.questions import (
    Card,
    Choice,
    Line,
    Notice,
    Pad,
    Pay,
    Question,
    Review,
    Said,
)
from tests.unit.edge.domain.visits.conversation_driver import DAY, MAN, WOMAN, Talk

PHONE = "000-12345678"
CODE = "246810"
SHARED = ("identity.",)


def booking(
    name: str = "b-1",
    *,
    matter: str = "care_visit",
    on: date = DAY,
    state: str = "booked",
    token: str = MAN.token,
    about: str = "李* 3 楼",
    code: str = CODE,
) -> Booking:
    return Booking.model_validate({
        "booking": name, "matter": matter, "date": on.isoformat(), "time": "10:30", "about": about, "state": state,
        "persons": (BookedPerson(name_masked="测**", token=token),), "code_hash": code_hash(name, code),
    })  # fmt: skip


def room(name: str, visit: str) -> CareRoom:
    return CareRoom.model_validate({"room": name, "floor": 3, "visit": visit, "resident_masked": "李*"})


def slots(matter: str, *places: tuple[int, str, int]) -> list[Slot]:
    """(days from today, time, places)."""
    return [
        Slot(matter=matter, date=(DAY + timedelta(days=days)).isoformat(), time=time, places=number)
        for days, time, number in places
    ]


def home(name: str, **more: Any) -> CareHome:
    facts: dict[str, Any] = {
        "id": name, "name": Label(zh=f"模拟养老院 {name}", en=f"simulated home {name}"), "county": "330802",
        "phone": "000-11112222", "price_fen_month_from": 200_000, "price_fen_month_to": 300_000,
        "deposit_fen": 100_000, "beds": 10, "free_beds": 2, "care_levels": ("self", "assisted"),
    }  # fmt: skip
    return CareHome.model_validate(facts | more)


def by_chance(talk: Talk, data: st.DataObject) -> Ending:
    """A visitor who may do anything that the pages allow."""
    for _ in range(LONGEST):
        match talk.walk.at:
            case Ending() as ending:
                return ending
            case Choice(many=True) as choice:
                keys = [option.key for option in choice.options if option.off is None]
                least = 0 if choice.may_be_none else 1
                talk.says(chosen=data.draw(st.lists(st.sampled_from(keys), min_size=least, unique=True)))
            case Choice() as choice:
                keys = [option.key for option in choice.options if option.off is None]
                talk.says(chosen=data.draw(st.sampled_from(keys)))
            case Card():
                if data.draw(st.booleans()):
                    talk.lays(data.draw(st.sampled_from([MAN, WOMAN])))
                else:
                    talk.hears({"instead": data.draw(st.sampled_from(["no_card", "unreadable", "reader_gone"]))})
            case Pad() as pad:
                if pad.may_skip and data.draw(st.booleans()):
                    talk.says(skip="1")
                else:
                    talk.says(typed=data.draw(st.sampled_from(_TYPED[pad.kind])))
            case Pay():
                talk.hears({"state": data.draw(st.sampled_from(["paid", "at_counter"])), "reference": ""})
            case Notice() | Review():
                talk.says(right="1")
            case other:
                raise AssertionError(f"nobody answers {other}")
    raise AssertionError("it asks without an end")


_TYPED: Mapping[str, list[str]] = {
    "phone": [PHONE, "00012345678"], "room": ["301", "3-02", "9999"], "code": [CODE, "1234", "12345678"],
}  # fmt: skip


def unsaid(talk: Talk, words: Mapping[str, Said]) -> set[str]:
    """The keys that were needed on the way and do not stand in the catalogue, or ask for a value that was not given."""
    matter, walk = talk.matter, talk.walk
    needed = {matter.name, f"{matter.name}.note"}
    needed |= {f"{matter.name}.section.{section}" for section in matter.sections}
    places: dict[str, Mapping[str, Any]] = {}
    pages: list[Question | Ending] = [*walk.asked, walk.at]
    for page in pages:
        if isinstance(page, Ending):
            prefix, lines = f"{matter.name}.end.{page.key}", page.receipt
        else:
            prefix, lines = page.words or f"{matter.name}.{page.name}", getattr(page, "lines", ())
            assert not page.section or page.section in matter.sections
        if prefix.startswith(SHARED):
            continue
        needed.add(prefix)
        places |= {prefix: page.values, f"{prefix}.say": page.values}
        for option in getattr(page, "options", ()):
            if option.text is None:
                needed.add(f"{prefix}.{option.key}")
                places[f"{prefix}.{option.key}"] = option.values
            needed |= {key for key in (option.note, option.off) if isinstance(key, str)}
        needed |= {key for line in lines for key in _keys_of(line, matter.name)}
        needed |= {key for key in page.values.values() if isinstance(key, str) and key.startswith(matter.name)}
    lacking = needed - words.keys()
    for key in (needed | places.keys()) & words.keys():
        for text in words[key]:
            lacking |= {f"{key}: {place}" for place in re.findall(r"{(\w+)}", text) if place not in places.get(key, {})}
            lacking |= set() if text.strip() else {f"{key}: empty"}
    return lacking


def _keys_of(line: Line, matter: str) -> Iterator[str]:
    """A label is a key; a value is one where it begins as one."""
    if not isinstance(line.label, Said):
        yield line.label
    if not isinstance(line.value, Said) and line.value.startswith(f"{matter}."):
        yield line.value
