"""Fire panel with detectors and its user information transmission device, GB/T 26875.3, 9600 8N1.

    40 40 | seq (2) | version (2) | time (6) | from (6) | to (6) | length (2) | command | application data | SUM | 23 23

What the device sends it sends again until the host confirms it with command 3 and the same sequence.
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from simulators.devices import Report

BEGAN = datetime(2026, 7, 21, 9, 30)  # noqa: DTZ001 - the device's clock shows China's time and knows no zone
US, HOST = bytes(6), bytes([1, 0, 0, 0, 0, 0])
VERSION = b"\x01\x00"
SEND_DATA, CONFIRM, CONTROL = 2, 3, 1

HEARTBEAT_S = 60.0
RETRY_S = 10.0
RETRIES = 3
MAX_DATA = 1024
OVERHEAD = 30

NORMAL, FIRE, FAULT = 0x0001, 0x0002, 0x0004
RESET, SILENCE, MANUAL_ALARM, PATROL_ANSWER = 0x01, 0x02, 0x04, 0x20
PATROL = 91


@dataclass(slots=True)
class _Unconfirmed:
    frame: bytes
    due: float
    retries_left: int = RETRIES


def frame(sequence: int, time: bytes, command: int, data: bytes) -> bytes:
    body = struct.pack("<H", sequence) + VERSION + time + US + HOST + struct.pack("<HB", len(data), command) + data
    return b"@@" + body + bytes([sum(body) & 0xFF]) + b"##"


def clock_bytes(moment: datetime) -> bytes:
    return bytes([moment.second, moment.minute, moment.hour, moment.day, moment.month, moment.year - 2000])


def component(key: str, state: int, description: str, time: bytes) -> bytes:
    """`key`: its type, a dash, and eight hexadecimal digits of its address."""
    kind, _, address = key.partition("-")
    place = bytes([1, 1, int(kind)]) + bytes.fromhex(address) + struct.pack("<H", state)
    return place + description.encode("gb18030")[:31].ljust(31, b"\0") + time


class FirePanel:
    FAULTS = frozenset({"clock"})

    def __init__(self, components: Mapping[str, str], *, began: datetime = BEGAN) -> None:
        """`components`: key, such as 42-21000300, to description."""
        self._descriptions = dict(components)
        self._began, self._days_fast = began, 0.0
        self._states = dict.fromkeys(components, NORMAL)
        self._to_send: list[tuple[bytes, Report | None]] = []  # application data without times
        self._unconfirmed: dict[int, _Unconfirmed] = {}
        self._sequence = 0
        self._heartbeat_due = 0.0
        self._received = b""
        self._asked = False
        self._reports: list[Report] = []

    def fire(self, key: str) -> None:
        """Smoke reaches a detector."""
        self._become(key, self._states[key] | FIRE, "fire")

    def fault(self, key: str) -> None:
        self._become(key, self._states[key] | FAULT, "fault")

    def restore(self, key: str) -> None:
        self._become(key, NORMAL, "normal")

    def test(self, key: str) -> None:
        """Somebody has switched the line to test and holds the tester to the detector: bit 0 is cleared meanwhile."""
        state = self._states[key] & ~NORMAL
        self._become(key, state, "fault" if state & FAULT else "test")
        self._states[key] |= NORMAL

    def manual_alarm(self) -> None:
        """Somebody presses the alarm key of the transmission device."""
        self._operate(MANUAL_ALARM, "manual_alarm")

    def silence(self) -> None:
        self._operate(SILENCE, "silence")

    def reset(self) -> None:
        self._operate(RESET, "reset")

    def answer_patrol(self) -> None:
        """Whoever is on duty presses the key, if the host asked for it."""
        if self._asked:
            self._asked = False
            self._operate(PATROL_ANSWER, "patrol_answered")

    def set_fault(self, name: str, parameters: Mapping[str, float] | None) -> None:
        assert name == "clock"
        self._days_fast = 0.0 if parameters is None else parameters["days"]

    def step(self, now: float) -> bytes:
        sent = b""
        if now >= self._heartbeat_due:
            self._heartbeat_due = now + HEARTBEAT_S
            self._to_send.append((bytes([28, 1]), None))
        for data, report in self._to_send:
            sent += self._first(data, now)
            self._reports += [report] if report else []
        self._to_send = []
        for sequence, one in list(self._unconfirmed.items()):
            if now >= one.due:
                sent += one.frame if one.retries_left else b""
                one.due, one.retries_left = now + RETRY_S, one.retries_left - 1
                if one.retries_left < 0:
                    del self._unconfirmed[sequence]
        return sent

    def receive(self, data: bytes, now: float) -> bytes:
        self._received += data
        answers = b""
        while (found := self._next_frame()) is not None:
            sequence, command, told = found
            if command == CONFIRM:
                self._unconfirmed.pop(sequence, None)
            elif command == CONTROL and told[:2] == bytes([PATROL, 1]):
                self._asked = True
                answers += frame(sequence, self._time(now), CONFIRM, b"")
        return answers

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    @property
    def waiting(self) -> int:
        """How many frames the host has not confirmed yet."""
        return len(self._unconfirmed)

    def _become(self, key: str, state: int, what: str) -> None:
        self._states[key] = state
        self._to_send.append((bytes([2, 1]) + component(key, state, self._descriptions[key], b""), Report(key, what)))

    def _operate(self, operation: int, what: str) -> None:
        self._to_send.append((bytes([24, 1, operation, 1]), Report("", what)))

    def _first(self, data: bytes, now: float) -> bytes:
        time = self._time(now)
        self._sequence = self._sequence % 65535 + 1
        whole = frame(self._sequence, time, SEND_DATA, data + time)
        self._unconfirmed[self._sequence] = _Unconfirmed(whole, now + RETRY_S)
        return whole

    def _time(self, now: float) -> bytes:
        return clock_bytes(self._began + timedelta(seconds=int(now), days=self._days_fast))

    def _next_frame(self) -> tuple[int, int, bytes] | None:
        while (at := self._received.find(b"@@")) >= 0:
            self._received = self._received[at:]
            if len(self._received) < OVERHEAD - 3:
                return None
            length, command = struct.unpack_from("<HB", self._received, 24)
            total = length + OVERHEAD
            if length <= MAX_DATA and len(self._received) < total:
                return None
            whole = self._received[:total]
            if length > MAX_DATA or whole[-2:] != b"##" or sum(whole[2:-3]) & 0xFF != whole[-3]:
                self._received = self._received[1:]
                continue
            self._received = self._received[total:]
            return struct.unpack_from("<H", whole, 2)[0], command, whole[27:-3]
        self._received = self._received[-1:] if self._received.endswith(b"@") else b""
        return None
