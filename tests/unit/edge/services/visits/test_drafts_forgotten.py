"""Drafts that nobody comes back for are gone from the disk, also those that a power cut left."""

from pathlib import Path

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


def test_what_was_submitted_stays(tmp_path: Path) -> None:
    hall = Hall(tmp_path)
    Visitor(hall).goes_to_the_end()
    hall.clock.passed_s += 30 * DAY_S
    hall.visits.tick()
    assert len(hall.store.in_state(["submitted"])) == 1
