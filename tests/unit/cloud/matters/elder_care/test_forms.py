"""What forms of elder care take and what not, and what of them stands sealed."""

from itertools import pairwise
from random import Random
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import ValidationError

from cloud.matters.elder_care.care_safety import percentile
from cloud.matters.elder_care.duty import Centre, Duty
from cloud.matters.elder_care.facts import CareHomeStay, LtcClaim
from cloud.matters.elder_care.homes import Profile
from simulators.people import make_person

PERSON = make_person(Random(2018))
ELDER = {"elder_name": PERSON.name, "elder_number": PERSON.id_number}
CLAIM: dict[str, Any] = {
    **ELDER, "claim": "C-1", "area": "330802", "since": "2024-02-29", "setting": "home", "state": "paid",
    "amount_fen": 0,
}  # fmt: skip
HOME: dict[str, Any] = {
    "home": "home-1", "name": "样例养老院", "area": "330802100", "address": "样例路1号", "phone": "0570-0000000",
    "price_from_fen": 1, "price_to_fen": 2, "beds": 1, "care_levels": ["self"],
}  # fmt: skip


def test_long_term_is_no_last_day() -> None:
    assert LtcClaim.model_validate({**CLAIM, "until": "长期"}).until is None
    assert LtcClaim.model_validate(CLAIM).until is None
    stay = {**ELDER, "stay": "S-1", "home": "home-1", "since": "2024-02-29", "care_level": "self", "until": "长期"}
    assert CareHomeStay.model_validate(stay).until is None


@pytest.mark.parametrize(
    ("wrong", "where"),
    [
        ({"until": "2024-02-28"}, "until is before since"),
        ({"since": "2025-02-29"}, "since"),
        ({"elder_number": PERSON.id_number[:-1] + "?"}, "elder_number"),
        ({"area": "110000"}, "area"),
        ({"claim": "../C"}, "claim"),
        ({"elder_name": "\x00"}, "elder_name"),
        ({"more": 1}, "more"),
    ],
)
def test_a_claim_that_cannot_be_is_refused_with_where(wrong: dict[str, Any], where: str) -> None:
    with pytest.raises(ValidationError, match=where):
        LtcClaim.model_validate({**CLAIM, **wrong})


@pytest.mark.parametrize("name", ["O'Brien", '"; --', "\u202eاسم", "𠮷野家", "长" * 30])
def test_names_of_every_kind_stand_sealed_as_they_are(name: str) -> None:
    plain, personal = LtcClaim.model_validate({**CLAIM, "elder_name": name}).parts()
    assert personal == {"elder_name": name, "elder_number": PERSON.id_number}
    assert not {"elder_name", "elder_number"} & set(plain)


@pytest.mark.parametrize("wrong", [{"price_from_fen": 3}, {"out_of_service": 2}, {"care_levels": []}, {"home": "A b"}])
def test_a_homes_numbers_fit(wrong: dict[str, Any]) -> None:
    assert Profile.model_validate(HOME).beds == 1
    with pytest.raises(ValidationError):
        Profile.model_validate({**HOME, **wrong})


@pytest.mark.parametrize("wrong", [{"number": ""}, {"phone": None}, {"hour": 24}, {"area": "330802100"}])
def test_who_is_on_duty_can_be_reached(wrong: dict[str, Any]) -> None:
    slot: dict[str, Any] = {"area": "330802", "day": "2028-02-29", "hour": 8, "number": "7", "phone": "000-12345678"}
    assert "phone" not in Duty.model_validate(slot).parts()[0]
    assert Duty.model_validate({**slot, "number": "", "phone": None}).number == ""
    with pytest.raises(ValidationError):
        Duty.model_validate({**slot, **wrong})


@given(st.lists(st.integers(0, 23), max_size=6))
def test_slots_of_a_centre_begin_at_ascending_hours_of_the_day(hours: list[int]) -> None:
    row = {"area": "330802", "name": "中心", "hours": hours, "head_phone": "000-12345678"}
    if hours and all(before < after for before, after in pairwise(hours)):
        assert Centre.model_validate(row).hours == tuple(hours)
    else:
        with pytest.raises(ValidationError):
            Centre.model_validate(row)


def test_percentiles_are_by_nearest_rank() -> None:
    assert (percentile([], 95), percentile([7], 95), percentile(range(1, 101), 95)) == (None, 7, 95)
    assert percentile([3, 1, 2], 50) == 2
