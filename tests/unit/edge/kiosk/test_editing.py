"""What is pressed on a page changes what stands there, and nothing else can be made of it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.visits.questions import Choice, Counted, Form, NotAnAnswer, Option, Pad, Question
from edge.kiosk.editing import LONGEST, edited

PHONE = Pad(name="phone", kind="phone")
NAME = Pad(name="name", kind="place_name")
THINGS = Choice(name="things", many=True, options=(Option(key="a"), Option(key="b")))
URNS = Counted(name="urns", items=(Option(key="plain"),), most=2)


def after(question: Question, *pressed: str) -> Form:
    unsent: Form = {}
    for do in pressed:
        unsent = edited(question, unsent, do)
    return unsent


@pytest.mark.parametrize(
    ("question", "pressed", "stands"),
    [
        (PHONE, ("key:1", "key:3"), {"typed": ["13"]}),
        (PHONE, ("key:1", "key:3", "del:"), {"typed": ["1"]}),
        (PHONE, ("key:1", "clear:"), {"typed": [""], "spell": [""]}),
        (PHONE, ("page:2",), {"page": ["2"]}),
        (NAME, ("spell:L", "spell:U"), {"spell": ["LU"], "page": ["1"]}),
        (NAME, ("spell:L", "pick:路"), {"typed": ["路"], "spell": [""], "page": ["1"]}),
        (NAME, ("spell:L", "del:"), {"spell": [""], "page": ["1"]}),
        (THINGS, ("toggle:a", "toggle:b"), {"chosen": ["a", "b"]}),
        (THINGS, ("toggle:a", "toggle:a"), {"chosen": []}),
        (URNS, ("more:plain", "more:plain", "more:plain"), {"n_plain": ["2"]}),
        (URNS, ("more:plain", "less:plain", "less:plain"), {"n_plain": ["0"]}),
    ],
)
def test_each_key_does_one_thing(question: Question, pressed: tuple[str, ...], stands: Form) -> None:
    assert after(question, *pressed) == stands


@given(st.sampled_from([PHONE, NAME, THINGS, URNS]), st.lists(st.text(max_size=12), max_size=90))
def test_what_nobody_can_press_harms_nothing(question: Question, pressed: list[str]) -> None:
    unsent = after(question, *pressed)
    assert all(len(value) <= LONGEST for values in unsent.values() for value in values)


@given(st.lists(st.sampled_from(["key:1", "key:-", "del:", "clear:", "spell:a", "pick:路"]), max_size=90))
def test_what_stands_is_bounded_and_is_an_answer_or_none(pressed: list[str]) -> None:
    unsent = after(NAME, *pressed)
    try:
        answer = NAME.read(unsent)
    except NotAnAnswer:
        return
    assert answer == {"typed": unsent["typed"][0].strip().upper()}
