"""24 GHz tracking radar HLK-LD2450, 256000 8N1: where up to three people are, 10 times a second.

AA FF 03 00 | 3 targets: x (2) y (2) speed (2) gate (2) | 55 CC      top bit 1: positive, 0: negative
"""

import struct
from dataclasses import dataclass
from random import Random

from simulators import hlk
from simulators.devices import Report

EVERY_S = 0.1
SLOTS = 3
GATE_MM = 320
FAR_MM, NEAR_MM = 4500, 800
WALK_MM_S = 1200
FIRMWARE = bytes.fromhex("00 00 02 01 16 24 06 22")
SINGLE, MULTI = "single", "multi"
MODES = {0x80: SINGLE, 0x90: MULTI}

Target = tuple[int, int, int, int]  # x, y in mm, speed in cm/s, gate


@dataclass(slots=True)
class _Person:
    x: float
    y: float
    to_y: float
    told: bool = False


def frame(targets: list[Target]) -> bytes:
    packed = b"".join(struct.pack("<4H", *map(_signed, target[:3]), target[3]) for target in targets[:SLOTS])
    return b"\xaa\xff\x03\x00" + packed.ljust(SLOTS * 8, b"\0") + b"\x55\xcc"


def _signed(value: int) -> int:
    return value | 0x8000 if value >= 0 else -value


class PeopleCounter:
    def __init__(self, rng: Random, *, line_mm: int = 2500) -> None:
        """`line_mm`: where somebody counts as having come in or gone out."""
        self._rng, self._line_mm = rng, line_mm
        self._people: list[_Person] = []
        self._due: float | None = None
        self._last = 0.0
        self._commands = hlk.Commands(FIRMWARE, MODES)
        self._reports: list[Report] = []

    @property
    def in_view(self) -> int:
        return min(len(self._people), 1 if self._commands.mode == SINGLE else SLOTS)

    def come_in(self) -> None:
        """Somebody appears at the entrance and walks up to the radar."""
        self._people.append(_Person(self._rng.uniform(-800, 800), FAR_MM, NEAR_MM))

    def go_out(self) -> None:
        """Somebody appears near the radar and walks out."""
        self._people.append(_Person(self._rng.uniform(-800, 800), NEAR_MM, FAR_MM))

    def step(self, now: float) -> bytes:
        """At most one report. Who has arrived is out of view."""
        if self._commands.configuring or (self._due is not None and now < self._due):
            return b""
        elapsed = 0.0 if self._due is None else now - self._last
        self._due, self._last = now + EVERY_S, now
        for person in self._people:
            self._walk(person, elapsed)
        sent = frame([self._as_target(person) for person in self._people[: self.in_view]])
        self._people = [person for person in self._people if person.y != person.to_y]
        return sent

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - the answers depend on no time
        return self._commands.receive(data)

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _walk(self, person: _Person, elapsed: float) -> None:
        way = WALK_MM_S * elapsed
        inwards = person.to_y < person.y
        person.y = max(person.to_y, person.y - way) if inwards else min(person.to_y, person.y + way)
        beyond = person.y <= self._line_mm - 200 if inwards else person.y >= self._line_mm + 200
        if beyond and not person.told:
            person.told = True
            self._reports.append(Report("", "entered" if inwards else "left"))

    def _as_target(self, person: _Person) -> Target:
        speed = -WALK_MM_S // 10 if person.to_y < person.y else WALK_MM_S // 10
        return (round(person.x + self._rng.uniform(-20, 20)), round(person.y), speed, GATE_MM)
