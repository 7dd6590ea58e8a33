"""What of a kiosk's application for a certificate becomes the city's case."""

import json
from random import Random
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.matters.marriage.applications import case_form, known_area
from simulators.people import make_person

PERSON = make_person(Random(16))
SEALED = {
    "persons": [{"name": PERSON.name, "number": PERSON.id_number}], "phone": "000-12345678",
    "record": {"id": "J330802-2015-000123"},
}  # fmt: skip


def application(**answers: str) -> Any:
    told = {"kind": "marriage", "want": "reissue", **answers}
    return SimpleNamespace(facility="f-1", case="c-1", answers=json.dumps(told), sources='{"reason": "typed"}')


def test_all_that_fits_is_taken_over() -> None:
    form = case_form(application(reason="damaged", delivery="post"), "330802", SEALED)
    assert (form.certificate_kind, form.reason, form.delivery, form.record) == (
        "marriage", "damaged", "post", "J330802-2015-000123",
    )  # fmt: skip
    assert (form.facility, form.application, form.sources) == ("f-1", "c-1", {"reason": "typed"})
    assert [(one.number, one.phone) for one in form.applicants] == [(PERSON.id_number, "000-12345678")]
    assert json.dumps(form.parts()[0]).count(PERSON.id_number) == 0


@pytest.mark.parametrize(
    "sealed", [{}, {"persons": []}, {"persons": [{}]}, {"persons": "x", "record": 3}, {"phone": 7}]
)
def test_what_cannot_be_read_is_left_to_the_window(sealed: dict[str, Any]) -> None:
    form = case_form(application(reason="?", delivery="?"), "330802", sealed)
    assert (form.applicants, form.record, form.reason, form.delivery) == ((), "", "lost", "window")


def test_a_phone_that_is_none_is_left_out() -> None:
    (one,) = case_form(application(), "330802", {**SEALED, "phone": "12"}).applicants
    assert one.phone is None


_JSON = st.recursive(st.none() | st.booleans() | st.integers() | st.text(max_size=8), lambda inner: st.lists(inner) | (
    st.dictionaries(st.sampled_from(["name", "number", "id", "persons"]), inner)
), max_leaves=6)  # fmt: skip


@given(st.dictionaries(st.sampled_from(["persons", "phone", "record"]), _JSON))
def test_whatever_was_sealed_it_becomes_a_case(sealed: dict[str, Any]) -> None:
    assert case_form(application(), "330802", sealed).application == "c-1"


@pytest.mark.parametrize(("area", "known"), [("330802", "330802"), (None, "330800"), ("110000", "330800")])
def test_a_box_of_no_area_of_the_city_is_the_city_s(area: str | None, known: str) -> None:
    assert known_area(area) == known
