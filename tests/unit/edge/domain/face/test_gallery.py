"""Whose face opens a door: somebody who wanted that, or nobody."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.face.gallery import Entry, Found, NoGalleryHere, check, may_keep, the_one

GOOD = Entry("a" * 64, "consent", "consent-1", "mobilefacenet@2e3124dded9f", bytes(512))


def test_a_relief_station_keeps_no_faces_and_the_others_may() -> None:
    for kind in ("marriage_office", "care_home", "funeral_home"):
        may_keep(kind)
    with pytest.raises(NoGalleryHere, match="relief_station"):
        may_keep("relief_station")


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
