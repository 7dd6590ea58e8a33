"""No small number is told, and none can be found from what is told."""

from hypothesis import given
from hypothesis import strategies as st

from cloud.domain.small_numbers import K, hidden, told

counts = st.dictionaries(st.sampled_from("abcdefg"), st.integers(0, 40), max_size=7)


@given(counts)
def test_what_is_told_is_true_and_never_small(row: dict[str, int]) -> None:
    shown, total = told(row)
    assert set(shown) == set(row)
    for name, count in shown.items():
        assert count is None or (count == row[name] and (count == 0 or count >= K))
    assert total is None or total == sum(row.values())


@given(counts)
def test_nobody_can_take_away_and_find_a_small_one(row: dict[str, int]) -> None:
    """What is left of the total, after all that is told, is at least ten, and belongs to more than one."""
    shown, total = told(row)
    secret = [name for name, count in shown.items() if count is None]
    if total is not None and secret:
        assert total - sum(count for count in shown.values() if count is not None) >= K
        assert len(secret) > 1


def test_one_small_number_takes_the_smallest_other_with_it() -> None:
    assert hidden({"a": 3, "b": 12, "c": 40}) == {"a", "b"}
    assert hidden({"a": 3, "b": 8, "c": 40}) == {"a", "b"}
    assert hidden({"a": 3, "b": 0}) == {"a"}
    assert told({"a": 3, "b": 0}) == ({"a": None, "b": 0}, None)
    assert told({"a": 0, "b": 12}) == ({"a": 0, "b": 12}, 12)
