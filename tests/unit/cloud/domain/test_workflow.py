"""A procedure as a table: what it allows, what it refuses, and tables that cannot be meant."""

import pytest

from cloud.domain.actor import above, covers, level_of
from cloud.domain.deadline import Limit
from cloud.domain.happened import IllegalStep
from cloud.domain.workflow import AWAITING_APPLICANT, Workflow, clock, step
from cloud.matters import KINDS

SMALL = Workflow(
    start="submitted",
    final=frozenset({"approved", "refused"}),
    steps=(
        step("ask_more", "submitted", AWAITING_APPLICANT, "clerk", reason=True),
        step("answer", AWAITING_APPLICANT, "submitted", "applicant"),
        step("approve", "submitted", "approved", "reviewer", level="county"),
        step("refuse", f"submitted|{AWAITING_APPLICANT}", "refused", "reviewer", reason=True),
    ),
    clocks=(clock("decision", "submitted", Limit(working_days=5)),),
)


def test_a_state_has_its_steps_and_no_others() -> None:
    assert SMALL.names("submitted") == ("ask_more", "approve", "refuse")
    assert SMALL.step(AWAITING_APPLICANT, "refuse").to == "refused"
    with pytest.raises(
        IllegalStep, match="no step 'approve' from state 'awaiting_applicant'; possible: answer, refuse"
    ):
        SMALL.step(AWAITING_APPLICANT, "approve")
    with pytest.raises(IllegalStep, match="possible: -"):
        SMALL.step("approved", "refuse")
    assert SMALL.clock_in("submitted") is SMALL.clock("decision")
    assert SMALL.clock_in("approved") is None


@pytest.mark.parametrize(
    ("final", "steps", "clocks"),
    [
        ({"b"}, (step("go", "a", "b", "clerk"), step("go", "a", "c", "clerk")), ()),  # one step, two ends
        ({"b"}, (step("go", "a", "b", "clerk"), step("stray", "a", "c", "clerk")), ()),  # c is never left
        ({"b"}, (step("go", "a", "b", "clerk"), step("back", "c", "a", "clerk")), ()),  # c is never reached
        ({"b", "x"}, (step("go", "a", "b", "clerk"),), ()),  # x is never reached
        ({"b"}, (step("go", "a", "b", "clerk"), step("on", "b", "a", "clerk")), ()),  # b is no end
        ({"b"}, (step("go", "a", "b", "clerk"),), (clock("c", "b", Limit(hours=1)),)),  # time for what is over
        ({"b"}, (step("go", "a", "b", "clerk"),), (clock("c", "a", Limit(hours=1)), clock("d", "a", Limit(hours=2)))),
    ],
)
def test_a_table_that_cannot_be_meant_is_said_at_once(final: set[str], steps: tuple, clocks: tuple) -> None:
    with pytest.raises(ValueError, match=r"two steps|reached|clock"):
        Workflow(start="a", final=frozenset(final), steps=steps, clocks=clocks)


@pytest.mark.parametrize("kind", KINDS.values(), ids=lambda kind: kind.name)
def test_every_kind_names_forms_for_steps_that_it_has(kind) -> None:  # type: ignore[no-untyped-def]
    assert set(kind.forms) <= {one.name for one in kind.workflow.steps}


def test_areas_lie_in_one_another() -> None:
    assert [level_of(area) for area in ("330800", "330802", "330802100", "330802100203")] == [
        "city", "county", "township", "village",
    ]  # fmt: skip
    assert covers("330800", "330881001")
    assert covers("330802", "330802100203")
    assert not covers("330802", "330803100")
    assert not covers("330802100", "330802")
    assert [above(area) for area in ("330802100203", "330802100", "330802", "330800")] == [
        "330802100", "330802", "330800", "330800",
    ]  # fmt: skip
    for wrong in ("3308", "110101", "33080", "33080210a", ""):
        with pytest.raises(ValueError, match="no area code"):
            level_of(wrong)
