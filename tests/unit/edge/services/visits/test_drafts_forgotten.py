"""Drafts that nobody comes back for are gone from the disk, also those that a power cut left."""

from pathlib import Path

from edge.services.visits import Look
from tests.unit.edge.services.visits.counter_hall import CARD, Hall, Visitor

HOUR_S, DAY_S = 3600, 24 * 3600


def drafts(hall: Hall) -> int:
    with hall.store.transaction() as writing:
        (count,) = writing.db.execute("SELECT count(*) FROM matter_case WHERE state = 'draft'").fetchone()
    return int(count)


def left_by_a_power_cut(hall: Hall, matter: str) -> None:
    visitor = Visitor(hall, matter)
    visitor.says(chosen="now")
    hall.visits.on_card(CARD)
    hall.power_cut()


def test_a_draft_that_a_power_cut_left_is_gone_after_a_day_and_a_kept_one_after_a_week(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    left_by_a_power_cut(hall, "errand")
    left_by_a_power_cut(hall, "kept")
    hall.visits.tick()
    assert drafts(hall) == 2
    hall.clock.passed_s += DAY_S + HOUR_S
    hall.visits.tick()
    assert drafts(hall) == 1
    assert hall.visits.offers_resume == "code"
    hall.clock.passed_s += 6 * DAY_S
    hall.visits.tick()
    assert drafts(hall) == 0
    assert hall.visits.offers_resume == ""


def test_a_clock_that_jumps_ahead_makes_no_draft_old(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    left_by_a_power_cut(hall, "errand")
    hall.visits.tick()
    hall.clock.jumped_ms = 400 * DAY_S * 1000
    hall.clock.passed_s += HOUR_S
    hall.visits.tick()
    assert drafts(hall) == 1


def test_a_draft_survives_a_wrong_clock_at_boot_and_can_be_gone_on_with(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    left_by_a_power_cut(hall, "kept")
    (draft,) = hall.store.in_state(["draft"])
    hall.clock.jumped_ms = 400 * DAY_S * 1000
    hall.visits.tick()
    hall.visits.resume(draft.code, Look())
    hall.power_cut()
    hall.clock.jumped_ms = 0
    hall.clock.quality = "good"
    hall.visits.tick()
    assert drafts(hall) == 1


def test_a_draft_that_was_made_under_a_wrong_clock_is_not_old_when_the_clock_is_right(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    hall.clock.jumped_ms = -20 * 365 * DAY_S * 1000
    hall.visits.tick()
    left_by_a_power_cut(hall, "errand")
    hall.visits.tick()
    hall.clock.jumped_ms, hall.clock.quality = 0, "good"
    hall.clock.passed_s += HOUR_S
    hall.visits.tick()
    assert drafts(hall) == 1


def test_two_days_without_power_count_where_the_clock_was_trusted_before_and_after(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    hall.clock.quality = "good"
    hall.visits.tick()
    left_by_a_power_cut(hall, "errand")
    left_by_a_power_cut(hall, "kept")
    hall.clock.passed_s += 2 * DAY_S
    hall.power_cut()
    hall.visits.tick()
    assert [draft.matter for draft in hall.store.in_state(["draft"])] == ["kept"]


def test_a_draft_that_somebody_goes_on_with_is_young_again(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    left_by_a_power_cut(hall, "errand")
    (draft,) = hall.store.in_state(["draft"])
    hall.visits.tick()
    hall.clock.passed_s += 20 * HOUR_S
    hall.visits.tick()
    visitor = Visitor(hall, "errand")
    visitor.session = hall.visits.resume(draft.code, Look())
    visitor.says(way="no")
    hall.power_cut()
    hall.visits.tick()
    hall.clock.passed_s += 20 * HOUR_S
    hall.visits.tick()
    assert drafts(hall) == 1


def test_what_was_submitted_stays(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    Visitor(hall).goes_to_the_end()
    hall.clock.passed_s += 30 * DAY_S
    hall.visits.tick()
    assert len(hall.store.in_state(["submitted"])) == 1
