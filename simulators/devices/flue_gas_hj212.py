"""Data logger of a flue-gas monitor, HJ 212, 9600 8N1: real-time data, and the means of each minute and hour.

    ## | length (4 digits) | QN=..;ST=31;CN=..;PW=..;MN=..;Flag=..;CP=&&..&& | CRC (4 hexadecimal digits) | CR LF

What it sent it sends again until the host answers with the same QN.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import Literal

from simulators.devices import Report, within

BEGAN = datetime(2026, 7, 21, 9, 30)  # noqa: DTZ001 - the logger's clock shows China's time and knows no zone
NUMBER = "33089900F100000000000001"
REAL_TIME, MINUTE, HOUR = "2011", "2051", "2061"
REAL_TIME_S, MINUTE_S, HOUR_S = 30, 60, 3600
RETRY_S, RETRIES = 10.0, 3
MAX_RECEIVED = 2048

GOOD = {"a34013": 12.4, "a21026": 8.1, "a21002": 143.0, "a21005": 61.0, "a21024": 6.2, "a19001": 11.8, "a01012": 168.0}
POLLUTANTS = ("a34013", "a21026", "a21002", "a21005", "a21024")
OXYGEN = "a19001"

_FRAME = re.compile(rb"##([0-9]{4})")
_FLAGS = {"2017": 4, "2025": 8}


def standard_crc(data: bytes) -> int:
    crc = 0xFFFF
    for byte in data:
        crc = _eight(crc >> 8 ^ byte)
    return crc


def modbus_crc(data: bytes) -> int:
    crc = 0xFFFF
    for byte in data:
        crc = _eight(crc ^ byte)
    return crc


def _eight(crc: int) -> int:
    for _ in range(8):
        crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc


def frame(text: str, *, modbus: bool = False) -> bytes:
    data = text.encode()
    crc = (modbus_crc if modbus else standard_crc)(data)
    return b"##%04d%s%04X\r\n" % (len(data), data, crc)


@dataclass(slots=True)
class _Unanswered:
    frame: bytes
    due: float
    retries_left: int = RETRIES


class FlueGasLogger:
    FAULTS = frozenset({"clock"})

    def __init__(
        self,
        rng: Random,
        *,
        edition: Literal["2017", "2025"] = "2017",
        modbus: bool = False,
        began: datetime = BEGAN,
    ) -> None:
        """`modbus`: it computes the CRC as many do, not as the standard says."""
        self._rng, self._edition, self._modbus, self._began = rng, edition, modbus, began
        self._levels, self._flags = dict(GOOD), dict.fromkeys(GOOD, "N")
        self._days_fast = 0.0
        self._sums: dict[str, list[dict[str, float]]] = {MINUTE: [], HOUR: []}
        self._first: int | None = None  # set by the first step: it is switched on then
        self._second = -1
        self._number = 0
        self._unanswered: dict[str, _Unanswered] = {}
        self._received = b""
        self._reports: list[Report] = []

    def set_level(self, code: str, level: float) -> None:
        """What the flue gas holds from now on, such as a21002 for nitrogen oxides."""
        if code not in GOOD:
            raise ValueError(f"code is {code!r}; write one of {', '.join(GOOD)}")
        within("level", level, 0, 1e6)
        self._levels[code] = level

    def maintain(self) -> None:
        """Somebody works at the monitor: its values are flagged M."""
        self._flags = dict.fromkeys(self._flags, "M")

    def end_maintenance(self) -> None:
        self._flags = dict.fromkeys(self._flags, "N")

    def set_fault(self, name: str, parameters: Mapping[str, float] | None) -> None:
        assert name == "clock"
        self._days_fast = 0.0 if parameters is None else parameters["days"]

    def step(self, now: float) -> bytes:
        sent = b""
        if self._first is None:
            self._first, self._second = int(now), int(now) - 1
        while self._second < int(now):
            self._second += 1
            sent += self._each_second(self._second, now)
        for number, one in list(self._unanswered.items()):
            if now >= one.due:
                sent += one.frame if one.retries_left else b""
                one.due, one.retries_left = now + RETRY_S, one.retries_left - 1
                if one.retries_left < 0:
                    del self._unanswered[number]
        return sent

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - an answer is an answer at any time
        self._received = (self._received + data)[-MAX_RECEIVED:]
        while found := _FRAME.search(self._received):
            end = found.end() + int(found[1]) + 6
            if int(found[1]) <= 1024 and len(self._received) < end:
                break
            whole, text = self._received[found.start() : end], self._received[found.end() : end - 6]
            if int(found[1]) > 1024 or whole != frame(text.decode(errors="replace")):
                self._received = self._received[found.start() + 1 :]
                continue
            self._received = self._received[end:]
            head = dict(pair.split("=", 1) for pair in text.decode().split(";") if "=" in pair)
            if head.get("CN") in ("9013", "9014"):
                self._unanswered.pop(head.get("QN", ""), None)
        return b""

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    @property
    def waiting(self) -> int:
        """How many messages the host has not answered yet."""
        return len(self._unanswered)

    def _each_second(self, second: int, now: float) -> bytes:
        if second % REAL_TIME_S:
            return b""
        values = {code: round(level * self._rng.uniform(0.98, 1.02), 1) for code, level in self._levels.items()}
        for readings in self._sums.values():
            readings.append(values)
        sent = b""
        if second != self._first:
            for command, every_s in ((MINUTE, MINUTE_S), (HOUR, HOUR_S)):
                if second % every_s == 0:
                    sent += self._say(command, second - every_s, self._means(command), now)
        fields = [f"{code}-Rtd={value:.1f},{code}-Flag={self._flags[code]}" for code, value in values.items()]
        return sent + self._say(REAL_TIME, second, fields, now)

    def _means(self, command: str) -> list[str]:
        readings, self._sums[command] = self._sums[command], []
        means = {code: sum(one[code] for one in readings) / len(readings) for code in GOOD}
        fields = [f"{OXYGEN}-Avg={means[OXYGEN]:.2f},{OXYGEN}-Flag={self._flags[OXYGEN]}"]
        for code in POLLUTANTS:
            at_11 = means[code] * 10 / (21 - means[OXYGEN])
            text = f"{code}-Avg={means[code]:.2f},{code}-ZsAvg={at_11:.2f}"
            fields.append(f"{text},{code}-Flag={self._flags[code]}")
        return fields

    def _say(self, command: str, of_second: int, fields: list[str], now: float) -> bytes:
        began = self._began + timedelta(days=self._days_fast)
        moment, sent_at = began + timedelta(seconds=of_second), began + timedelta(seconds=self._second)
        self._number = (self._number + 1) % 1000
        number = f"{sent_at:%Y%m%d%H%M%S}{self._number:03}"
        head = f"QN={number};ST=31;CN={command};PW=123456;MN={NUMBER};Flag={_FLAGS[self._edition] + 1}"
        data = ";".join([f"DataTime={moment:%Y%m%d%H%M%S}", *fields])
        whole = frame(f"{head};CP=&&{data}&&", modbus=self._modbus)
        self._unanswered[number] = _Unanswered(whole, now + RETRY_S)
        self._reports.append(Report("", f"{command} {moment:%Y%m%d%H%M%S}"))
        return whole
