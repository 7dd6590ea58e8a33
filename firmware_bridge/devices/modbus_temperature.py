"""Temperature and humidity sensors on Modbus RTU; several units share one RS-485 line, and we are the master.

Source: Modbus over Serial Line 1.02 and Modbus Application Protocol 1.1b3; the models' manuals for `MODELS`.

    master -> unit  unit | function | first register (2) | count (2)     | CRC (2)
    unit -> master  unit | function | bytes              | registers     | CRC (2)
                    unit | function | 0x80               | exception (1) | CRC (2)

Registers are big endian, CRC-16/MODBUS goes low byte first.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import choice, integer, number, refuse_others
from firmware_bridge.session import (
    BadOption,
    Counters,
    DeviceSettings,
    Driver,
    Faulted,
    Line,
    Measured,
    Output,
    Send,
)


@dataclass(frozen=True, slots=True)
class Quantity:
    """One register: the metric it holds, and how many register steps make one unit of it."""

    metric: str
    steps: int
    signed: bool


@dataclass(frozen=True, slots=True)
class Model:
    """One request covers every register: `quantities` stand in consecutive registers from `first`."""

    function: int
    first: int
    quantities: tuple[Quantity, ...]


_TEMPERATURE, _HUMIDITY = Quantity("Air/Temperature", 10, signed=True), Quantity("Air/Humidity", 10, signed=False)

MODELS: Mapping[str, Model] = {
    "rs_ws_n01": Model(0x03, 0, (_HUMIDITY, _TEMPERATURE)),
    "xy_md02": Model(0x04, 1, (_TEMPERATURE, _HUMIDITY)),
}

EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledge: still working",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target did not answer",
}

LINE = Line(9600)
GAP_S = 3.5 * 11 / LINE.baud  # the bus must be silent for 3.5 characters before a request
STALE_S = 0.05  # an answer torn for this long will not be completed; adapters hold bytes back for up to 16 ms
ANSWER_S, RETRIES = 0.2, 3

_EXCEPTION = 0x80
_FUNCTIONS = {model.function for model in MODELS.values()}
_MOST_REGISTERS = max(len(model.quantities) for model in MODELS.values())
_OVERHEAD = 5


def crc16(data: bytes) -> bytes:
    """CRC-16/MODBUS, in the order it is sent."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc.to_bytes(2, "little")


def encode(unit: int, body: bytes) -> bytes:
    """Wrap a function code and its data into a frame."""
    frame = bytes([unit]) + body
    return frame + crc16(frame)


def request(unit: int, model: Model) -> bytes:
    fields = (model.first, len(model.quantities))
    return encode(unit, bytes([model.function]) + b"".join(field.to_bytes(2, "big") for field in fields))


def decode(model: Model, registers: bytes) -> dict[str, float]:
    return {
        quantity.metric: int.from_bytes(registers[2 * i : 2 * i + 2], "big", signed=quantity.signed) / quantity.steps
        for i, quantity in enumerate(model.quantities)
    }


class _Unit:
    """One sensor on the line, and when to ask it next."""

    def __init__(self, device: DeviceSettings) -> None:
        refuse_others(device, ("unit", "model", "poll_s"))
        self.id = device.id
        self.address = integer(device, "unit", 1, 247)
        self.model = MODELS[choice(device, "model", MODELS)]
        self.poll_s = number(device, "poll_s", 0.5, 10, 2)  # slower would look like silence
        self.due = 0.0
        self.fault = ""


class ModbusLine:
    """Asks one unit at a time; a value is reported only when it was just read."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        self._units = [_Unit(device) for device in devices]
        _refuse_shared_addresses(self._units)
        self.counters = Counters()
        longest = _OVERHEAD + 2 * _MOST_REGISTERS
        self._decoder = FrameDecoder(
            b"", _frame_length, _valid, max_length=longest, gap_s=STALE_S, counters=self.counters
        )
        self._asked: _Unit | None = None
        self._tries = 0
        self._answer_due = self._bus_free = 0.0

    def start(self, now: float) -> Sequence[Output]:
        self._decoder.clear()
        self._asked, self._bus_free = None, now
        for unit in self._units:
            unit.due, unit.fault = now, ""
        return self._ask_next(now)

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        if data:
            self._bus_free = now + GAP_S
        return self._answers(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        outputs = self._answers(self._decoder.expire(now), now)
        if self._asked and now >= self._answer_due:
            outputs += self._unanswered(self._asked, now)
        if not self._asked and now >= self._bus_free:
            outputs += self._ask_next(now)
        return outputs

    def _ask_next(self, now: float) -> list[Output]:
        unit = min(self._units, key=lambda unit: unit.due, default=None)
        if unit is None or unit.due > now:
            return []
        self._tries = 0
        return [self._ask(unit, now)]

    def _ask(self, unit: _Unit, now: float) -> Send:
        self._asked, self._answer_due = unit, now + ANSWER_S
        self._tries += 1
        return Send(request(unit.address, unit.model))

    def _unanswered(self, unit: _Unit, now: float) -> list[Output]:
        if self._tries <= RETRIES and not unit.fault:  # a dead unit must not hold up the others four times
            return [self._ask(unit, now)]
        self._done(unit, now)
        return _faulted(unit, "no answer")

    def _answers(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._answer(frame, now)]

    def _answer(self, frame: bytes, now: float) -> list[Output]:
        unit, function = self._asked, frame[1]
        if unit is not None and frame[0] == unit.address:
            if function == unit.model.function | _EXCEPTION:
                self._done(unit, now)
                reason = f"exception {frame[2]}: {EXCEPTIONS.get(frame[2], 'unknown')}"
                return _faulted(unit, reason)
            if function == unit.model.function and frame[2] == 2 * len(unit.model.quantities):
                self._done(unit, now)
                unit.fault = ""
                return [Measured(unit.id, decode(unit.model, frame[3:-2]))]
        self.counters.resyncs += 1  # somebody else's answer, or one to a question long given up
        return []

    def _done(self, unit: _Unit, now: float) -> None:
        self._asked, unit.due = None, now + unit.poll_s


def _faulted(unit: _Unit, reason: str) -> list[Output]:
    unit.fault = reason
    return [Faulted(unit.id, reason)]


def _refuse_shared_addresses(units: Sequence[_Unit]) -> None:
    owner: dict[int, str] = {}
    for unit in units:
        if unit.address in owner:
            raise BadOption(
                f"{unit.id}: option 'unit' is {unit.address}, which is {owner[unit.address]}'s on the same line; "
                "write the address set on the device"
            )
        owner[unit.address] = unit.id


def _frame_length(buffer: bytearray) -> int | None:
    if len(buffer) < 3:
        return None
    unit, function, size = buffer[:3]
    if not 1 <= unit <= 247 or function & ~_EXCEPTION not in _FUNCTIONS:
        return IMPOSSIBLE
    return _OVERHEAD if function & _EXCEPTION else _OVERHEAD + size


def _valid(frame: bytes) -> bool:
    return crc16(frame[:-2]) == frame[-2:]


DRIVER = Driver(
    name="modbus_temperature",
    zh="温湿度传感器",
    en="Temperature and humidity sensor",
    line=LINE,
    metrics=("Air/Temperature", "Air/Humidity"),
    silence_s=30.0,
    life_safety=False,
    session=ModbusLine,
)
