"""Temperature and humidity sensors on one Modbus RTU line, 9600 8N1, CRC-16/MODBUS with the low byte first.

rs_ws_n01: function 03, humidity in register 0, temperature in register 1.
xy_md02:   function 04, temperature in register 1, humidity in register 2. Tenths, the temperature signed.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from simulators.devices import Report, within

ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE = 1, 2, 3
READS = (0x03, 0x04)
MAX_REGISTERS = 125
REQUEST_LENGTH = 8
FRAME_GAP_S = 0.05  # 3.5 characters are 4 ms; a pseudo-terminal is not that punctual
MAX_RECEIVED = 512

MODELS = {
    "rs_ws_n01": (0x03, {0: "humidity", 1: "temperature"}),
    "xy_md02": (0x04, {1: "temperature", 2: "humidity"}),
}


@dataclass(slots=True)
class Unit:
    """One sensor and the room or cabinet around it. The times are the demo's: a real fridge takes minutes."""

    model: str = "rs_ws_n01"
    temperature: float = 20.0
    set_point: float | None = None  # where the cooling pulls it to; the first temperature when left out
    humidity: float = 60.0
    ambient: float = 25.0
    warm_up_s: float = 20.0
    cool_down_s: float = 15.0
    wobble: float = 0.0  # how far the reading strays from the air around it
    door_open: bool = False
    powered: bool = True


def crc(data: bytes) -> bytes:
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return struct.pack("<H", value)


class ModbusTemperatureLine:
    FAULTS = frozenset({"drift"})

    def __init__(self, units: Mapping[int, Unit], rng: Random) -> None:
        self.units = dict(units)
        self._rng = rng
        self._stray = dict.fromkeys(self.units, 0.0)
        self._drift_per_s = dict.fromkeys(self.units, 0.0)
        self._drift = dict.fromkeys(self.units, 0.0)
        self._last_step: float | None = None
        self._last_byte_at = 0.0
        self._received = b""
        self._untold: list[Report] = []
        self._reports: list[Report] = []

    def open_door(self, unit: int) -> None:
        self._set_door(unit, is_open=True)

    def close_door(self, unit: int) -> None:
        self._set_door(unit, is_open=False)

    def set_temperature(self, unit: int, celsius: float, *, hold: bool = False) -> None:
        """Be this warm now; with `hold`, stay so."""
        within("celsius", celsius, -200, 1000)
        one = self.units[unit]
        if one.set_point is None or hold:
            one.set_point = celsius if hold else one.temperature
        one.temperature = celsius

    def set_fault(self, unit: int, name: str, parameters: Mapping[str, float] | None) -> None:
        """Drift: a sensor's temperature runs away from the air around it."""
        assert name in self.FAULTS
        self._drift[unit] = 0.0
        self._drift_per_s[unit] = 0.0 if parameters is None else parameters["per_minute"] / 60

    def power_off(self, unit: int) -> None:
        self.units[unit].powered = False

    def power_on(self, unit: int) -> None:
        self.units[unit].powered = True

    def step(self, now: float) -> bytes:
        elapsed = 0.0 if self._last_step is None else max(0.0, now - self._last_step)
        self._last_step = now
        for number, unit in self.units.items():
            _warm(unit, elapsed)
            self._drift[number] += self._drift_per_s[number] * elapsed
            stray = self._stray[number] + self._rng.uniform(-1, 1) * unit.wobble * min(1.0, elapsed)
            self._stray[number] = min(unit.wobble, max(-unit.wobble, stray))
        return b""

    def receive(self, data: bytes, now: float) -> bytes:
        if now - self._last_byte_at > FRAME_GAP_S:
            self._received = b""
        if data:
            self._last_byte_at = now
        self._received = (self._received + data)[-MAX_RECEIVED:]
        answers = b""
        while len(self._received) >= REQUEST_LENGTH:
            request = self._received[:REQUEST_LENGTH]
            if crc(request[:-2]) != request[-2:]:
                self._received = self._received[1:]
                continue
            self._received = self._received[REQUEST_LENGTH:]
            answers += self._answer(request)
        return answers

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _set_door(self, unit: int, *, is_open: bool) -> None:
        if self.units[unit].door_open is not is_open:
            self.units[unit].door_open = is_open
            self._untold.append(Report(str(unit), "door_open" if is_open else "door_closed"))

    def _answer(self, request: bytes) -> bytes:
        number, function, first, count = struct.unpack(">BBHH", request[:6])
        unit = self.units.get(number)
        if unit is None or not unit.powered:
            return b""
        known_function, registers = MODELS[unit.model]
        wanted = range(first, first + count)
        if function not in READS:
            body = bytes([number, function | 0x80, ILLEGAL_FUNCTION])
        elif not 1 <= count <= MAX_REGISTERS:
            body = bytes([number, function | 0x80, ILLEGAL_VALUE])
        elif function != known_function or not set(wanted) <= set(registers):
            body = bytes([number, function | 0x80, ILLEGAL_ADDRESS])
        else:
            self._tell(str(number))
            body = struct.pack(f">BBB{count}h", number, function, 2 * count, *self._words(number, wanted))
        return body + crc(body)

    def _words(self, number: int, wanted: range) -> list[int]:
        unit = self.units[number]
        registers = MODELS[unit.model][1]
        temperature = unit.temperature + self._stray[number] + self._drift[number]
        values = {"temperature": temperature, "humidity": unit.humidity}
        tenths = (round(values[registers[register]] * 10) for register in wanted)
        return [min(0x7FFF, max(-0x8000, value)) for value in tenths]

    def _tell(self, key: str) -> None:
        """A door says nothing itself: the first reading after it moved is when the host could know."""
        self._reports += [report for report in self._untold if report.key == key]
        self._untold = [report for report in self._untold if report.key != key]


def _warm(unit: Unit, elapsed: float) -> None:
    if unit.set_point is None:
        unit.set_point = unit.temperature
    target, slowness = (unit.ambient, unit.warm_up_s) if unit.door_open else (unit.set_point, unit.cool_down_s)
    unit.temperature = target + (unit.temperature - target) * math.exp(-elapsed / slowness)
