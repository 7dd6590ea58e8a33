"""24 GHz presence radar HLK-LD2410, 256000 8N1: tells 20 times a second whether somebody is there.

    F4 F3 F2 F1 | length (2) | 02 AA state moving cm (2) energy still cm (2) energy detection cm (2) 55 00 | F8 F7 F6 F5

In engineering mode the kind is 01, and the energies of the gates stand before 55 00.
"""

import struct
from random import Random

from simulators import hlk
from simulators.devices import Report, within

EVERY_S = 0.05
NONE, MOVING, STILL = 0, 1, 2
BASIC, ENGINEERING = 2, 1
GATES = 9
FIRMWARE = bytes.fromhex("00 01 07 01 16 15 09 22")
MODES = {0x62: "engineering", 0x63: ""}


def report(state: int, moving: tuple[int, int], still: tuple[int, int], cm: int, gates: bytes = b"") -> bytes:
    """`moving` and `still`: distance in cm and energy."""
    inside = struct.pack("<BBB", ENGINEERING if gates else BASIC, 0xAA, state)
    inside += struct.pack("<HBHBH", *moving, *still, cm) + gates + b"\x55\x00"
    return b"\xf4\xf3\xf2\xf1" + len(inside).to_bytes(2, "little") + inside + b"\xf8\xf7\xf6\xf5"


class PresenceRadar:
    def __init__(self, rng: Random) -> None:
        self._rng = rng
        self._state, self._cm = NONE, 0
        self._told: int | None = None
        self._due: float | None = None
        self._commands = hlk.Commands(FIRMWARE, MODES)
        self._reports: list[Report] = []

    def enter(self, cm: int = 250) -> None:
        """Somebody walks in, this far away."""
        within("cm", cm, 0, 600)
        self._state, self._cm = MOVING, cm

    def sit_down(self) -> None:
        self._state = STILL if self._state else NONE

    def leave(self) -> None:
        self._state, self._cm = NONE, 0

    def step(self, now: float) -> bytes:
        """At most one report: what was not sent in time is not made up for."""
        if self._commands.configuring or (self._due is not None and now < self._due):
            return b""
        self._due = now + EVERY_S
        if self._told != self._state:
            self._told = self._state
            self._reports.append(Report("", ("absent", "moving", "still")[self._state]))
        cm = max(30, self._cm + self._rng.randint(-5, 5)) if self._state else 0
        energy = self._rng.randint(40, 100)
        moving = (cm, energy) if self._state == MOVING else (0, 0)
        still = (cm, energy) if self._state else (0, 0)
        engineering = self._commands.mode == "engineering"
        last, energies = bytes([GATES - 1] * 2), bytes(self._rng.randint(0, 100) for _ in range(2 * GATES))
        return report(self._state, moving, still, cm, last + energies if engineering else b"")

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - the answers depend on no time
        return self._commands.receive(data)

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken
