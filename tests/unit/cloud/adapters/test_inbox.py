"""The ingest's inbox is bounded by bytes, so that many large messages cannot take all memory."""

import queue

import pytest

from cloud.adapters.mqtt_ingest import Inbox
from cloud.ports import Message


def test_full_of_a_few_large_messages_or_of_many_small_ones() -> None:
    for payload, fit in ((bytes(1 << 20), 4), (b"", 4000)):
        inbox = Inbox(4 << 20)
        taken = 0
        while not inbox.full():
            inbox.put_nowait(Message("t", payload, 0))
            taken += 1
        assert fit <= taken <= fit * 1.1
        with pytest.raises(queue.Full):
            inbox.put_nowait(Message("t", payload, 0))


def test_room_comes_back_as_messages_leave_in_their_order() -> None:
    inbox = Inbox(1)  # one message always fits, however large
    for n in range(3):
        inbox.put_nowait(Message(f"t/{n}", bytes(1 << 20), 0))
        assert inbox.get_nowait().topic == f"t/{n}"
        assert inbox.empty()
    with pytest.raises(queue.Empty):
        inbox.get_nowait()
