"""Reference data on its way in: a good newer snapshot is taken; everything else is refused, logged, and takes nothing
from the box."""

from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from contract.reference import MOST_BYTES, Snapshot, decode, encode
from edge.adapters.sqlite_snapshots import SqliteSnapshots
from edge.services.reference_intake import ReferenceIntake
from tests.unit.edge.moments import at
from tests.unit.edge.snapshots import price_list, slots, topic
from tests.unit.edge.stores import FACILITY


@pytest.fixture
def shelf(tmp_path: Path) -> Iterator[SqliteSnapshots]:
    with closing(SqliteSnapshots(tmp_path)) as opened:
        yield opened


@pytest.fixture
def intake(shelf: SqliteSnapshots) -> ReferenceIntake:
    return ReferenceIntake(FACILITY, shelf, lambda _snapshot: True)


def take(intake: ReferenceIntake, *bodies: bytes, dataset: str = "slots", facility: str = FACILITY) -> None:
    for body in bodies:
        assert intake.arrived(topic(dataset, facility), body)
        intake.work(at(0))


def version(shelf: SqliteSnapshots, dataset: str = "slots") -> int | None:
    found = shelf.snapshot(dataset)
    return found.version if found else None


def test_it_asks_for_all_datasets_of_its_own_facility(intake: ReferenceIntake) -> None:
    assert intake.subscriptions == (("onetrip/v1/reference/330803-care-01/+", 1),)


def test_a_newer_version_replaces_an_older_one(intake: ReferenceIntake, shelf: SqliteSnapshots) -> None:
    take(intake, encode(slots(1)))
    assert version(shelf) == 1
    take(intake, encode(slots(7)))
    assert version(shelf) == 7


@pytest.mark.parametrize("older", [6, 7])
def test_an_older_version_and_another_of_the_same_number_are_refused(
    intake: ReferenceIntake, shelf: SqliteSnapshots, caplog: pytest.LogCaptureFixture, older: int
) -> None:
    take(intake, encode(slots(7)), encode(slots(older, places=1)))
    assert shelf.snapshot("slots") == decode(encode(slots(7)))
    assert f"version {older} is not above 7, which is here" in caplog.text


def test_the_same_again_is_passed_over_without_a_word(
    intake: ReferenceIntake, shelf: SqliteSnapshots, caplog: pytest.LogCaptureFixture
) -> None:
    """As after every connect."""
    take(intake, encode(slots(7)), encode(slots(7)))
    assert version(shelf) == 7
    assert not caplog.records


@pytest.mark.parametrize(
    ("body", "why"),
    [
        (encode(slots(9))[:-20], "no JSON"),
        (encode(slots(9)).replace(b'"places":3', b'"places":4'), "sha256"),
        (b"x" * (MOST_BYTES + 1), "above the limit"),
        (encode(price_list(9)), "it is price_list of 330803-care-01"),
        (encode(slots(9, facility="330803-care-02")), "it is slots of 330803-care-02"),
    ],
    ids=["cut", "changed", "too large", "another dataset", "another facility"],
)
def test_a_damaged_or_misplaced_one_never_replaces_a_good_one(
    intake: ReferenceIntake, shelf: SqliteSnapshots, caplog: pytest.LogCaptureFixture, body: bytes, why: str
) -> None:
    take(intake, encode(slots(1)), body)
    assert version(shelf) == 1
    assert version(shelf, "price_list") is None
    assert f"reference: onetrip/v1/reference/330803-care-01/slots refused: {why}" in caplog.text
    take(intake, encode(slots(2)))
    assert version(shelf) == 2


def test_one_on_another_facilitys_topic_is_refused(intake: ReferenceIntake, shelf: SqliteSnapshots) -> None:
    take(intake, encode(slots(1)), facility="330803-care-02")
    assert version(shelf) is None


def test_one_that_is_not_trusted_is_refused(shelf: SqliteSnapshots, caplog: pytest.LogCaptureFixture) -> None:
    trusted: list[Snapshot] = []
    intake = ReferenceIntake(FACILITY, shelf, trusted.__contains__)
    take(intake, encode(slots(1)))
    assert version(shelf) is None
    assert "signature: not the city's" in caplog.text
    trusted.append(decode(encode(slots(1))))
    take(intake, encode(slots(1)))
    assert version(shelf) == 1


def test_a_cleared_topic_takes_nothing_away(intake: ReferenceIntake, shelf: SqliteSnapshots) -> None:
    take(intake, encode(slots(1)), b"")
    assert version(shelf) == 1


def test_a_dataset_of_a_newer_city_is_refused_and_the_others_go_on(
    intake: ReferenceIntake, shelf: SqliteSnapshots, caplog: pytest.LogCaptureFixture
) -> None:
    take(intake, b'{"dataset":"weather"}', dataset="weather")
    take(intake, encode(slots(1)))
    assert version(shelf) == 1
    assert "weather refused: dataset: none of those known here" in caplog.text


def test_other_topics_are_left_to_others(intake: ReferenceIntake) -> None:
    assert not intake.arrived("spBv1.0/330803/NCMD/330803-care-01", b"x")


def test_one_at_a_time_and_of_each_topic_the_last(intake: ReferenceIntake, shelf: SqliteSnapshots) -> None:
    for number in (1, 2, 3):
        intake.arrived(topic("slots"), encode(slots(number)))
    intake.arrived(topic("price_list"), encode(price_list(4)))
    intake.work(at(0))
    assert (version(shelf), version(shelf, "price_list")) == (3, None)
    intake.work(at(0))
    assert (version(shelf), version(shelf, "price_list")) == (3, 4)


def test_while_the_store_refuses_it_waits_and_is_tried_again(
    intake: ReferenceIntake, shelf: SqliteSnapshots, caplog: pytest.LogCaptureFixture
) -> None:
    shelf._db.execute("PRAGMA query_only = 1")
    intake.arrived(topic("slots"), encode(slots(1)))
    for second in (0, 1, 2):
        intake.work(at(second))
    assert len(caplog.records) == 1
    shelf._db.execute("PRAGMA query_only = 0")
    intake.work(at(9))
    assert version(shelf) is None
    intake.work(at(11))
    assert version(shelf) == 1
