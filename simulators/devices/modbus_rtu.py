"""Sensors, meters and input modules on one Modbus RTU line, 9600 8N1.

What a model has in which register stands in `LAYOUTS`, after its maker's table or our own. An input module has
contacts: each that a detector hangs on is a device of its own, whose key is "unit/input".
"""

import struct
from collections.abc import Mapping
from dataclasses import dataclass, field
from random import Random
from typing import Literal, NamedTuple

from simulators.devices import Report
from simulators.modbus import READ_INPUTS, Memory, Request, RtuWire, Wire

Table = Literal["holding", "input_registers"]
HOURS = 3600.0


class Cell(NamedTuple):
    """Where a value stands. `code` is struct's; "bit" is one bit of a register, and `steps` says which."""

    table: Table
    register: int
    code: str
    steps: float = 1


LAYOUTS: Mapping[str, Mapping[str, Cell]] = {
    "rs_ws_n01": {"humidity": Cell("holding", 0, "H", 10), "temperature": Cell("holding", 1, "h", 10)},
    "xy_md02": {"temperature": Cell("input_registers", 1, "h", 10), "humidity": Cell("input_registers", 2, "H", 10)},
    "scd30": {
        "co2": Cell("holding", 40, "f"),
        "temperature": Cell("holding", 42, "f"),
        "humidity": Cell("holding", 44, "f"),
    },
    "sdm230": {
        "voltage": Cell("input_registers", 0, "f"),
        "current": Cell("input_registers", 6, "f"),
        "power": Cell("input_registers", 12, "f"),
        "energy": Cell("input_registers", 342, "f"),
    },
    "energy_meter": {
        "voltage": Cell("holding", 0, "H", 10),
        "current": Cell("holding", 1, "H", 100),
        "power": Cell("holding", 2, "i"),
        "energy": Cell("holding", 4, "I", 100),
    },
    "water_meter": {"volume": Cell("holding", 0, "I", 1000)},
    "ups": {
        "input_voltage": Cell("holding", 0, "H", 10),
        "output_voltage": Cell("holding", 1, "H", 10),
        "battery": Cell("holding", 2, "H"),
        "load": Cell("holding", 3, "H"),
        "runtime": Cell("holding", 4, "H"),
        "on_battery": Cell("holding", 5, "bit", 0),
        "battery_low": Cell("holding", 5, "bit", 1),
    },
    "freezer": {"temperature": Cell("input_registers", 0, "h", 10), "door_open": Cell("input_registers", 1, "bit", 0)},
    "contacts": {},
}
GAPS: Mapping[str, tuple[Table, range]] = {  # registers that a model has besides: meters are read in one go
    "sdm230": ("input_registers", range(18)),
}

DRIFTING = ("temperature", "humidity", "co2")
TELLS = {"on_battery": "power_lost", "battery_low": "battery_low", "door_open": "door_open"}


@dataclass(slots=True)
class Unit:
    """`values` by the names of the layout; what is left out is 0. contacts: input -> what its closing tells.

    wobble: how far a value strays from what it was set to.
    """

    model: str
    values: dict[str, float] = field(default_factory=dict)
    contacts: Mapping[int, str] = field(default_factory=dict)
    wobble: Mapping[str, float] = field(default_factory=dict)
    powered: bool = True


