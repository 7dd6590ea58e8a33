"""Signature pad, USB HID: report id 1, flags, x, y and pressure as 12-bit numbers, 8 bytes, 100 a second near a pen.

pad: 01 | flags (bit 0 down, bit 1 in range) | x (2) | y (2) | pressure (2)      little endian
"""

import struct
from collections import deque
from random import Random

from simulators.devices import Report, within

REPORT_ID, PEN_DOWN, IN_RANGE, MOST = 1, 0x01, 0x02, 4095
REPORT_S = 0.01
_ROUNDING_S = 1e-6


def report(flags: int, x: int = 0, y: int = 0, pressure: int = 0) -> bytes:
    return struct.pack("<BBHHH", REPORT_ID, flags, x, y, pressure)


class SignaturePad:
    """The pen writes nobody's name: its path is chance."""

    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._queue: deque[bytes] = deque()
        self._begun: tuple[float, int] | None = None  # when the pen came, and the reports sent since
        self.down_reports = 0  # sent so far
        self._reports: list[Report] = []

    def sign(self, *, strokes: int = 3, stroke_s: float = 0.5) -> None:
        """Somebody writes, lifting the pen after each stroke and taking it away at the end."""
        within("strokes", strokes, 0, 100)
        within("stroke_s", stroke_s, 0, 60)
        for _ in range(strokes):
            x, y = self._rng.randint(500, 3500), self._rng.randint(500, 3500)
            for _ in range(round(stroke_s / REPORT_S)):
                x, y = self._near(x), self._near(y)
                self._queue.append(report(PEN_DOWN | IN_RANGE, x, y, self._rng.randint(200, MOST)))
            self._queue += [report(IN_RANGE, x, y)] * 5
        self._queue.append(report(0))

    def tap(self) -> None:
        """A slip of the pen."""
        self._queue += [report(PEN_DOWN | IN_RANGE, 100, 100, 300)] * 3 + [report(IN_RANGE, 100, 100), report(0)]

    def hover(self) -> None:
        self._queue += [report(IN_RANGE, 2000, 2000)] * 20 + [report(0)]

    def step(self, now: float) -> bytes:
        """All reports that are due; the pen's first one is due at once."""
        if not self._queue:
            self._begun = None
            return b""
        began_at, count = self._begun or (now, 0)
        sent = b""
        while self._queue and began_at + count * REPORT_S <= now + _ROUNDING_S:
            one = self._queue.popleft()
            count += 1
            self.down_reports += one[1] & PEN_DOWN
            if one[1] == 0:
                self._reports.append(Report("", "pen_away"))
            sent += one
        self._begun = began_at, count
        return sent

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - it takes no reports
        return b""

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _near(self, value: int) -> int:
        return min(MOST, max(0, value + self._rng.randint(-40, 40)))
