"""What cannot both be true of one person: a stay and a visit at home on one day, two claims for the same days."""

from datetime import date, timedelta

from hypothesis import given
from hypothesis import strategies as st

from cloud.matters.elder_care.care_records import OPEN
from cloud.matters.elder_care.consistency import CLAIM, STAY, VISIT, Fact, warnings

FIRST = date(2026, 1, 1)


def fact(ledger: str, key: str, since: int, until: int | None = None) -> Fact:
    """Days after the first of January; `until` None: none yet."""
    last = OPEN if until is None else (FIRST + timedelta(days=until)).isoformat()
    return Fact(ledger, key, (FIRST + timedelta(days=since)).isoformat(), last)


def found(*facts: Fact) -> list[tuple[str, str, str]]:
    return [(one.rule, one.first.key, one.second.key) for one in warnings(facts)]


def test_a_visit_on_the_first_and_on_the_last_day_of_a_stay_is_one_too_many() -> None:
    stay = fact(STAY, "s", 10, 20)
    visits = [fact(VISIT, str(day), day, day) for day in (9, 10, 15, 20, 21)]
    assert found(stay, *visits) == [("stay_and_home_care", "s", key) for key in ("10", "15", "20")]


def test_a_stay_without_a_last_day_goes_on() -> None:
    assert found(fact(STAY, "s", 0), fact(VISIT, "v", 400, 400)) == [("stay_and_home_care", "s", "v")]


def test_claims_of_one_day_overlap_and_claims_that_follow_do_not() -> None:
    assert found(fact(CLAIM, "a", 0, 9), fact(CLAIM, "b", 9, 19)) == [("overlapping_claims", "a", "b")]
    assert found(fact(CLAIM, "a", 0, 9), fact(CLAIM, "b", 10, 19)) == []
    (one,) = warnings([fact(CLAIM, "b", 3), fact(CLAIM, "a", 0, 9)])
    assert (one.since, one.until) == ("2026-01-04", "2026-01-10")


def test_two_stays_two_visits_and_other_data_say_nothing_of_one_another() -> None:
    others = [fact("community_care_visit", "c", 3, 3), fact("care_worker", "w", 0)]
    assert found(fact(STAY, "a", 0, 9), fact(STAY, "b", 5, 9), *others) == []
    assert found(fact(VISIT, "a", 3, 3), fact(VISIT, "b", 3, 3), fact(CLAIM, "c", 0, 9), *others) == []


DAYS = st.tuples(st.integers(0, 40), st.one_of(st.none(), st.integers(0, 20)))
FACTS = st.lists(st.tuples(st.sampled_from((STAY, VISIT, CLAIM)), DAYS), max_size=12).map(
    lambda told: [
        fact(ledger, str(n), since, since if ledger == VISIT else None if length is None else since + length)
        for n, (ledger, (since, length)) in enumerate(told)
    ]
)


@given(FACTS)
def test_it_is_what_counting_day_by_day_finds(facts: list[Fact]) -> None:
    days = [(FIRST + timedelta(days=n)).isoformat() for n in range(62)]
    on = {one.key: {day for day in days if one.since <= day <= one.until} for one in facts}
    counted = {
        frozenset((a.key, b.key))
        for a in facts
        for b in facts
        if on[a.key] & on[b.key]
        and ({a.ledger, b.ledger} == {STAY, VISIT} or (a.ledger == b.ledger == CLAIM and a.key != b.key))
    }
    assert {frozenset((one.first.key, one.second.key)) for one in warnings(facts)} == counted


@given(FACTS, st.randoms(use_true_random=False))
def test_the_order_of_the_facts_changes_nothing(facts: list[Fact], chance: object) -> None:
    mixed = list(facts)
    chance.shuffle(mixed)  # type: ignore[attr-defined]
    assert warnings(mixed) == warnings(facts)
