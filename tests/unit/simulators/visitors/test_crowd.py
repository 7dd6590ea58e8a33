from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.people import AREA_CODES, make_person
from simulators.visitors import ERRANDS, HOURS, Crowd, Visitor


def _told(visitors: list[Visitor]) -> list[tuple[object, ...]]:
    return [(one.name, one.errand.name, one.people, one.cards, one.at_s, one.face, one.phone) for one in visitors]


@pytest.mark.parametrize("kind", ERRANDS)
def test_as_many_come_as_were_asked_for_and_while_the_doors_are_open(kind: str) -> None:
    opens, closes = HOURS[kind]
    visitors = Crowd(2018, kind, 200).of_day(3)
    assert len(visitors) == 200
    assert all(opens * 3600 <= one.at_s < closes * 3600 for one in visitors)
    assert [one.at_s for one in visitors] == sorted(one.at_s for one in visitors)


@given(st.integers(0, 2**32), st.integers(0, 6))
def test_the_same_seed_is_the_same_crowd(seed: int, day: int) -> None:
    assert _told(Crowd(seed, "marriage_office", 5).of_day(day)) == _told(Crowd(seed, "marriage_office", 5).of_day(day))


def test_another_day_is_another_crowd() -> None:
    crowd = Crowd(2018, "care_home", 20)
    assert _told(crowd.of_day(0)) != _told(crowd.of_day(1))


def test_everybody_is_invented() -> None:
    people = [person for one in Crowd(2018, "funeral_home", 100).of_day(0) for person in one.people]
    assert {person.id_number[:6] for person in people} <= set(AREA_CODES)


def test_some_refuse_the_face_some_forget_a_card_some_walk_off() -> None:
    visitors = Crowd(2018, "marriage_office", 1000).of_day(0)
    assert 500 < sum(one.face for one in visitors) < 700
    assert any("forgotten" in one.cards for one in visitors)
    assert any("unreadable" in one.cards for one in visitors)
    assert 0 < sum(one.walks_off >= 0 for one in visitors) < 80
    assert any(one.score for one in visitors)


def test_who_booked_comes_a_little_before_the_time_with_their_code() -> None:
    couple = (make_person(Random(1), sex="1"), make_person(Random(2), sex="2"))
    visitors = Crowd(2018, "marriage_office", 200).of_day(0, [(couple, "123456", "marriage", 36_000.0)])
    (booked,) = (one for one in visitors if one.code)
    assert booked.people == couple
    assert booked.errand.booking == "marriage"
    assert 36_000 - 900 <= booked.at_s <= 36_000


def test_a_second_visit_is_better_prepared() -> None:
    visitor = next(one for one in Crowd(2018, "marriage_office", 1000).of_day(0) if "forgotten" in one.cards)
    visitor.days |= {0, 1}
    visitor.prepare()
    assert set(visitor.cards) == {"good"}
    if visitor.errand.name == "marriage":
        assert visitor.wish("papers.marriage", Random(1)) == "all"
    assert visitor.wish("never asked", Random(1)) is None
