"""A cremator's controller with the table SIM-CREM-1 on Modbus TCP, and the life of its batches. It takes no writes.

holding registers  0 state      0 idle 1 preheat 2 charge 3 main burn 4 cool 5 ash 6 fault
                   1 main chamber °C   2 second chamber °C   3 pressure Pa, signed   4 oxygen 0.1 %   5 fuel 0.1
                   6 fan %   7 door   8-9 batch, high word first   10 fault bits   11 cycle s   12 quench °C
"""

import math
import struct
from dataclasses import dataclass
from random import Random

from simulators.devices import Report, within
from simulators.modbus import READ_HOLDING, Memory, Request, TcpWire

IDLE, PREHEAT, CHARGE, MAIN_BURN, COOL, ASH, FAULT = range(7)
DOOR_FAULT, LOW_TEMPERATURE = 0x01, 0x02  # fault bits
LEAST_C = 850  # of the second chamber in the main burn
WARM_UP_S = 2.0  # the demo's: a real chamber takes a quarter of an hour


@dataclass(frozen=True, slots=True)
class Phase:
    """How long it lasts, None until somebody acts, and what the furnace strives for."""

    lasts_s: float | None
    main_c: float
    second_c: float
    fuel: float
    fan: int
    oxygen: float
    next: int


PHASES = {
    IDLE: Phase(None, 60, 80, 0, 0, 20.9, IDLE),
    PREHEAT: Phase(20, 450, 880, 42, 55, 12.0, CHARGE),
    CHARGE: Phase(6, 430, 870, 12, 40, 15.0, MAIN_BURN),
    MAIN_BURN: Phase(60, 850, 920, 30, 65, 8.5, COOL),
    COOL: Phase(20, 300, 400, 0, 80, 18.0, ASH),
    ASH: Phase(10, 200, 250, 0, 20, 20.0, IDLE),
    FAULT: Phase(None, 300, 400, 0, 20, 19.0, FAULT),
}


class Cremator:
    def __init__(self, rng: Random, unit: int = 1) -> None:
        self._rng, self._unit = rng, unit
        self._wire, self._memory = TcpWire(), Memory()
        self.state, self.batch, self.fault_bits = IDLE, 0, 0
        self.main_c, self.second_c = PHASES[IDLE].main_c, PHASES[IDLE].second_c
        self.door_open = False
        self._burner_weak = False
        self._in_state_s = self._cycle_s = 0.0
        self._interrupted_at_s = 0.0  # of the main burn, by an open door
        self._last_step: float | None = None
        self._untold: list[Report] = []
        self._reports: list[Report] = []
        self._store()

    def start_batch(self, batch: int) -> None:
        """Preheat for it; the rest goes by itself."""
        within("batch", batch, 0, 0xFFFFFFFF)
        if self.state == IDLE:
            self.batch, self._cycle_s = batch, 0.0
            self._enter(PREHEAT)

    def open_door(self) -> None:
        """In the main burn that is a fault."""
        self.door_open = True
        if self.state == MAIN_BURN:
            self._fail(DOOR_FAULT)
            self._interrupted_at_s = self._in_state_s
            self._enter(FAULT)
        self._store()

    def close_door(self) -> None:
        self.door_open = False
        self.fault_bits &= ~DOOR_FAULT
        if self.state == FAULT:
            self._enter(MAIN_BURN)
            self._in_state_s = self._interrupted_at_s
        self._store()

    def weaken_burner(self) -> None:
        """The second chamber gets too cold for the main burn."""
        self._burner_weak = True

    def repair_burner(self) -> None:
        self._burner_weak = False

    def step(self, now: float) -> bytes:
        elapsed = 0.0 if self._last_step is None else max(0.0, now - self._last_step)
        self._last_step = now
        while elapsed > 0:
            phase = PHASES[self.state]
            left = elapsed if phase.lasts_s is None else min(elapsed, phase.lasts_s - self._in_state_s)
            self._pass(phase, left)
            elapsed -= left
            if phase.lasts_s is not None and self._in_state_s >= phase.lasts_s:
                self._enter(phase.next)
        self._store()
        return b""

    def receive(self, data: bytes, now: float) -> bytes:
        return b"".join(self._answer(request) for request in self._wire.requests(data, now))

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _pass(self, phase: Phase, seconds: float) -> None:
        pull = math.exp(-seconds / WARM_UP_S)
        second_c = LEAST_C - 60 if self._burner_weak and self.state == MAIN_BURN else phase.second_c
        self.main_c = phase.main_c + (self.main_c - phase.main_c) * pull
        self.second_c = second_c + (self.second_c - second_c) * pull
        self._in_state_s += seconds
        if self.state in (CHARGE, MAIN_BURN, COOL, ASH):
            self._cycle_s += seconds
        if self.state == MAIN_BURN and self.second_c < LEAST_C:
            self._fail(LOW_TEMPERATURE)
        else:
            self.fault_bits &= ~LOW_TEMPERATURE

    def _enter(self, state: int) -> None:
        came_from, self.state, self._in_state_s = self.state, state, 0.0
        if state == CHARGE:
            self._untold.append(Report("", "cremation_started"))
        if state == IDLE and came_from == ASH:
            self._untold.append(Report("", "cremation_ended"))

    def _fail(self, bit: int) -> None:
        if not self.fault_bits & bit:
            self.fault_bits |= bit
            self._untold.append(Report("", "cremator_fault"))

    def _store(self) -> None:
        phase, stray = PHASES[self.state], self._rng.uniform(-1, 1)
        hot = self.state in (PREHEAT, CHARGE, MAIN_BURN)
        words = struct.pack(
            ">HHHhHHHHIHHH",
            self.state,
            round(self.main_c),
            round(self.second_c),
            round(-30 + 5 * stray) if hot else 0,
            round(10 * (phase.oxygen + 0.2 * stray)) if hot else 209,
            round(10 * phase.fuel),
            phase.fan,
            self.door_open,
            self.batch,
            self.fault_bits,
            int(self._cycle_s),
            round(165 + 5 * stray) if hot else 60,
        )
        self._memory.holding = dict(enumerate(struct.unpack(">13H", words)))

    def _answer(self, request: Request) -> bytes:
        if request.unit != self._unit:
            return self._wire.reply(request, None)
        pdu = self._memory.answer(request.pdu)
        function, addresses = request.reads
        if function == READ_HOLDING and pdu[0] == READ_HOLDING and 0 in addresses:
            self._reports += self._untold
            self._untold = []
        return self._wire.reply(request, pdu)
