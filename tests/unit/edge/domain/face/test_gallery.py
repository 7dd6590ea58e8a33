"""Whose face opens a door: somebody who wanted that, or nobody."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.face.gallery import Entry, Found, Grant, NoGalleryHere, check, may_keep, the_one

GOOD = Entry("a" * 64, "consent", "consent-1", "mobilefacenet@2e3124dded9f", bytes(512))


def test_a_care_home_may_keep_faces() -> None:
    may_keep("care_home")


@pytest.mark.parametrize("kind", ["marriage_office", "funeral_home", "relief_station", "anything_new"])
def test_no_other_kind_of_facility_keeps_any(kind: str) -> None:
    with pytest.raises(NoGalleryHere, match=kind):
        may_keep(kind)


GRANTED: dict[str, Any] = {
    "id": "g-1", "person": "a" * 64, "who": "resident", "name": "测试甲 201", "basis": "consent",
    "text_version": "gallery-2026-11", "by": "3001", "at_ms": 1,
}  # fmt: skip


@pytest.mark.parametrize("lacking", ["id", "person", "name", "text_version", "by"])
def test_a_grant_names_the_person_what_was_agreed_and_who_wrote_it_down(lacking: str) -> None:
    Grant(**GRANTED)
    with pytest.raises(ValueError, match="kept"):
        Grant(**{**GRANTED, lacking: ""})


@pytest.mark.parametrize("told", [{}, {"given_by": "测试乙，女儿"}, {"why": "失智"}])
def test_a_guardians_decision_has_a_name_and_a_reason(told: dict[str, str]) -> None:
    Grant(**GRANTED | {"basis": "guardian", "given_by": "测试乙，女儿", "why": "失智"})
    with pytest.raises(ValueError, match="guardian"):
        Grant(**GRANTED | {"basis": "guardian"} | told)


@pytest.mark.parametrize(
    "entry",
    [
        Entry("", "consent", "consent-1", "m@1", bytes(512)),
        Entry("a" * 64, "consent", "", "m@1", bytes(512)),
        Entry("a" * 64, "habit", "consent-1", "m@1", bytes(512)),  # type: ignore[arg-type]
        Entry("a" * 64, "consent", "consent-1", "", bytes(512)),
        Entry("a" * 64, "consent", "consent-1", "m@1", b""),
        Entry("a" * 64, "consent", "consent-1", "m@1", bytes(511)),
    ],
)
def test_a_face_without_its_ground_is_not_kept(entry: Entry) -> None:
    check(GOOD)
    with pytest.raises(ValueError, match=r"kept|float32"):
        check(entry)


@given(st.lists(st.floats(-1, 1), max_size=5))
def test_nobody_is_meant_below_the_threshold(cosines: list[float]) -> None:
    found = [Found(f"p{number}", cosine) for number, cosine in enumerate(cosines)]
    person = the_one(found, 0.47)
    assert person == "" or {one.person: one.cosine for one in found}[person] == max(cosines) >= 0.47


def test_two_who_look_alike_are_for_a_person_to_tell_apart() -> None:
    assert the_one([Found("a", 0.8), Found("b", 0.6)], 0.47) == "a"
    assert the_one([Found("b", 0.78), Found("a", 0.8)], 0.47) == ""
    assert the_one([], 0.47) == ""