class ModbusUnits:
    """Units behind a wire. `key` is a unit's number, or "unit/input" for one of its contacts."""

    FAULTS = frozenset({"drift", "battery_low"})

    def __init__(self, units: Mapping[int, Unit], rng: Random, wire: Wire) -> None:
        self.units = dict(units)
        self._rng, self._wire = rng, wire
        self._memories = {number: _memory(unit) for number, unit in units.items()}
        self._last_step: float | None = None
        self._drift_per_s = self._drift = 0.0
        self._untold: list[tuple[int, int, int, Report]] = []  # unit, function, address, what reading it tells
        self._reports: list[Report] = []
        for number in units:
            self._store(number)

    def set_value(self, key: int, name: str, value: float) -> None:
        unit = self.units[key]
        cell = LAYOUTS[unit.model][name]
        was, unit.values[name] = unit.values.get(name, 0), value
        self._store(key)
        if name in TELLS and value and not was:
            function = {"holding": 3, "input_registers": 4}[cell.table]
            self._untold.append((key, function, cell.register, Report(str(key), TELLS[name])))

    def close_contact(self, key: str) -> None:
        self._set_contact(key, is_closed=True)

    def open_contact(self, key: str) -> None:
        self._set_contact(key, is_closed=False)

    def power_off(self, key: int) -> None:
        self.units[key].powered = False

    def power_on(self, key: int) -> None:
        self.units[key].powered = True

    def set_fault(self, name: str, parameters: Mapping[str, float] | None) -> None:
        """`drift` is that of all sensors, `battery_low` of all power supplies. None: it is over."""
        if name == "drift":
            self._drift_per_s = 0.0 if parameters is None else parameters["per_minute"] / 60
            self._drift = 0.0
        elif name == "battery_low":
            for number, unit in self.units.items():
                if unit.model == "ups":
                    self.set_value(number, "battery", 100 if parameters is None else parameters["percent"])
                    self.set_value(number, "battery_low", parameters is not None)

    def step(self, now: float) -> bytes:
        elapsed = 0.0 if self._last_step is None else max(0.0, now - self._last_step)
        self._last_step = now
        self._drift += self._drift_per_s * elapsed
        for number, unit in self.units.items():
            if "energy" in LAYOUTS[unit.model]:
                used_kwh = unit.values.get("power", 0) * elapsed / HOURS / 1000
                unit.values["energy"] = unit.values.get("energy", 0) + used_kwh
            self._store(number)
        return b""

    def receive(self, data: bytes, now: float) -> bytes:
        return b"".join(self._answer(request) for request in self._wire.requests(data, now))

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _answer(self, request: Request) -> bytes:
        unit = self.units.get(request.unit)
        if unit is None or not unit.powered:
            return self._wire.reply(request, None)
        pdu = self._memories[request.unit].answer(request.pdu)
        if pdu[0] == request.pdu[0]:
            self._tell(request)
        return self._wire.reply(request, pdu)

    def _tell(self, request: Request) -> None:
        """What a unit has to say is known when it is read."""
        function, addresses = request.reads
        told = [one for one in self._untold if one[:2] == (request.unit, function) and one[2] in addresses]
        self._reports += [report for *_, report in told]
        self._untold = [one for one in self._untold if one not in told]

    def _set_contact(self, key: str, *, is_closed: bool) -> None:
        number, _, contact = key.partition("/")
        inputs, address = self._memories[int(number)].inputs, int(contact)
        was, inputs[address] = inputs[address], is_closed
        what = self.units[int(number)].contacts[address]
        self._untold = [one for one in self._untold if one[3] != Report(key, what)]  # opened again before it was read
        if is_closed and not was:
            self._untold.append((int(number), READ_INPUTS, address, Report(key, what)))

    def _store(self, number: int) -> None:
        unit, memory = self.units[number], self._memories[number]
        for name, cell in LAYOUTS[unit.model].items():
            registers = memory.holding if cell.table == "holding" else memory.input_registers
            stray = unit.wobble.get(name, 0)
            value = unit.values.get(name, 0) + (self._rng.uniform(-stray, stray) if stray else 0)
            value += self._drift if name in DRIFTING else 0
            if cell.code == "bit":
                mask = 1 << int(cell.steps)
                registers[cell.register] = registers.get(cell.register, 0) & ~mask | (mask if value else 0)
                continue
            wire = struct.pack(f">{cell.code}", value if cell.code == "f" else round(value * cell.steps))
            for i in range(0, len(wire), 2):
                registers[cell.register + i // 2] = int.from_bytes(wire[i : i + 2], "big")


class ModbusRtuLine(ModbusUnits):
    def __init__(self, units: Mapping[int, Unit], rng: Random) -> None:
        super().__init__(units, rng, RtuWire())


def _memory(unit: Unit) -> Memory:
    memory = Memory(inputs=dict.fromkeys(range(8), False) if unit.contacts else {})
    if unit.model in GAPS:
        table, registers = GAPS[unit.model]
        getattr(memory, table).update(dict.fromkeys(registers, 0))
    return memory
