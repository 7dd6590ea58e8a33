"""A simulated week in small: every office for two days, with outages and power cuts, on its real services."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from functools import cache
from pathlib import Path

import pytest

from tests.week.office import SITE_KEY
from tests.week.records import Findings, look
from tests.week.run import BY_KIND, Week, run_week

DAYS, PER_DAY, SEED = 2, 60, 2018
Lived = Callable[[str], tuple[Week, Findings]]


def _live(kind: str, directory: Path) -> tuple[Week, Findings]:
    week = run_week(directory, BY_KIND[kind], days=DAYS, per_day=PER_DAY, seed=SEED)
    return week, _look(week, directory)


def _look(week: Week, directory: Path) -> Findings:
    return look(
        directory, week.facility.id, SITE_KEY, week.journal, week.office.city.checked, week.office.now().wall_ms
    )


@pytest.fixture(scope="module")
def lived(tmp_path_factory: pytest.TempPathFactory) -> Lived:
    """Each kind of office, lived through once."""
    return cache(lambda kind: _live(kind, tmp_path_factory.mktemp(kind)))


@pytest.mark.parametrize("kind", BY_KIND)
def test_every_matter_ends_lawfully_and_nobody_is_lost(kind: str, lived: Lived) -> None:
    week, found = lived(kind)
    assert found.broken == []
    assert len(week.journal.visitors) == DAYS * PER_DAY
    assert found.cases > DAYS * PER_DAY / 2
    assert all(matter.visits for matter in found.matters.values())


def test_a_day_without_network_costs_a_couple_a_second_visit_and_never_an_approval(lived: Lived) -> None:
    week, found = lived("marriage_office")
    assert week.outages.hours_down() >= 24
    assert week.journal.counts["approvals that the box refused"] >= week.journal.counts["again.outage"] > 10
    assert found.matters["marriage"].in_one < 0.7
    assert found.matters["certificates"].in_one > 0.9


def test_after_a_power_cut_people_go_on_by_the_code(lived: Lived) -> None:
    week, _ = lived("marriage_office")
    assert week.journal.counts["power cuts"] >= 1
    assert week.journal.counts["gone on by the code"] >= 1


def test_the_same_seed_is_the_same_week(tmp_path: Path) -> None:
    one, other = (
        run_week(tmp_path / name, BY_KIND["marriage_office"], days=1, per_day=20, seed=SEED)
        for name in ("one", "other")
    )
    assert one.journal.counts == other.journal.counts


def test_what_the_records_do_not_keep_is_found_out(tmp_path: Path) -> None:
    week, found = _live("care_home", tmp_path)
    assert found.broken == []
    case = next(iter(week.journal.told))
    week.journal.told[case] = "another-number"
    assert _look(week, tmp_path).broken == ["somebody was told another-number, and the box does not know it"]


@pytest.mark.parametrize(
    ("damage", "told"),
    [
        ("UPDATE ticket SET state = 'waiting' WHERE number = 'A001'", "A001 is still waiting"),
        ("DELETE FROM ticket WHERE number = 'A001'", "tickets stand in only one of events and queue"),
        ("DELETE FROM event WHERE seq = 9", "the chain has a gap at 10"),
        ("UPDATE matter_case SET number = '' WHERE matter = 'marriage'", "has no number"),
        ("UPDATE matter_case SET state = 'in_review' WHERE matter = 'marriage'", "is still in_review"),
        ("DELETE FROM matter_case WHERE matter = 'marriage'", "cases stand in only one of events and store"),
    ],
)
def test_each_promise_can_be_seen_broken(damage: str, told: str, tmp_path: Path) -> None:
    week = run_week(tmp_path, BY_KIND["marriage_office"], days=1, per_day=6, seed=SEED)
    assert _look(week, tmp_path).broken == []
    with closing(sqlite3.connect(tmp_path / "store.db")) as db, db:
        db.execute(damage)
    assert any(told in one for one in _look(week, tmp_path).broken)
