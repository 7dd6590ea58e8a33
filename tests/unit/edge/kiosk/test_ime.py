"""Characters by their pinyin: those a place is named with are found with few keys."""

import pytest

from edge.kiosk.ime import characters


@pytest.mark.parametrize(
    ("spelled", "character"),
    [
        ("lu", "路"),
        ("jie", "街"),
        ("qu", "区"),
        ("xi", "溪"),
        ("cun", "村"),
        ("lv", "绿"),
        ("zhong", "重"),
        ("chong", "重"),
    ],
)
def test_a_whole_reading_gives_its_characters(spelled: str, character: str) -> None:
    assert character in characters(spelled)[:60]


def test_a_reading_that_is_begun_gives_some_and_whole_ones_come_first() -> None:
    assert characters("l")
    assert set(characters("lu")) > {"路", "鲁"}
    assert characters("xi").index("西") < characters("xi").index("下")


def test_nothing_comes_of_nothing() -> None:
    assert characters("") == []
    assert characters("qqq") == []
