"""How long each page waits (ux brief 2.6)."""

import pytest

from edge.domain.visits.conversation import Ending
from edge.domain.visits.idle import Patience, patience
from edge.domain.visits.questions import Card, Choice, Consent, Question

PAGES = {
    "nothing personal": Choice(name="q", options=(), personal=False),
    "personal": Choice(name="q", options=()),
    "a card is asked for": Card(name="q", personal=False),
    "a text to read": Consent(name="q", slow=True),
    "the receipt": Ending(key="done"),
}


@pytest.mark.parametrize(
    ("page", "normal", "slow"),
    [
        ("nothing personal", (60, 15), (180, 60)),
        ("personal", (90, 30), (180, 60)),
        ("a card is asked for", (90, 30), (180, 60)),
        ("a text to read", (240, 60), (240, 60)),
        ("the receipt", (30, 10), (60, 20)),
    ],
)
def test_who_reads_slowly_gets_more_time(page: str, normal: tuple[int, int], slow: tuple[int, int]) -> None:
    for is_slow, expected in ((False, normal), (True, slow)):
        assert patience(PAGES[page], theme="neutral", is_slow_reader=is_slow) == Patience(*expected)


@pytest.mark.parametrize("page", PAGES.values())
def test_the_relief_station_waits_five_minutes_on_every_page(page: Question | Ending) -> None:
    assert patience(page, theme="relief", is_slow_reader=False) == Patience(300, 60)


@pytest.mark.parametrize("page", PAGES.values())
@pytest.mark.parametrize("is_slow", [False, True])
def test_every_warning_leaves_time_to_touch(page: Question | Ending, is_slow: bool) -> None:
    waits = patience(page, theme="neutral", is_slow_reader=is_slow)
    assert 10 <= waits.warn_s < waits.limit_s
