"""The queue is fair: nobody is lost, nobody is called twice, and a priority passes by only so often."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from edge.domain.visits.conversation import Ticket
from edge.domain.visits.queue import MOST_OVERTAKEN, OVER, RULES, NotInLine, Queue, rule_of

LETTERS = {"marriage": "A", "divorce": "B"}
ALL = tuple(LETTERS)


def queue() -> Queue:
    return Queue(LETTERS)


def called(line: Queue, queues: tuple[str, ...] = ALL) -> list[str]:
    numbers = []
    while (place := line.call(queues, "1", 0)) is not None:
        numbers.append(place.number)
    return numbers


def test_numbers_count_per_queue_and_are_called_in_their_order() -> None:
    line = queue()
    for number, name in enumerate(("marriage", "divorce", "marriage")):
        line.take(str(number), name, "", "", 0)
    assert called(line) == ["A001", "B001", "A002"]


def test_a_window_calls_only_the_queues_it_serves() -> None:
    line = queue()
    line.take("a", "marriage", "", "", 0)
    line.take("b", "divorce", "", "", 0)
    assert called(line, ("divorce",)) == ["B001"]


def test_a_priority_goes_first_but_the_first_in_line_lets_only_two_pass() -> None:
    line = queue()
    for number, rule in enumerate(("", "age", "age", "age", "age")):
        line.take(str(number), "marriage", rule, "", 0)
    assert called(line) == ["A002", "A003", "A001", "A004", "A005"]


@pytest.mark.parametrize(
    ("ticket", "minute", "rule"),
    [
        (Ticket(queue="q"), 600, ""),
        (Ticket(queue="q", oldest_age=69), 600, ""),
        (Ticket(queue="q", oldest_age=70), 600, "age"),
        (Ticket(queue="q", booked_minute=600), 585, "booked"),
        (Ticket(queue="q", booked_minute=600), 584, ""),
        (Ticket(queue="q", booked_minute=600), 630, "booked"),
        (Ticket(queue="q", booked_minute=600), 631, ""),
        (Ticket(queue="q", asked=frozenset({"infant"})), 0, "infant"),
        (Ticket(queue="q", asked=frozenset({"infant", "disability"})), 0, "disability"),
        (Ticket(queue="q", has_token=True, oldest_age=80), 0, "outage_token"),
    ],
)
def test_the_rules_are_those_that_hang_in_the_hall(ticket: Ticket, minute: int, rule: str) -> None:
    assert rule_of(ticket, minute) == rule
    assert rule in RULES or not rule


def test_whether_the_camera_was_used_changes_nothing() -> None:
    for age in (30, 70):
        rules = {rule_of(Ticket(queue="q", oldest_age=age, face=face), 600) for face in ("used", "not_used")}
        assert len(rules) == 1


def test_after_a_start_the_numbers_go_on_and_the_order_stands() -> None:
    before = queue()
    for number in range(3):
        before.take(str(number), "marriage", "", "", 0)
    before.call(ALL, "1", 0)
    after = queue()
    after.rebuild(reversed(list(before.places.values())))
    assert after.take("new", "marriage", "", "", 0).number == "A004"
    assert called(after) == ["A002", "A003", "A004"]


def test_a_transfer_keeps_the_number_and_the_place() -> None:
    line = queue()
    line.take("a", "marriage", "", "", 0)
    line.take("b", "divorce", "", "", 0)
    line.call(("marriage",), "1", 0)
    moved = line.transfer("a", "divorce")
    assert (moved.number, moved.queue, moved.state) == ("A001", "divorce", "waiting")
    assert called(line, ("divorce",)) == ["A001", "B001"]


def test_a_step_from_the_wrong_place_is_told() -> None:
    line = queue()
    line.take("a", "marriage", "", "", 0)
    with pytest.raises(NotInLine, match="the number is waiting, and would have to be called"):
        line.recall("a")
    line.call(ALL, "1", 0)
    assert line.recall("a").calls == 2
    line.serve("a")
    line.done("a", 60)
    with pytest.raises(NotInLine, match="the number is served"):
        line.no_show("a")
    with pytest.raises(NotInLine, match="unknown here"):
        line.leave("z")


def test_the_estimate_follows_what_it_took_lately_in_steps_of_five_minutes() -> None:
    line = queue()
    for number in range(4):
        line.take(str(number), "marriage", "", "", 0)
    assert line.estimate_min("0", windows=1) == 0
    assert line.estimate_min("3", windows=1) == 45
    assert line.estimate_min("3", windows=2) == 25
    line.call(ALL, "1", 0)
    line.done("0", 8 * 60)
    assert line.estimate_min("3", windows=1) == 20  # two ahead, eight minutes each


STEPS = st.lists(
    st.one_of(
        st.tuples(st.just("take"), st.sampled_from(ALL), st.sampled_from(["", "", "age", "booked"])),
        st.tuples(st.just("call"), st.sampled_from([("marriage",), ("divorce",), ALL]), st.none()),
        st.tuples(st.just("done"), st.none(), st.none()),
        st.tuples(st.just("leave"), st.integers(0, 30), st.none()),
    ),
    max_size=80,
)


@given(STEPS)
def test_nobody_is_lost_or_called_twice_and_the_first_in_line_is_passed_at_most_twice_in_a_row(
    steps: list[tuple[str, object, object]],
) -> None:
    line, taken, seen, passed = queue(), 0, list[str](), dict[str, int]()
    for kind, what, rule in steps:
        if kind == "take":
            line.take(str(taken), str(what), str(rule), "", 0)
            taken += 1
        elif kind == "call":
            assert isinstance(what, tuple)
            waiting = line.waiting(what)
            place = line.call(what, "1", 0)
            assert (place is None) == (not waiting)
            if place is not None:
                seen.append(place.id)
                passed[waiting[0].id] = 0 if place.id == waiting[0].id else passed.get(waiting[0].id, 0) + 1
        elif kind == "done":
            for place in [one for one in line.places.values() if one.state == "called"]:
                line.done(place.id, 1)
        elif str(what) in line.places and line.places[str(what)].state == "waiting":
            line.leave(str(what))
    assert len(seen) == len(set(seen))
    assert all(count <= MOST_OVERTAKEN for count in passed.values())
    over = [one for one in line.places.values() if one.state in OVER]
    rest = called(line)
    assert len(over) + len([one for one in line.places.values() if one.state == "called"]) == taken
    assert len(rest) == len(set(rest))
