"""The draw, against one worked by hand with sha256sum and nothing else."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from cloud.matters.inspection.drawing import Inspector, Target, Terms, TooFew, draw, is_from_elsewhere, lot

SEED, NUMBER = "双色球2026109：03 11 17 20 26 31 + 08", "SJ-20260925-00001"
TARGETS = [Target(f"home-{n}", "330802100") for n in (1, 2, 3, 4)]
INSPECTORS = [
    Inspector(f"{letter}-{n}", unit, "330802") for letter, unit in (("M", "民政"), ("F", "消防")) for n in (1, 2, 3)
]
TERMS = Terms(NUMBER, ("民政", "消防"), targets=3, inspectors=2)


def teams(drawn: object) -> list[tuple[int, str, str]]:
    return [(one.n, one.target, one.inspector) for one in drawn]  # type: ignore[attr-defined]


def test_a_lot_is_the_sha_256_of_lines() -> None:
    # printf 'SEED\nNUMBER\ntarget\nhome-2' | sha256sum
    assert lot(SEED, NUMBER, "target", "home-2") == "065853bb9e22e63f0b06c5ad83e0c61154aa1baa46cac70a9e2033bc873fdae6"
    assert lot(SEED, NUMBER, "target", "home-1") == "8ca4b79a26b49361c017c55ccbd12b3933c514ae87bd7126a332623d498d21f1"


def test_the_draw_is_the_one_that_was_worked_by_hand() -> None:
    """Lots begin: targets home-2 0658, home-4 1ca2, home-3 31a4, home-1 8ca4;
    at home-2 M-1 6279, M-2 c7e7, M-3 ca63, F-2 259f, F-1 be99, F-3 dfb9;
    at home-4 M-1 460c, M-3 be10, M-2 d2ad, F-3 3d08, F-2 9b05, F-1 a499;
    at home-3 M-3 21d5, M-1 437f, M-2 bc09, F-2 4c72, F-1 7b62, F-3 b335. Who has been fewer times comes first.
    """
    assert teams(draw(TARGETS, INSPECTORS, TERMS, SEED)) == [
        (1, "home-2", "M-1"), (1, "home-2", "M-2"), (1, "home-2", "F-2"), (1, "home-2", "F-1"),
        (2, "home-4", "M-3"), (2, "home-4", "M-1"), (2, "home-4", "F-3"), (2, "home-4", "F-2"),
        (3, "home-3", "M-3"), (3, "home-3", "M-2"), (3, "home-3", "F-1"), (3, "home-3", "F-3"),
    ]  # fmt: skip


def test_who_has_a_conflict_goes_elsewhere() -> None:
    with_conflict = [Inspector("M-1", "民政", "330802", frozenset({"home-2"})), *INSPECTORS[1:]]
    assert [one for one in teams(draw(TARGETS, with_conflict, TERMS, SEED)) if one[0] == 1] == [
        (1, "home-2", "M-2"), (1, "home-2", "M-3"), (1, "home-2", "F-2"), (1, "home-2", "F-1"),
    ]  # fmt: skip


def test_what_another_draw_had_in_the_meantime_is_passed_over() -> None:
    drawn = draw(TARGETS, INSPECTORS, TERMS, SEED, frozenset({"home-2"}))
    assert list(dict.fromkeys(one.target for one in drawn)) == ["home-4", "home-3", "home-1"]


def test_from_elsewhere_is_another_county_and_never_the_city() -> None:
    target = Target("home-1", "330802100")
    assert is_from_elsewhere(Inspector("1", "民政", "330881"), target)
    assert is_from_elsewhere(Inspector("1", "民政", "330803001"), target)
    assert not is_from_elsewhere(Inspector("1", "民政", "330802"), target)
    assert not is_from_elsewhere(Inspector("1", "民政", "330800"), target)


def test_a_cross_county_draw_sends_nobody_of_the_target_s_own_county() -> None:
    terms = Terms(NUMBER, ("民政",), targets=2, inspectors=2, cross_county=True)
    with pytest.raises(TooFew, match="民政 has 0 inspectors who may go to home-2, 2 are wanted"):
        draw(TARGETS, INSPECTORS, terms, SEED)
    others = [Inspector(f"J-{n}", "民政", "330881") for n in (1, 2)]
    drawn = draw(TARGETS, [*INSPECTORS, *others], terms, SEED)
    assert {one.inspector for one in drawn} == {"J-1", "J-2"}
    assert all(one.cross_county for one in drawn)


def test_too_few_targets_are_said() -> None:
    with pytest.raises(TooFew, match="2 targets are left, 3 are wanted"):
        draw(TARGETS, INSPECTORS, TERMS, SEED, frozenset({"home-1", "home-2"}))


@given(st.text(min_size=1, max_size=64), st.permutations(TARGETS), st.permutations(INSPECTORS))
def test_the_order_in_which_the_pools_lie_changes_nothing(
    seed: str, targets: list[Target], inspectors: list[Inspector]
) -> None:
    drawn = draw(targets, inspectors, TERMS, seed)
    assert drawn == draw(TARGETS, INSPECTORS, TERMS, seed)
    per_visit = [(one.target, one.unit) for one in drawn]
    assert all(per_visit.count(pair) == 2 for pair in per_visit)
    assert len({(one.target, one.inspector) for one in drawn}) == len(drawn) == 12
