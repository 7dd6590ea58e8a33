"""The code by which one goes on leads to one case, however many begin at the same time."""

import secrets
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.unit.edge.services.visits.counter_hall import CARD, STROKES, Hall, Visitor


@pytest.fixture
def hall(tmp_path: Path) -> Iterator[Hall]:
    hall = Hall(tmp_path)
    yield hall
    hall.store.close()


def code_of(visitor: Visitor) -> str:
    return visitor.hall.visits.view(visitor.session).code


def test_two_who_begin_at_once_never_have_the_same_code(hall: Hall, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter((7, 7, 8))
    monkeypatch.setattr(secrets, "randbelow", lambda _below: next(drawn))
    one, other = Visitor(hall), Visitor(hall)
    one.says(chosen="now")
    other.says(chosen="later")
    assert (code_of(one), code_of(other)) == ("0007", "0008")


def test_a_code_stays_from_the_first_answer_to_the_receipt(hall: Hall) -> None:
    visitor = Visitor(hall)
    assert code_of(visitor) == ""
    visitor.says(chosen="now")
    first = code_of(visitor)
    hall.visits.on_card(CARD)
    visitor.says(way="no")
    visitor.says(strokes=STROKES)
    visitor.says(right="1")
    assert visitor.at == "end:done"
    assert code_of(visitor) == first != ""
