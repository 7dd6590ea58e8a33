"""Bluetooth blood-pressure monitor behind a serial BLE bridge, `IND 2A35 <hexadecimal>` each time, 115200 8N1.

flags | systolic (2) | diastolic (2) | mean (2) | time (7) | pulse (2)      little endian, SFLOAT, mmHg
"""

import struct
from collections.abc import Mapping
from datetime import datetime, timedelta
from random import Random

from simulators.devices import Report, within

BEGAN = datetime(2026, 7, 21, 9, 30)  # noqa: DTZ001 - the monitor's clock shows China's time and knows no zone
TIME_AND_PULSE, STATUS = 0x06, 0x10
NAN = 0x07FF
CUFF_LOOSE = 0x0002


def indication(value: bytes) -> bytes:
    return f"IND 2A35 {value.hex().upper()}\r\n".encode("ascii")


def value(pressures: tuple[int, int, int], moment: datetime, pulse: int, status: int | None = None) -> bytes:
    """Whole mmHg need no exponent: a mantissa of 12 bits is enough."""
    flags = TIME_AND_PULSE | (0 if status is None else STATUS)
    date = (moment.year, moment.month, moment.day, moment.hour, moment.minute, moment.second)
    packed = struct.pack("<B3HH5BH", flags, *pressures, *date, pulse)
    return packed if status is None else packed + struct.pack("<H", status)


class BloodPressureMonitor:
    FAULTS = frozenset({"clock"})

    def __init__(self, rng: Random, *, began: datetime = BEGAN) -> None:
        self._rng, self._began = rng, began
        self._days_fast = 0.0
        self._waiting: list[tuple[tuple[int, int, int], int, int | None]] = []
        self._reports: list[Report] = []

    def measure(self, systolic: int | None = None, diastolic: int | None = None, pulse: int | None = None) -> None:
        """Somebody puts on the cuff and presses the key; what is not given is a healthy guess."""
        high = self._rng.randint(105, 140) if systolic is None else systolic
        low = self._rng.randint(62, 88) if diastolic is None else diastolic
        beat = self._rng.randint(60, 90) if pulse is None else pulse
        for what, one in (("systolic", high), ("diastolic", low), ("pulse", beat)):
            within(what, one, 0, 300)
        self._waiting.append(((high, low, (high + 2 * low) // 3), beat, None))

    def fail(self) -> None:
        """The cuff was too loose: the monitor has no numbers."""
        self._waiting.append(((NAN, NAN, NAN), NAN, CUFF_LOOSE))

    def set_fault(self, name: str, parameters: Mapping[str, float] | None) -> None:
        assert name == "clock"
        self._days_fast = 0.0 if parameters is None else parameters["days"]

    def step(self, now: float) -> bytes:
        moment = self._began + timedelta(seconds=int(now), days=self._days_fast)
        sent = b""
        for pressures, pulse, status in self._waiting:
            sent += indication(value(pressures, moment, pulse, status))
            high, low, mean = pressures
            self._reports.append(Report("", "failed" if high == NAN else f"{high}/{low} ({mean}) {pulse}"))
        self._waiting = []
        return sent

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - the bridge hears nothing
        return b""

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken
