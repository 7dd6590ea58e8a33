"""The life of a case, and what makes two submissions one."""

import pytest

from edge.domain.visits.case import Case, IllegalStep, act_of, number_of


def case(state: str = "draft", matter: str = "marriage") -> Case:
    return Case("id", matter, "1234", "kiosk-1", 0, 0, state=state)  # type: ignore[arg-type]


def test_a_registration_is_never_approved_before_its_check_on_line_was_clear() -> None:
    waiting = case("in_review")
    for found in ({}, {"online_check": "conflict"}):
        waiting.checks = dict(found)
        with pytest.raises(IllegalStep, match="only after the check on line was clear"):
            waiting.step("approved")
        assert waiting.state == "in_review"
    waiting.checks["online_check"] = "clear"
    waiting.step("approved")
    assert waiting.state == "approved"


def test_taken_in_off_line_it_is_held_and_can_go_on_only_by_the_check_or_a_person() -> None:
    held = case("awaiting_online_check")
    with pytest.raises(IllegalStep, match="awaiting_online_check does not become approved"):
        held.step("approved")
    held.step("accepted")


@pytest.mark.parametrize("over", ["closed", "withdrawn"])
def test_what_is_over_stays_over(over: str) -> None:
    with pytest.raises(IllegalStep):
        case(over).step("in_review")


def test_other_matters_need_no_check_on_line_to_be_approved() -> None:
    permit = case("in_review", "outbound_transfer")
    permit.step("approved")


def test_the_same_matter_persons_day_and_target_are_one_act_in_any_order() -> None:
    first = act_of("marriage", ["b" * 64, "a" * 64], "2026-11-25", "marriage.first", "case-1")
    assert act_of("marriage", ["a" * 64, "b" * 64], "2026-11-25", "marriage.first", "case-2") == first
    assert act_of("marriage", ["a" * 64], "2026-11-25", "marriage.first", "case-2") != first
    assert act_of("marriage", ["b" * 64, "a" * 64], "2026-11-26", "marriage.first", "case-1") != first


def test_without_persons_every_case_is_its_own_act() -> None:
    assert act_of("relief", [], "2026-11-25", "", "case-1") != act_of("relief", [], "2026-11-25", "", "case-2")


def test_a_number_tells_the_facility_the_day_and_the_count() -> None:
    assert number_of("330802-marriage-01", "2026-11-25", 7) == "330802-marriage-01-20261125-0007"


def test_a_face_answer_of_before_schema_5_is_of_whom_the_card_was() -> None:
    old = case()
    old.answers = {"first.card": {"person": {"token": "ab"}}, "first.face": {"result": "match"}}
    assert old.of_whom("first.face") == "ab"
    old.answers["first.face"] = {"result": "match", "of": "cd"}
    assert old.of_whom("first.face") == "cd"
