"""The queue on a real store: a number belongs to its case's transaction, survives a power cut, and is called once."""

from pathlib import Path

import pytest

from edge.adapters import sqlite_queue
from edge.domain.visits.conversation import Ticket
from edge.domain.visits.queue import NotInLine
from edge.services.queueing import Queueing
from tests.unit.edge.services.visits.counter_hall import Hall

LETTERS = {"marriage": "A", "other": "D"}


def case(number: int) -> str:
    return f"019ac000-0000-7000-8000-{number:012d}"


def queueing(hall: Hall, windows: int = 1) -> Queueing:
    return Queueing(LETTERS, windows, hall.store, sqlite_queue, hall.clock, hall.new_id)


def estimate_min(hall: Hall, line: Queueing, case_id: str) -> int:
    with hall.store.transaction() as writing:
        return line.take(writing, Ticket(queue="marriage"), case_id, hall.clock.now())[0].estimate_min


def take(hall: Hall, line: Queueing, case_id: str, queue: str = "marriage", **facts: int) -> str:
    with hall.store.transaction() as writing:
        now = hall.clock.now()
        taken, events = line.take(writing, Ticket(queue=queue, **facts), case_id, now)  # type: ignore[arg-type]
        writing.add_events(events, now)
    return taken.number


@pytest.fixture
def hall(tmp_path: Path) -> Hall:
    return Hall(tmp_path)


def test_a_number_is_called_at_a_window_and_done_and_each_step_is_told(hall: Hall) -> None:
    line = queueing(hall)
    take(hall, line, case(1))
    hall.clock.passed_s += 60
    place = line.call_next("3", "s-1")
    assert place is not None
    assert (place.number, place.window, place.waited_s) == ("A001", "3", 60)
    assert [(call.number, call.window, call.times) for call in line.shown().calls] == [("A001", "3", 1)]
    line.recall(place.id, "s-1")
    assert line.shown().calls[0].times == 2
    line.serve(place.id, "s-1")
    hall.clock.passed_s += 300
    done = line.done(place.id, "s-1")
    assert done is not None
    assert done.handled_s == 300
    assert line.shown().calls == []
    assert hall.events() == ["queue.ticket", "queue.called", "queue.called", "queue.done"]


def test_a_transaction_that_comes_to_nothing_gives_no_number_away(hall: Hall) -> None:
    line = queueing(hall)

    def half_done() -> None:
        with hall.store.transaction() as writing:
            line.take(writing, Ticket(queue="marriage"), case(1), hall.clock.now())
            raise RuntimeError

    with pytest.raises(RuntimeError):
        half_done()
    assert line.today() == []
    assert take(hall, line, case(2)) == "A001"


def test_after_a_power_cut_the_line_stands_and_a_clock_that_was_set_moves_nobody(hall: Hall) -> None:
    line = queueing(hall)
    for number in range(3):
        take(hall, line, case(number))
    line.call_next("1", "s-1")
    hall.power_cut()
    hall.clock.jumped_ms = -3600_000
    line = queueing(hall)
    assert take(hall, line, case(3)) == "A004"
    called = [line.call_next("1", "s-1") for _ in range(4)]
    assert [place.number if place else None for place in called] == ["A002", "A003", "A004", None]


def test_the_next_day_begins_with_one(hall: Hall) -> None:
    line = queueing(hall)
    take(hall, line, case(1))
    hall.clock.passed_s += 24 * 3600
    assert take(hall, line, case(2)) == "A001"


def test_who_takes_a_matter_back_waits_no_longer(hall: Hall) -> None:
    line = queueing(hall)
    take(hall, line, case(1))
    take(hall, line, case(2))
    with hall.store.transaction() as writing:
        writing.add_events(line.give_back(writing, case(1), hall.clock.now()), hall.clock.now())
    place = line.call_next("1", "s-1")
    assert place is not None
    assert place.number == "A002"
    assert hall.events()[2] == "queue.done"


def test_a_matter_without_a_queue_of_its_own_stands_in_the_one_for_other_matters(hall: Hall) -> None:
    assert take(hall, queueing(hall), case(1), queue="unheard-of") == "D001"


