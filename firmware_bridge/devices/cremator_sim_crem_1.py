"""Cremator (火化机) whose controller speaks the register table SIM-CREM-1 on Modbus TCP. It is only ever read.

Source: (P) SIM-CREM-1, our own table, because no standard has one; Modbus Messaging on TCP/IP 1.0b for the frames.

    holding registers from 0, in one read of 13
     0 state      0 idle 1 preheat 2 charge 3 main burn 4 cool 5 ash 6 fault
     1 main chamber °C     2 second chamber °C   3 furnace pressure Pa, signed   4 oxygen 0.1 %     5 fuel 0.1
     6 fan %               7 door (0 shut)       8-9 batch, high word first     10 fault bits      11 cycle s
    12 flue gas after the quench °C

What this module asks goes through `ReadingLine`, which knows nothing but `Read`: no bytes of it can move the furnace.
The interlocks are the plant's.
"""

import struct
from collections.abc import Sequence
from dataclasses import dataclass

from firmware_bridge.modbus.explain import explain_tcp
from firmware_bridge.modbus.frames import TCP, Read, ReadFunction
from firmware_bridge.modbus.line import SILENCE_S, SLOWEST_POLL_S, ReadingLine, Unit, refuse_shared
from firmware_bridge.modbus.sensors import FASTEST_POLL_S, address
from firmware_bridge.options import number, refuse_others
from firmware_bridge.session import DeviceSettings, Driver, Line, Measured, Occurred, Output, Value

TABLE = Read(ReadFunction.HOLDING_REGISTERS, 0, 13)
IDLE, PREHEAT, CHARGE, MAIN_BURN, COOL, ASH, FAULT = range(7)
CYCLE = (CHARGE, MAIN_BURN, COOL, ASH)  # somebody's remains are in the furnace
UNIT, POLL_S = 1, 1.0

_LAYOUT = ">HHHhHHHHIHHH"


@dataclass(frozen=True, slots=True)
class Furnace:
    """One reading of the table."""

    state: int
    main_c: int
    second_c: int
    pressure_pa: int
    oxygen: float
    fuel: float
    fan: int
    door_open: bool
    batch: int
    fault_bits: int
    cycle_s: int
    quench_c: int

    def metrics(self) -> dict[str, Value]:
        return dict(zip(METRICS, (getattr(self, name) for name in self.__slots__), strict=True))


METRICS = (  # of the fields above, in order
    "Cremator/State",
    "Cremator/Main Chamber",
    "Cremator/Second Chamber",
    "Cremator/Furnace Pressure",
    "Cremator/Oxygen",
    "Cremator/Fuel",
    "Cremator/Fan",
    "Cremator/Door Open",
    "Cremator/Batch",
    "Cremator/Fault Bits",
    "Cremator/Cycle Time",
    "Cremator/Quench Temperature",
)


def decode(registers: bytes) -> Furnace:
    state, main, second, pressure, oxygen, fuel, fan, door, batch, faults, cycle, quench = struct.unpack(
        _LAYOUT, registers
    )
    return Furnace(state, main, second, pressure, oxygen / 10, fuel / 10, fan, bool(door), batch, faults, cycle, quench)


class Cremator:
    """Tells when a cycle began and ended, and what new faults there are.

    A cycle that runs when first seen is told as started: it may have begun while nobody looked. A fault in the middle
    does not end it; an idle furnace, or another batch, does.
    """

    reads = (TABLE,)

    def __init__(self, device: str) -> None:
        self._device = device
        self._running: Furnace | None = None  # the last reading of the cycle that was told as started
        self._fault_bits = 0
        self._in_fault = False

    def report(self, answers: Sequence[bytes]) -> Sequence[Output]:
        furnace = decode(answers[0])
        return [*self._cycle(furnace), *self._faults(furnace), Measured(self._device, furnace.metrics())]

    def _cycle(self, furnace: Furnace) -> list[Output]:
        outputs: list[Output] = []
        before = self._running
        same = before is not None and before.batch == furnace.batch
        if before and ((furnace.state in CYCLE and not same) or furnace.state in (IDLE, PREHEAT)):
            cycle_s = max(before.cycle_s, furnace.cycle_s) if same else before.cycle_s
            outputs.append(Occurred(self._device, "cremation_ended", {"batch": before.batch, "cycle_s": cycle_s}))
            self._running = None
        if furnace.state in CYCLE:
            if self._running is None:
                outputs.append(Occurred(self._device, "cremation_started", {"batch": furnace.batch}))
            self._running = furnace
        return outputs

    def _faults(self, furnace: Furnace) -> list[Output]:
        in_fault = furnace.state == FAULT
        is_new = furnace.fault_bits & ~self._fault_bits or (in_fault and not self._in_fault)
        self._fault_bits, self._in_fault = furnace.fault_bits, in_fault
        return [Occurred(self._device, "cremator_fault", {"bits": furnace.fault_bits})] if is_new else []


def read_only_line(devices: Sequence[DeviceSettings]) -> ReadingLine:
    """Several furnaces may stand behind one gateway."""
    units = [_unit(device) for device in devices]
    refuse_shared(units)
    return ReadingLine(units, TCP)


def _unit(device: DeviceSettings) -> Unit:
    refuse_others(device, ("unit", "poll_s"))
    poll_s = number(device, "poll_s", FASTEST_POLL_S, SLOWEST_POLL_S, POLL_S)
    return Unit(device.id, address(device, TCP, UNIT), poll_s, Cremator(device.id))


DRIVER = Driver(
    name="cremator_sim_crem_1",
    zh="火化机（SIM-CREM-1）",
    en="Cremator (SIM-CREM-1)",
    line=Line(9600),  # TCP has no line settings
    metrics=METRICS,
    silence_s=SILENCE_S,
    life_safety=False,
    session=read_only_line,
    explain=explain_tcp,
)
