"""The only place of the edge that reads a clock."""

import ctypes
import time

from contract.events.envelope import TimeQuality
from edge.domain.clock_quality import judge
from edge.domain.moment import Moment

_TIME_ERROR = 5  # adjtimex(2): the clock is not synchronised
_TIMEX_BYTES = 256  # room for struct timex of any architecture; modes = 0 at its start reads only


class SystemClock:
    def __init__(self, warn_after_s: float = 5, bad_after_s: float = 120) -> None:
        self._limits = (warn_after_s, bad_after_s)
        self._quality: TimeQuality = "uncertain"

    def now(self) -> Moment:
        return Moment.of_us(time.time_ns() // 1_000_000, time.monotonic_ns() // 1000, self._quality)

    def compare(self, offset_ms: int | None) -> None:
        """`offset_ms`: our clock minus the cloud's, None when it is not known lately. Judges the clock anew."""
        warn_s, bad_s = self._limits
        self._quality = judge(offset_ms, synchronised=_synchronised(), warn_after_s=warn_s, bad_after_s=bad_s)


def _synchronised() -> bool | None:
    """Whether the kernel's clock follows a time server (adjtimex(2)); None where it does not say."""
    try:
        state = ctypes.CDLL(None, use_errno=True).adjtimex(ctypes.create_string_buffer(_TIMEX_BYTES))
    except (OSError, AttributeError):
        return None
    return None if state < 0 else state != _TIME_ERROR
