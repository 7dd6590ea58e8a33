"""Hospital blood-pressure module (NIBP2010/NIBP2020 kind), 4800 8N1; nothing is inflated.

host:   STX | command (2) ; ; | checksum (2) | ETX, or X alone: stop
module: STX | 035C0S3 | ETX CR while it measures, STX | 999 | ETX CR at the end, STX | S..;;checksum | ETX CR when asked
"""

import re
from random import Random

from simulators.devices import Report

MEASURE, STATUS = b"01", b"18"
CUFF_EVERY_S = 0.5
TOP_MMHG, FALL_MMHG = 160, 8  # the cuff loses so much with each report
STANDBY, ERROR = 1, 2
CUFF_LOOSE = 6
MAX_RECEIVED = 256

_COMMAND = re.compile(rb"X|\x02([0-9]{2});;([0-9A-F]{2})\x03")

Pressures = tuple[int, int, int, int]  # systolic, diastolic, mean, pulse


def checked(text: str) -> bytes:
    return f"\x02{text}{sum(text.encode()) % 256:02X}\x03\r".encode()


class BloodPressureModule:
    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._next: Pressures | None = None
        self._last: Pressures | None = None
        self._untold = False  # whether the last result has been asked for
        self._message = 0
        self._cuff_loose = False
        self._cuff_mmhg: int | None = None  # while it measures
        self._due = 0.0
        self._received = b""
        self._reports: list[Report] = []

    def set_patient(self, systolic: int, diastolic: int, pulse: int) -> None:
        """What the next measurements will find."""
        self._next = (systolic, diastolic, (systolic + 2 * diastolic) // 3, pulse)

    def press_start(self) -> None:
        """Somebody presses the module's own key."""
        self._begin(0.0)

    def loosen_cuff(self) -> None:
        self._cuff_loose = True

    def tighten_cuff(self) -> None:
        self._cuff_loose = False

    def step(self, now: float) -> bytes:
        if self._cuff_mmhg is None or now < self._due:
            return b""
        self._due = now + CUFF_EVERY_S
        sent = f"\x02{self._cuff_mmhg:03}C0S3\x03\r".encode()
        self._cuff_mmhg -= FALL_MMHG
        if self._cuff_mmhg > 0 and not (self._cuff_loose and self._cuff_mmhg < TOP_MMHG - 40):
            return sent
        return sent + self._end()

    def receive(self, data: bytes, now: float) -> bytes:
        self._received = (self._received + data)[-MAX_RECEIVED:]
        answers = b""
        while found := _COMMAND.search(self._received):
            self._received = self._received[found.end() :]
            if found[1] is None:
                answers += self._stop()
            elif f"{sum(found[1] + b';;') % 256:02X}".encode() == found[2]:
                answers += self._obey(found[1], now)
        return answers

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _obey(self, command: bytes, now: float) -> bytes:
        if command == STATUS:
            return self._status()
        if command == MEASURE:
            self._begin(now)
        return b""

    def _begin(self, now: float) -> None:
        if self._cuff_mmhg is None:
            self._cuff_mmhg, self._due, self._message = TOP_MMHG, now, 0

    def _stop(self) -> bytes:
        if self._cuff_mmhg is None:
            return b""
        self._cuff_mmhg, self._untold = None, False
        return b"\x02999\x03\r"

    def _end(self) -> bytes:
        self._cuff_mmhg, self._untold = None, True
        if self._cuff_loose:
            self._message = CUFF_LOOSE  # the pressures of before stay
        else:
            guess = (self._rng.randint(105, 140), self._rng.randint(62, 88))
            high, low, mean, beat = self._next or (*guess, (guess[0] + 2 * guess[1]) // 3, self._rng.randint(60, 90))
            self._last = (high, low, mean, beat)
        return b"\x02999\x03\r"

    def _status(self) -> bytes:
        pressures, pulse = "-" * 9, "-" * 3
        if self._last:
            high, low, mean, beat = self._last
            pressures, pulse = f"{high:03}{low:03}{mean:03}", f"{beat:03}"
        if self._untold and self._cuff_mmhg is None:
            self._untold = False
            shown = f"{pressures[:3]}/{pressures[3:6]}/{pressures[6:]} {pulse}"
            self._reports.append(Report("", "failed" if self._message else shown))
        state = ERROR if self._message else STANDBY
        return checked(f"S{state};A0;C00;M{self._message:02};P{pressures};R{pulse};T----;;")
