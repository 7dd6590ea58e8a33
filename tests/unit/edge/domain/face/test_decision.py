"""What a cosine means: a match, a clerk's look, or another way. Never a refusal."""

import math

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.face.decision import MOST_ATTEMPTS, Attempt, Result, Thresholds, judge, may_try_again


@pytest.mark.parametrize(
    ("cosine", "verdict"),
    [
        (1.0, "match"), (0.473, "match"), (0.47, "match"), (0.469, "borderline"), (0.42, "borderline"),
        (0.362, "borderline"), (0.36, "borderline"), (0.359, "mismatch"), (-1.0, "mismatch"), (math.nan, "mismatch"),
    ],
)  # fmt: skip
def test_between_the_lowest_genuine_and_the_highest_impostor_that_were_measured_a_clerk_decides(
    cosine: float, verdict: str
) -> None:
    assert judge(cosine, Thresholds()) == verdict


@given(st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1), st.floats(-1, 1))
def test_a_higher_cosine_is_never_judged_worse(a: float, b: float, one: float, other: float) -> None:
    thresholds = Thresholds(max(a, b), min(a, b))
    order = ["mismatch", "borderline", "match"]
    low, high = sorted((one, other))
    assert order.index(judge(low, thresholds)) <= order.index(judge(high, thresholds))


@pytest.mark.parametrize(("match_from", "mismatch_below"), [(0.3, 0.4), (1.1, 0.4), (math.nan, 0.4)])
def test_thresholds_that_cannot_be_are_told(match_from: float, mismatch_below: float) -> None:
    with pytest.raises(ValueError, match="thresholds"):
        Thresholds(match_from, mismatch_below)


@pytest.mark.parametrize("result", ["mismatch", "not_live", "no_face"])
def test_three_attempts_and_then_the_window(result: Result) -> None:
    attempts = [Attempt(number=number, result=result) for number in range(1, MOST_ATTEMPTS + 1)]
    assert [may_try_again(attempts[:count]) for count in (1, 2, 3)] == [True, True, False]


@pytest.mark.parametrize("result", ["match", "borderline", "no_camera", "no_reference", "cancelled"])
def test_what_another_look_cannot_better_is_not_tried_again(result: Result) -> None:
    assert not may_try_again([Attempt(number=1, result=result)])
