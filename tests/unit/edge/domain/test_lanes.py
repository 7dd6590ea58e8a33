"""Go-back-N: whatever the link loses, everything arrives, in order, and never more than a window is under way."""

from hypothesis import given
from hypothesis import strategies as st

from edge.domain.lanes import Lane, ReadingLanes

RESEND_S, WINDOW = 10, 4


def test_a_lane_has_room_for_a_window_beyond_the_watermark() -> None:
    lane = Lane(7, 0, RESEND_S, WINDOW)
    assert lane.room == WINDOW
    lane.on_sent(9, 0)
    assert lane.room == WINDOW - 2
    lane.on_ack(9, 1)
    assert lane.room == WINDOW


def test_a_lane_is_stuck_when_the_watermark_stands_still_though_something_was_sent() -> None:
    lane = Lane(0, 0, RESEND_S, WINDOW)
    assert not lane.is_stuck(1000)  # nothing was sent: nothing can be missing
    lane.on_sent(1, 1000)
    assert not lane.is_stuck(1009.9)
    assert lane.is_stuck(1010)
    lane.go_back(1010)
    assert lane.sent == 0
    assert not lane.is_stuck(1011)


def test_progress_of_the_watermark_starts_the_wait_again() -> None:
    lane = Lane(0, 0, RESEND_S, WINDOW)
    for number in (1, 2, 3):
        lane.on_sent(number, 0)
    lane.on_ack(2, 9)
    assert not lane.is_stuck(18)
    assert lane.is_stuck(19)


def test_an_old_acknowledgement_changes_nothing() -> None:
    lane = Lane(5, 0, RESEND_S, WINDOW)
    lane.on_sent(6, 0)
    lane.on_ack(3, 9)
    assert (lane.acked, lane.sent) == (5, 6)
    assert lane.is_stuck(10)


def test_a_watermark_beyond_what_this_connection_sent_moves_the_lane_on() -> None:
    lane = Lane(0, 0, RESEND_S, WINDOW)
    lane.on_ack(50, 1)
    assert (lane.acked, lane.sent, lane.room) == (50, 50, WINDOW)


class Cloud:
    """Keeps what arrives; its watermark is the end of the unbroken run."""

    def __init__(self) -> None:
        self.has: set[int] = set()

    def take(self, number: int) -> None:
        self.has.add(number)

    @property
    def watermark(self) -> int:
        number = 0
        while number + 1 in self.has:
            number += 1
        return number


@given(st.integers(1, 30), st.lists(st.booleans(), max_size=60), st.lists(st.booleans(), max_size=20))
def test_everything_arrives_over_a_lossy_link_and_the_window_is_respected(
    total: int, messages_lost: list[bool], acks_lost: list[bool]
) -> None:
    """The link loses as it likes, and in the end lets things pass."""
    lane, cloud, now = Lane(0, 0, RESEND_S, WINDOW), Cloud(), 0.0
    drops, ack_drops = iter(messages_lost), iter(acks_lost)
    for _ in range(400):
        now += 1
        if lane.is_stuck(now):
            lane.go_back(now)
        for number in range(lane.sent + 1, min(total, lane.sent + lane.room) + 1):
            assert number <= lane.acked + WINDOW
            assert number == lane.sent + 1  # nothing is skipped
            if not next(drops, False):
                cloud.take(number)
            lane.on_sent(number, now)
        if not next(ack_drops, False):
            lane.on_ack(cloud.watermark, now)
        assert lane.acked <= cloud.watermark
    assert cloud.watermark == lane.acked == total


@given(
    st.integers(0, 20),
    st.lists(st.integers(0, 3), max_size=30),
    st.lists(st.booleans(), max_size=80),
    st.lists(st.booleans(), max_size=20),
)
def test_live_and_backlog_together_deliver_everything(
    stored: int, arrivals: list[int], messages_lost: list[bool], acks_lost: list[bool]
) -> None:
    lanes, cloud, now, last = ReadingLanes(0, stored, 0, RESEND_S, WINDOW), Cloud(), 0.0, stored
    drops, ack_drops, news = iter(messages_lost), iter(acks_lost), iter(arrivals)

    def send(number: int) -> None:
        if not next(drops, False):
            cloud.take(number)

    for _ in range(600):
        now += 1
        last += next(news, 0)
        lanes.repeat_when_stuck(now)
        for number in range(lanes.live_sent + 1, last + 1):  # live readings never wait for the backlog
            send(number)
            lanes.live_sent = number
        backlog = lanes.backlog
        for number in range(backlog.sent + 1, min(lanes.backlog_end, backlog.sent + backlog.room) + 1):
            assert number <= backlog.acked + WINDOW
            send(number)
            backlog.on_sent(number, now)
        assert lanes.live_sent == last
        if not next(ack_drops, False):
            lanes.on_ack(cloud.watermark, now)
        assert lanes.acked <= cloud.watermark
    assert cloud.watermark == lanes.acked == last


def test_live_readings_are_not_sent_twice_while_they_are_acknowledged() -> None:
    lanes = ReadingLanes(10, 10, 0, RESEND_S, WINDOW)
    for number in range(11, 40):
        lanes.live_sent = number
        assert not lanes.repeat_when_stuck(number)
        lanes.on_ack(number, number)
    assert lanes.backlog.sent == lanes.backlog_end or lanes.backlog.room
    assert lanes.acked == 39


def test_live_readings_that_stay_without_an_answer_become_backlog() -> None:
    lanes = ReadingLanes(10, 10, 0, RESEND_S, WINDOW)
    lanes.live_sent = 12
    assert not lanes.repeat_when_stuck(0)
    assert lanes.repeat_when_stuck(10)
    assert (lanes.backlog.sent, lanes.backlog_end) == (10, 12)
