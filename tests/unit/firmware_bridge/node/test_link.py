"""One thing is asked at a time, three times at most; a late answer is not taken for another one's."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.node import frames
from firmware_bridge.node.frames import MAX_FRAME, UNASKED, Frame
from firmware_bridge.node.link import ANSWER_S, FLASH_ANSWER_S, TRIES, NodeLink, Received
from firmware_bridge.node.messages import Ack, Health, Message, Ping, Reboot, UpdateBegin, UpdateCommit
from firmware_bridge.session import Counters
from tests.unit.firmware_bridge.node.golden import FRAMES, IMAGE_FILE

HEALTH = Health(3600, 7, 1, 0)


def answer(message: Message, sequence: int) -> bytes:
    return frames.encode(message.frame(sequence))


def asked_twice() -> NodeLink:
    """A PING with sequence 1 was answered, one with 2 is being asked."""
    link = NodeLink(Counters())
    link.ask(Ping(), 0.0)
    link.feed(answer(HEALTH, 1))
    assert link.ask(Ping(), 1.0) == FRAMES["ping"]
    return link


def test_an_answer_comes_with_what_it_answers_and_frees_the_link() -> None:
    link = asked_twice()
    assert not link.is_free
    assert link.feed(FRAMES["health"]) == [Received(HEALTH, Ping())]
    assert link.is_free


def test_what_nobody_asked_for_leaves_the_link_waiting() -> None:
    link = asked_twice()
    assert link.feed(FRAMES["health_sensor_failed"]) == [Received(Health(5, 8, 2, 1), None)]
    assert not link.is_free


def test_the_answer_to_an_earlier_question_and_a_second_answer_are_passed_over() -> None:
    link = asked_twice()
    assert link.feed(answer(HEALTH, 1)) == []
    assert link.feed(FRAMES["health"] * 2) == [Received(HEALTH, Ping())]


def test_an_answer_of_an_unknown_type_is_one_all_the_same() -> None:
    assert asked_twice().feed(frames.encode(Frame(0xFE, 2))) == [Received(None, Ping())]


@pytest.mark.parametrize(
    ("message", "patience"),
    [(Reboot(7), ANSWER_S), (UpdateBegin(IMAGE_FILE[:120]), FLASH_ANSWER_S), (UpdateCommit(), FLASH_ANSWER_S)],
)
def test_without_an_answer_it_asks_the_same_again_and_gives_up(message: Message, patience: float) -> None:
    link = NodeLink(Counters())
    wire = link.ask(message, 0.0)
    assert link.tick(patience - 0.01) == (b"", None)
    for attempt in range(1, TRIES):
        assert link.tick(attempt * patience) == (wire, None)
    assert link.tick(TRIES * patience - 0.01) == (b"", None)
    assert link.tick(TRIES * patience) == (b"", message)
    assert link.is_free


def test_sequences_run_from_1_to_255_and_never_are_that_of_what_is_unasked() -> None:
    link, seen = NodeLink(Counters()), []
    for _ in range(256):
        seen.append(frames.decode(link.ask(Ping(), 0.0)[1:-1]))
        link.feed(answer(HEALTH, seen[-1].sequence))  # type: ignore[union-attr]
    sequences = [frame.sequence for frame in seen if frame]
    assert sequences == [*range(1, 256), 1]
    assert UNASKED not in sequences


def test_after_a_restart_an_answer_to_what_was_asked_before_is_none() -> None:
    link = asked_twice()
    link.restart()
    assert link.feed(FRAMES["health"]) == []
    assert link.ask(Reboot(7), 5.0) == FRAMES["reboot"]
    assert link.feed(FRAMES["ack"]) == [Received(Ack(), Reboot(7))]


@given(st.lists(st.binary(max_size=600) | st.sampled_from(list(FRAMES.values()))))
def test_no_bytes_make_it_raise_or_grow(pieces: list[bytes]) -> None:
    link = asked_twice()
    for piece in pieces:
        link.feed(piece)
        assert link.waiting < MAX_FRAME
