"""The only place of the edge that reads a clock."""

import time

from edge.domain.moment import Moment


class SystemClock:
    def now(self) -> Moment:
        return Moment(time.time_ns() // 1_000_000, time.monotonic())
