"""The published bookings follow the records: what a department published stays, what was completed says so."""

from types import SimpleNamespace
from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from cloud.matters.elder_care.figures import FEWEST, told
from cloud.matters.elder_care.published import first_day, next_draft
from cloud.matters.elder_care.records import Kept
from contract.reference import Snapshot, decode, encode
from contract.reference_rows import BookedPerson, Booking, Label, code_hash

NOW_MS = 1_795_600_000_000  # 2026-11-25 in Shanghai
CASE = "019b0000-0000-7000-8000-000000000001"
CITY = Label(zh="民政局", en="bureau")


def theirs(name: str = "d-1", state: str = "booked") -> Booking:
    return Booking.model_validate({
        "booking": name, "matter": "care_visit", "date": "2026-11-25", "time": "09:30", "state": state,
        "persons": (BookedPerson(name_masked="测**"),), "code_hash": code_hash(name, "123456"),
    })  # fmt: skip


def ours(case: str = CASE, **more: Any) -> Any:
    return SimpleNamespace(**{
        "booking": case, "matter": "care_visit", "date": "2026-11-26", "time": "10:30", "name_masked": "测**",
        "token": "ab" * 32, "code_hash": code_hash(case, "654321"), "phone_tail": "5678", "room": "301",
        "state": "booked", **more,
    })  # fmt: skip


def snapshot(*rows: Booking, valid_for_s: int | None = 3600) -> Snapshot:
    return Snapshot(facility="f-1", dataset="bookings", version=7, as_of_ms=NOW_MS - 60_000, source=CITY, rows=rows,
                    valid_for_s=valid_for_s)  # fmt: skip


def kept(*rows: Any, completed: tuple[str, ...] = ()) -> Kept:
    return Kept(rows, frozenset(completed))


def states(last: Snapshot | None, of: Kept) -> dict[str, str]:
    draft = next_draft(last, of)
    assert draft is not None
    return {row.booking: row.state for row in draft.rows}  # type: ignore[attr-defined]


def test_a_booking_of_the_kiosk_stands_beside_those_of_the_department() -> None:
    assert states(snapshot(theirs()), kept(ours())) == {"d-1": "booked", CASE: "booked"}


def test_its_code_opens_it_and_another_does_not() -> None:
    draft = next_draft(None, kept(ours()))
    assert draft is not None
    (row,) = draft.rows
    assert isinstance(row, Booking)
    assert (row.has_code("654321"), row.has_code("654320"), row.about) == (True, False, "301 房间")


def test_who_came_and_left_has_completed_it_whoever_published_it() -> None:
    done = kept(ours(), completed=(CASE, "d-1"))
    assert states(snapshot(theirs()), done) == {"d-1": "completed", CASE: "completed"}


def test_what_was_taken_back_is_told_and_what_is_too_old_goes() -> None:
    published = snapshot(theirs(), theirs("019b0000-0000-7000-8000-0000000000ff"))
    assert states(published, kept(ours(state="cancelled"))) == {"d-1": "booked", CASE: "cancelled"}


def test_nothing_new_is_not_published_again() -> None:
    first = next_draft(snapshot(theirs()), kept(ours()))
    assert first is not None
    assert next_draft(snapshot(*first.rows), kept(ours())) is None  # type: ignore[arg-type]
    assert next_draft(None, kept()) is None


def test_beside_bookings_of_a_department_it_is_not_called_newer_than_they_are() -> None:
    beside, alone = (next_draft(last, kept(ours())) for last in (snapshot(theirs()), None))
    assert beside is not None
    assert (beside.as_of_ms, beside.valid_for_s) == (NOW_MS - 60_000, 3600)
    assert alone is not None
    assert (alone.as_of_ms, alone.valid_for_s) == (None, None)


def test_it_is_a_snapshot_that_a_box_takes() -> None:
    draft = next_draft(snapshot(theirs()), kept(ours(room="", token="", name_masked="**")))
    assert draft is not None
    assert decode(encode(snapshot(*draft.rows))).rows == draft.rows  # type: ignore[arg-type]


def test_a_booking_can_be_reviewed_for_thirty_days() -> None:
    assert first_day(NOW_MS) == "2026-10-26"


@given(st.lists(st.integers(1, 5), max_size=30))
def test_no_mean_and_no_count_is_told_of_fewer_than_five(scores: list[int]) -> None:
    count, mean = told(len(scores), sum(scores))
    if not scores:
        assert (count, mean) == (0, None)
    elif len(scores) < FEWEST:
        assert (count, mean) == (None, None)
    else:
        assert count == len(scores)
        assert mean == round(sum(scores) / len(scores), 2)