def test_the_estimate_counts_the_windows_that_are_open(hall: Hall) -> None:
    line = queueing(hall, windows=3)
    for number in range(7):
        take(hall, line, case(number))
    assert estimate_min(hall, line, case(7)) == 35
    line.open_window("1", ["marriage"], "s-1")
    line.open_window("2", ["other"], "s-2")
    assert estimate_min(hall, line, case(8)) == 120
    line.open_window("3", ["marriage"], "s-3")
    assert estimate_min(hall, line, case(9)) == 70
    line.close_window("s-3")
    assert estimate_min(hall, line, case(10)) == 150


def test_a_step_that_cannot_be_is_refused_and_writes_nothing(hall: Hall) -> None:
    line = queueing(hall)
    take(hall, line, case(1))
    [place] = line.today()
    with pytest.raises(NotInLine):
        line.done(place.id, "s-1")
    assert hall.events() == ["queue.ticket"]


def test_who_waits_for_a_change_is_told_of_it(hall: Hall) -> None:
    line = queueing(hall)
    seen = line.shown().version
    assert line.wait(seen, 0.01) == seen
    take(hall, line, case(1))
    assert line.wait(seen, 5) != seen
    assert line.shown().waiting == {"marriage": 1, "other": 0}


# windows


def test_after_a_power_cut_each_is_at_the_same_window_with_the_number_that_was_there(hall: Hall) -> None:
    line = queueing(hall)
    take(hall, line, case(1))
    line.open_window("2", ["marriage"], "s-1")
    line.call_next("2", "s-1", ["marriage"])
    hall.power_cut()
    line = queueing(hall)
    window = line.window_of("s-1")
    assert window is not None
    assert (window.name, window.queues) == ("2", ("marriage",))
    [place] = line.today()
    assert (place.number, place.window, place.state) == ("A001", "2", "called")
    assert line.window_of("s-2") is None


def test_nobody_leaves_a_window_with_a_number_at_it_alone(hall: Hall) -> None:
    line = queueing(hall)
    take(hall, line, case(1))
    line.open_window("2", line.queues, "s-1")
    place = line.call_next("2", "s-1")
    assert place is not None
    for leave in (lambda: line.close_window("s-1"), lambda: line.open_window("3", line.queues, "s-1")):
        with pytest.raises(NotInLine):
            leave()
    line.open_window("2", ["other"], "s-1")  # other queues at the same window
    line.open_window("2", line.queues, "s-2")  # a colleague is there too
    line.close_window("s-1")
    line.done(place.id, "s-2")
    line.close_window("s-2")
    assert line.window_of("s-1") is line.window_of("s-2") is None


def test_a_window_counts_on_the_day_on_which_somebody_serves_there(hall: Hall) -> None:
    line = queueing(hall, windows=3)
    line.open_window("1", ["marriage"], "s-1")
    hall.clock.passed_s += 24 * 3600
    for number in range(7):
        take(hall, line, case(number))
    assert estimate_min(hall, line, case(7)) == 35, "as if none had been opened: nobody knows who works today"
    line.call_next("1", "s-1")
    assert estimate_min(hall, line, case(8)) == 105


def test_who_takes_over_a_shift_takes_over_the_window(hall: Hall) -> None:
    line = queueing(hall)
    line.open_window("2", ["marriage"], "s-1")
    line.open_window("4", line.queues, "s-3")
    with hall.store.transaction() as writing:
        line.pass_window(writing, "s-1", "s-2")
    window = line.window_of("s-2")
    assert window is not None
    assert window.name == "2"
    assert line.window_of("s-1") is None
    with hall.store.transaction() as writing:
        line.pass_window(writing, "s-2", "s-3")
    assert line.window_of("s-3").name == "4", "who has one stays there"  # type: ignore[union-attr]


def test_a_window_of_a_queue_that_the_hall_no_longer_has_serves_the_others(hall: Hall) -> None:
    queueing(hall).open_window("1", ["marriage", "other"], "s-1")
    line = Queueing({"other": "D"}, 1, hall.store, sqlite_queue, hall.clock, hall.new_id)
    assert line.window_of("s-1").queues == ("other",)  # type: ignore[union-attr]
