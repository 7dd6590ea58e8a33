"""The host's end of the node link: asks one thing at a time, asks again without an answer, and gives up. No I/O.

An answer carries the sequence number of what it answers. Whatever is asked twice does the same as once, so that a lost
answer does no harm.
"""

from typing import NamedTuple

from firmware_bridge.node import frames
from firmware_bridge.node.frames import UNASKED, FrameStream
from firmware_bridge.node.messages import Message, UpdateBegin, UpdateCommit, decode
from firmware_bridge.session import Counters

ANSWER_S = 1.0
FLASH_ANSWER_S = 10.0  # the node may erase a slot, or take the hash of one
TRIES = 3


class Received(NamedTuple):
    """`message`: None when it is of an unknown type or malformed. `asked`: what it answers."""

    message: Message | None
    asked: Message | None


class NodeLink:
    def __init__(self, counters: Counters) -> None:
        self._stream = FrameStream(counters)
        self._sequence = UNASKED
        self._asked: Message | None = None
        self._wire = b""
        self._tries = 0
        self._due = 0.0

    @property
    def waiting(self) -> int:
        """Bytes of a frame that has not ended."""
        return self._stream.waiting

    @property
    def is_free(self) -> bool:
        return self._asked is None

    def restart(self) -> None:
        """The port was opened again. Sequence numbers go on, so that no late answer is taken for a new one."""
        self._stream.clear()
        self._asked = None

    def ask(self, message: Message, now: float) -> bytes:
        """What to send. Only when the link is free."""
        assert self._asked is None
        self._sequence = self._sequence % 255 + 1
        self._asked, self._tries = message, 1
        self._wire = frames.encode(message.frame(self._sequence))
        self._due = now + _patience(message)
        return self._wire

    def feed(self, data: bytes) -> list[Received]:
        """What was received. Answers to what is asked no more are left out."""
        received = []
        for frame in self._stream.feed(data):
            asked = None
            if frame.sequence != UNASKED:
                if self._asked is None or frame.sequence != self._sequence:
                    continue
                asked, self._asked = self._asked, None
            received.append(Received(decode(frame), asked))
        return received

    def tick(self, now: float) -> tuple[bytes, Message | None]:
        """What to send again, and what was asked in vain."""
        if self._asked is None or now < self._due:
            return b"", None
        if self._tries < TRIES:
            self._tries += 1
            self._due = now + _patience(self._asked)
            return self._wire, None
        given_up, self._asked = self._asked, None
        return b"", given_up


def _patience(message: Message) -> float:
    return FLASH_ANSWER_S if isinstance(message, UpdateBegin | UpdateCommit) else ANSWER_S
