"""How far the box's wall clock can be trusted (domain brief 4.0, "clock wrong")."""

from collections import deque

from contract.events.envelope import TimeQuality

_SAMPLES = 8


class ClockComparison:
    """Our clock minus the cloud's, from messages that say when they were sent.

    A message that was held up makes our clock look fast, never slow: the smallest of the last few is nearest the truth.
    """

    def __init__(self) -> None:
        self._offsets: deque[int] = deque(maxlen=_SAMPLES)

    def add(self, our_ms: int, sent_ms: int) -> int:
        """Returns the offset as it is known now, in ms."""
        self._offsets.append(our_ms - sent_ms)
        return min(self._offsets)


def judge(
    offset_ms: int | None, *, synchronised: bool | None, warn_after_s: float = 5, bad_after_s: float = 120
) -> TimeQuality:
    """`offset_ms`: our clock minus the cloud's, None when they were not compared lately. `synchronised`: whether the
    operating system follows a time server, None when it does not say."""
    if offset_ms is not None and abs(offset_ms) > bad_after_s * 1000:
        return "bad"
    if offset_ms is not None and abs(offset_ms) > warn_after_s * 1000:
        return "uncertain"
    return "good" if synchronised or offset_ms is not None else "uncertain"
