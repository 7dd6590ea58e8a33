"""Simulated time: processes that say how long they wait, and a clock that jumps to whoever is due. Nothing sleeps."""

import heapq
from collections.abc import Iterator
from itertools import count

Process = Iterator[float]
"""Does something at each step and yields the seconds until its next one."""


class Timeline:
    """Processes that are due at the same moment go on in the order in which they came to wait."""

    def __init__(self) -> None:
        self.now_s = 0.0
        self._due: list[tuple[float, int, Process]] = []
        self._order = count()

    def start(self, process: Process, at_s: float | None = None) -> None:
        """`at_s`: when it takes its first step, never in the past; None: at once."""
        heapq.heappush(self._due, (max(self.now_s, at_s or 0.0), next(self._order), process))

    def run(self) -> None:
        """Until every process has ended."""
        while self._due:
            self.now_s, _, process = heapq.heappop(self._due)
            wait_s = next(process, None)
            if wait_s is not None:
                self.start(process, self.now_s + wait_s)
