"""What is leafed because it does not fit: some answers stand on every part, so that none of them is the hidden one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from edge.domain.visits.matters.relief_intake import HEALTH, INTAKE, OPEN
from edge.kiosk.page import Page, compose
from edge.kiosk.wording import Wording
from edge.services.visits import Look
from tests.unit.edge.services.visits.counter_hall import Hall


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path, matters=[INTAKE])
    yield hall
    hall.store.close()


def parts_of_first_page(hall: Hall, look: Look) -> list[Page]:
    session = hall.visits.begin_by_staff("relief_intake", look, "5001", "desk")
    say, parts = Wording(look.lang), list[Page]()
    while not parts or parts[-1].part < parts[-1].parts:
        hall.visits.edit(session, "health", 0, {"page": [str(len(parts) + 1)]})
        parts.append(compose(hall.visits.view(session), say))
    return parts


def test_where_all_fit_they_stand_on_one_page(hall: Hall) -> None:
    (page,) = parts_of_first_page(hall, Look())
    assert [one.value for one in page.options] == [*HEALTH, *OPEN]


def test_not_knowing_and_not_saying_stand_on_every_part(hall: Hall) -> None:
    parts = parts_of_first_page(hall, Look(lang="en", size="xl"))
    assert len(parts) > 1
    for part in parts:
        assert [one.value for one in part.options][-len(OPEN) :] == list(OPEN)
    leafed = [one.value for part in parts for one in part.options if one.value not in OPEN]
    assert leafed == list(HEALTH)
