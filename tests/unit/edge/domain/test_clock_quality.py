"""How far a box trusts its own clock, and says so."""

import pytest

from edge.domain.clock_quality import ClockComparison, judge
from edge.domain.seeded_ids import SeededIds


@pytest.mark.parametrize(
    ("offset_ms", "synchronised", "quality"),
    [
        (None, None, "uncertain"),  # nobody knows
        (None, False, "uncertain"),
        (None, True, "good"),  # the system follows a time server
        (0, None, "good"),  # compared with the cloud
        (-5_000, False, "good"),
        (5_001, True, "uncertain"),  # a time server that is wrong itself
        (-5_001, None, "uncertain"),
        (120_000, True, "uncertain"),
        (120_001, True, "bad"),
        (-86_400_000, None, "bad"),
    ],
)
def test_the_clock_is_judged_by_its_distance_from_the_clouds(
    offset_ms: int | None, synchronised: bool | None, quality: str
) -> None:
    assert judge(offset_ms, synchronised=synchronised) == quality


def test_a_message_that_was_held_up_does_not_make_the_clock_look_fast() -> None:
    comparison = ClockComparison()
    assert comparison.add(10_000, 9_990) == 10
    assert comparison.add(70_000, 20_000) == 10  # it waited for 50 s at the broker


def test_a_clock_that_was_set_is_noticed_after_a_few_messages() -> None:
    comparison = ClockComparison()
    for second in range(8):
        comparison.add(second, second - 5)
    offsets = [comparison.add(90_000_000 + n, n) for n in range(8)]
    assert offsets[-1] == 90_000_000
    assert [comparison.add(n, 90_000_000 + n) for n in range(1)] == [-90_000_000]  # set back: at once


def test_ids_are_the_same_with_the_same_seed_and_unlike_any_other() -> None:
    one, same, other = SeededIds(b"s" * 16), SeededIds(b"s" * 16), SeededIds(b"o" * 16)
    made = [one(1_780_000_000_000 + n // 10) for n in range(1000)]
    assert made == [same(1_780_000_000_000 + n // 10) for n in range(1000)]
    assert len({*made, *(other(1_780_000_000_000) for _ in range(1000))}) == 2000
    assert {identity.version for identity in made} == {7}
