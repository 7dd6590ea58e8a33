"""Keys become texts in one language, and what stands between braces is filled."""

import pytest

from edge.domain.visits.questions import Said
from edge.kiosk.wording import Wording

WORDS = {"tail": Said("尾号 {tail}", "ending in {tail}"), "none": Said("没有留", "none left")}


@pytest.mark.parametrize(("lang", "text"), [("zh", "尾号 5678"), ("en", "ending in 5678")])
def test_a_value_that_is_a_key_is_filled_with_its_own_values(lang: str, text: str) -> None:
    assert Wording(lang, WORDS).of("tail", {"tail": "5678"}) == text


def test_a_value_that_is_no_key_is_shown_as_it_is() -> None:
    say = Wording("zh", WORDS)
    assert (say.of("10:30"), say.of("none"), say.of(Said("周五", "Fri"))) == ("10:30", "没有留", "周五")


def test_a_place_of_a_text_may_be_filled_with_a_key() -> None:
    assert Wording("en", WORDS)("tail", {"tail": "none"}) == "ending in none left"
