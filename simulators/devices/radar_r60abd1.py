"""60 GHz radar of the "53 59" family (115200 8N1): R60ABD1 over a bed, MR60FDA1 against falls in a bathroom.

    53 59 | control | command | length (2) | data | SUM | 54 43

SUM is the low byte of the sum of all before it. A query is command|0x80 with data 0F, and is answered as command|0x80.
"""

import struct
from collections import deque
from random import Random
from typing import Literal

from simulators.devices import Report

HEADER, TAIL = b"\x53\x59", b"\x54\x43"
MAX_DATA_LENGTH = 32
FRAME_OVERHEAD = 9

Address = tuple[int, int]  # control, command
RESET: Address = (0x01, 0x02)
PRESENCE: Address = (0x80, 0x01)
MOTION: Address = (0x80, 0x02)
BODY_MOVEMENT: Address = (0x80, 0x03)
BREATH_INFO: Address = (0x81, 0x01)
BREATH: Address = (0x81, 0x02)
FALL: Address = (0x83, 0x01)
STATIONARY: Address = (0x83, 0x05)
BED: Address = (0x84, 0x01)
SLEEP_STAGE: Address = (0x84, 0x02)
SUMMARY: Address = (0x84, 0x0C)
HEART: Address = (0x85, 0x02)

NORMAL_BREATH, NO_BREATH = 1, 4
LIGHT_SLEEP, NO_SLEEP = 1, 3
VITALS_EVERY_S = 3
SUMMARY_EVERY_S = 600

_PRODUCT_INFO = {
    "bed": {0xA1: b"R60ABD1", 0xA2: b"SIM0001", 0xA3: b"R60A-SIM", 0xA4: b"G60SM1SYv010309"},
    "fall": {0xA1: b"MR60FDA1", 0xA2: b"SIM0002", 0xA3: b"R60F-SIM", 0xA4: b"G60SM1FAv010202"},
}
_OCCUPIED = {  # how the registers look with somebody there, and without
    "bed": {PRESENCE: 1, MOTION: 1, BREATH_INFO: NORMAL_BREATH, BED: 1, SLEEP_STAGE: LIGHT_SLEEP},
    "fall": {PRESENCE: 1, MOTION: 2},
}
_EMPTY = {
    "bed": {PRESENCE: 0, MOTION: 0, BODY_MOVEMENT: 0, BREATH_INFO: NO_BREATH, BED: 0, SLEEP_STAGE: NO_SLEEP},
    "fall": {PRESENCE: 0, MOTION: 0, BODY_MOVEMENT: 0, FALL: 0, STATIONARY: 0},
}


def frame(address: Address, data: bytes) -> bytes:
    body = HEADER + bytes(address) + struct.pack(">H", len(data)) + data
    return body + bytes([sum(body) & 0xFF]) + TAIL


