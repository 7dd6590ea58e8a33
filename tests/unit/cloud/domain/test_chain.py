"""Where an event stands in its facility's chain."""

import pytest

from cloud.domain.chain import Place, Tip, place
from contract.events.envelope import digest
from tests.unit.cloud.facility import Facility, call, envelope_of


def test_first_event_comes_after_nothing() -> None:
    assert place(envelope_of(Facility().event(call())), Tip()) is Place.NEXT


def test_event_with_the_hash_of_the_one_before_it_is_next() -> None:
    facility = Facility()
    first, second = facility.event(call("a-1")), facility.event(call("a-2"))
    assert place(envelope_of(second), Tip(1, digest(first.payload))) is Place.NEXT


@pytest.mark.parametrize(
    ("seq", "tip", "expected"),
    [
        (3, 3, Place.REPEATED),
        (1, 3, Place.REPEATED),
        (5, 3, Place.AHEAD),
        (2, 0, Place.AHEAD),
        (4, 3, Place.FORKED),  # the right number after another event than ours
    ],
)
def test_number_against_the_tip(seq: int, tip: int, expected: Place) -> None:
    assert place(envelope_of(Facility().event(call(), seq=seq)), Tip(tip, "f" * 64)) is expected


def test_after_a_gap_any_hash_is_next_because_ours_never_came() -> None:
    assert place(envelope_of(Facility().event(call(), seq=9, prevhash="e" * 64)), Tip(8, "")) is Place.NEXT
    assert place(envelope_of(Facility().event(call(), seq=10)), Tip(8, "")) is Place.AHEAD