class R60abd1Radar:
    def __init__(self, kind: Literal["bed", "fall"], rng: Random) -> None:
        self.kind = kind
        self._rng = rng
        self._state = dict(_EMPTY[kind])
        self._breath, self._heart = rng.uniform(13, 18), rng.uniform(62, 80)
        self._waiting: deque[tuple[bytes, str]] = deque()
        self._reports: list[Report] = []
        self._received = b""
        self._awake_since: float | None = None
        self._seconds = 0
        if kind == "bed":
            self._state |= _OCCUPIED["bed"] | {BREATH: round(self._breath), HEART: round(self._heart)}

    def in_bed(self) -> None:
        self._become(_OCCUPIED["bed"], {BED: "in_bed"})

    def out_of_bed(self) -> None:
        self._become(_EMPTY["bed"], {BED: "out_of_bed"})
        self._state.pop(BREATH, None)  # nobody there is no value, not a value of nought
        self._state.pop(HEART, None)

    def enter(self) -> None:
        """Somebody walks into the bathroom."""
        self._become(_OCCUPIED["fall"])

    def leave(self) -> None:
        self._become({PRESENCE: 0, MOTION: 0, BODY_MOVEMENT: 0, STATIONARY: 0})

    def fall(self) -> None:
        self._become({PRESENCE: 1, MOTION: 1, FALL: 1}, {FALL: "fall"})

    def stand_up(self) -> None:
        self._become({PRESENCE: 1, MOTION: 2, STATIONARY: 0, FALL: 0}, {FALL: "stand_up"})

    def stay_still(self) -> None:
        """Somebody has not moved for a long time."""
        self._become({PRESENCE: 1, MOTION: 1, STATIONARY: 1}, {STATIONARY: "stationary"})

    def step(self, now: float) -> bytes:
        """At most one frame, so that frames leave one after another as they do on a wire."""
        if self._awake_since is None:
            self._wake(now)
        elif (seconds := int(now - self._awake_since)) > self._seconds:
            self._each_second(self._seconds, seconds)
            self._seconds = seconds
        if not self._waiting:
            return b""
        data, what = self._waiting.popleft()
        if what:
            self._reports.append(Report("", what))
        return data

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - the answers depend on no time
        self._received += data
        answers = b""
        while (one := self._next_answer()) is not None:
            answers += one
        return answers

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _become(self, values: dict[Address, int], told: dict[Address, str] | None = None) -> None:
        """Take on a state. The radar reports what changed, once; a frame lost on the way is a change nobody saw."""
        for address, value in values.items():
            if self._state.get(address) != value:
                self._state[address] = value
                self._waiting.append((self._as_frame(address), (told or {}).get(address, "")))

    def _wake(self, now: float) -> None:
        self._awake_since, self._seconds = now, 0
        told = tuple(self._waiting)
        first = (address for address in self._state if address not in (FALL, STATIONARY))
        self._waiting = deque((self._as_frame(address), "") for address in first)
        self._waiting.extend(told)

    def _each_second(self, before: int, after: int) -> None:
        occupied = self._state[PRESENCE] == 1
        moving = self._rng.randint(20, 60) if self._state[MOTION] == 2 else self._rng.randint(1, 12)
        self._state[BODY_MOVEMENT] = moving if occupied else 0
        self._say(BODY_MOVEMENT)
        if self.kind == "bed" and occupied:
            self._drift(due=after // VITALS_EVERY_S > before // VITALS_EVERY_S)
            if after // SUMMARY_EVERY_S > before // SUMMARY_EVERY_S:
                self._waiting.append((frame(SUMMARY, self._summary()), ""))

    def _drift(self, *, due: bool) -> None:
        self._breath = min(22.0, max(10.0, self._breath + self._rng.uniform(-0.25, 0.25)))
        self._heart = min(95.0, max(60.0, self._heart + self._rng.uniform(-0.6, 0.6)))
        for address, value in ((BREATH, round(self._breath)), (HEART, round(self._heart))):
            changed = self._state.get(address) != value
            self._state[address] = value
            if changed or due:
                self._say(address)

    def _say(self, address: Address) -> None:
        self._waiting.append((self._as_frame(address), ""))

    def _as_frame(self, address: Address) -> bytes:
        return frame(address, bytes([self._state[address]]))

    def _summary(self) -> bytes:
        """Ten minutes: present, stage, breath, heart, turns, large and small movements in per cent, apnoea."""
        calm = (self._rng.randint(0, 4), self._rng.randint(0, 8), self._rng.randint(0, 12), 0)
        return bytes([1, self._state[SLEEP_STAGE], round(self._breath), round(self._heart), *calm])

    def _next_answer(self) -> bytes | None:
        while (start := self._received.find(HEADER)) >= 0:
            self._received = self._received[start:]
            if len(self._received) < 6:
                return None
            length = int.from_bytes(self._received[4:6])
            total = length + FRAME_OVERHEAD
            if length <= MAX_DATA_LENGTH and len(self._received) < total:
                return None
            whole = self._received[:total]
            if length > MAX_DATA_LENGTH or whole != frame((whole[2], whole[3]), whole[6:-3]):
                self._received = self._received[len(HEADER) :]
                continue
            self._received = self._received[total:]
            if said := self._obey((whole[2], whole[3])):
                return said
        self._received = self._received[-1:] if self._received.endswith(HEADER[:1]) else b""
        return None

    def _obey(self, address: Address) -> bytes:
        control, command = address
        if address == RESET:
            self._awake_since = None
            return frame(RESET, b"\x0f")
        if control == 0x02 and command in _PRODUCT_INFO[self.kind]:
            return frame(address, _PRODUCT_INFO[self.kind][command])
        asked = (control, command & 0x7F)
        if not command & 0x80:
            return b""
        if asked == SUMMARY and self.kind == "bed":
            return frame(address, self._summary())
        known = asked in self._state or (self.kind == "bed" and asked in (BREATH, HEART))
        return frame(address, bytes([self._state.get(asked, 0)])) if known else b""
