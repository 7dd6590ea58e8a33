"""Bluetooth blood-pressure monitors: the characteristic 0x2A35, Blood Pressure Measurement, over a serial BLE bridge.

Source: Bluetooth SIG, Blood Pressure Service and GATT specification supplement; IEEE 11073-20601 for SFLOAT. The line
of text that the bridge makes of each indication is this project's proposal:

    IND 2A35 <hexadecimal> CR LF

    flags | systolic (2) | diastolic (2) | mean (2) | [time (7)] | [pulse (2)] | [user] | [status (2)]

Little endian. Flags: bit 0 kPa and not mmHg; 1 time, 2 pulse rate, 3 user, 4 status are there. Time is year (2), month,
day, hour, minute, second, by the monitor's own clock. An SFLOAT is a 12-bit mantissa and a 4-bit exponent of ten.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from firmware_bridge.device_time import CHINA, in_range
from firmware_bridge.lines import LineDecoder
from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import Counters, DeviceSettings, Driver, Heard, Line, Measured, Output, Part, Value

KPA, TIME, PULSE, USER, STATUS = (1 << bit for bit in range(5))
MMHG_OF_KPA = 7.50062

NO_NUMBER = range(0x7FE, 0x803)  # mantissas: +INF, NaN, NRes, reserved, -INF
GAP_S = 1.0
LONGEST = 64

STATUSES: Mapping[int, str] = {
    0: "体动 body movement",
    1: "袖带过松 cuff too loose",
    2: "脉搏不齐 irregular pulse",
    5: "姿势不当 improper position",
}

_LINE = re.compile(rb"IND 2[Aa]35 ((?:[0-9A-Fa-f]{2}){7,24})\r?\n")
_OTHER = re.compile(rb"IND [0-9A-Fa-f]{4} [0-9A-Fa-f]*\r?\n")
_PRESSURES, _TIME_BYTES = 7, 7
_LOWEST, _HIGHEST = 0, 350  # mmHg


@dataclass(frozen=True, slots=True)
class Measurement:
    """Pressures in mmHg; None is what the monitor could not say."""

    systolic: float | None
    diastolic: float | None
    mean: float | None
    time_ms: int | None = None
    pulse: float | None = None
    user: int | None = None
    status: int | None = None


def sfloat(data: bytes) -> float | None:
    """None when it says that it is no number."""
    raw = int.from_bytes(data, "little")
    mantissa, exponent = raw & 0xFFF, raw >> 12
    if mantissa in NO_NUMBER:
        return None
    signed = mantissa - 0x1000 if mantissa & 0x800 else mantissa
    power = exponent - 16 if exponent & 8 else exponent
    return signed * 10.0**power if power >= 0 else signed / 10.0**-power


def encode_sfloat(mantissa: int, exponent: int = 0) -> bytes:
    return ((mantissa & 0xFFF) | (exponent & 0xF) << 12).to_bytes(2, "little")


def length(flags: int) -> int:
    """Of a value with these flags."""
    optional = ((TIME, _TIME_BYTES), (PULSE, 2), (USER, 1), (STATUS, 2))
    return _PRESSURES + sum(size for flag, size in optional if flags & flag)


def decode(value: bytes) -> Measurement | None:
    """None when its length is not what its flags say; flags that are still reserved may bring more."""
    flags = value[0] if value else 0
    reserved = bool(flags >> 5)
    if len(value) < length(flags) or (len(value) > length(flags) and not reserved):
        return None
    systolic, diastolic, mean = (_pressure(value[at : at + 2], kpa=bool(flags & KPA)) for at in (1, 3, 5))
    at, time_ms, pulse, user, status = _PRESSURES, None, None, None, None
    if flags & TIME:
        time_ms = _time_ms(value[at : at + _TIME_BYTES])
        at += _TIME_BYTES
    if flags & PULSE:
        pulse = sfloat(value[at : at + 2])
        at += 2
    if flags & USER:
        user = value[at]
        at += 1
    if flags & STATUS:
        status = int.from_bytes(value[at : at + 2], "little")
    return Measurement(systolic, diastolic, mean, time_ms, pulse, user, status)


def decode_line(line: bytes) -> Measurement | None:
    found = _LINE.fullmatch(line)
    return decode(bytes.fromhex(found[1].decode())) if found else None


def _pressure(data: bytes, *, kpa: bool) -> float | None:
    number = sfloat(data)
    if number is None:
        return None
    mmhg = round(number * MMHG_OF_KPA, 1) if kpa else number
    return mmhg if _LOWEST <= mmhg <= _HIGHEST else None


def _time_ms(data: bytes) -> int | None:
    """A year, month or day of 0 is unknown."""
    try:
        moment = datetime(int.from_bytes(data[:2], "little"), *data[2:7], tzinfo=CHINA)  # type: ignore[misc]
    except ValueError:
        return None
    return in_range(round(moment.timestamp() * 1000))


class BloodPressureMonitor:
    """Each measurement is reported as it comes; the monitor may send ones that it stored before."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "blood-pressure monitor")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._lines = LineDecoder(max_length=LONGEST, gap_s=GAP_S, counters=self.counters)

    def start(self, now: float) -> Sequence[Output]:  # noqa: ARG002 - the bridge speaks first
        self._lines.clear()
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return [output for line in self._lines.feed(data, now) for output in self._on_line(line)]

    def tick(self, now: float) -> Sequence[Output]:
        self._lines.expire(now)
        return []

    def _on_line(self, line: bytes) -> list[Output]:
        at = line.rfind(b"IND ")
        if at > 0:  # noise, or a line that was cut short
            self.counters.on_skipped(line[:at])
            line = line[at:]
        measurement = decode_line(line)
        if measurement is None:
            other = _OTHER.fullmatch(line) and not line.upper().startswith(b"IND 2A35")
            (self.counters.on_frame if other else self.counters.on_crc_error)(line)
            return [Heard(self._id)] if other else []
        self.counters.on_frame(line)
        found = {
            "Blood Pressure/Systolic": measurement.systolic,
            "Blood Pressure/Diastolic": measurement.diastolic,
            "Blood Pressure/Mean": measurement.mean,
            "Blood Pressure/Pulse Rate": measurement.pulse,
        }
        values: dict[str, Value] = {name: value for name, value in found.items() if value is not None}
        return [Measured(self._id, values, measurement.time_ms) if values else Heard(self._id)]


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    found, measurement = _LINE.fullmatch(frame), decode_line(frame)
    if found is None or measurement is None:
        return [Part(0, len(frame), "数据 data", frame.decode("ascii", "replace").strip())] if frame else []
    flags = int(found[1][:2], 16)
    unit = "kPa" if flags & KPA else "mmHg"
    fields: list[tuple[int, str, str]] = [
        (1, "标志 flags", f"{flags:02X}, {unit}"),
        (2, "收缩压 systolic", _shown(measurement.systolic, " mmHg")),
        (2, "舒张压 diastolic", _shown(measurement.diastolic, " mmHg")),
        (2, "平均压 mean", _shown(measurement.mean, " mmHg")),
    ]
    if flags & TIME:
        fields.append((_TIME_BYTES, "时间 time", _shown_time(measurement.time_ms)))
    if flags & PULSE:
        fields.append((2, "脉率 pulse", _shown(measurement.pulse, " /min")))
    if flags & USER:
        fields.append((1, "用户 user", "(hidden)"))
    if flags & STATUS:
        bits = [what for bit, what in STATUSES.items() if (measurement.status or 0) >> bit & 1]
        fields.append((2, "状态 status", ", ".join(bits) or "正常 good"))
    parts, at = [Part(0, 8, "特征 characteristic", "2A35")], found.start(1)
    for size, name, text in fields:
        parts.append(Part(at, at + 2 * size, name, text))
        at += 2 * size
    return parts


def _shown(value: float | None, unit: str) -> str:
    return "无 none" if value is None else f"{value:g}{unit}"


def _shown_time(milliseconds: int | None) -> str:
    if milliseconds is None:
        return "无 none"
    return f"{datetime.fromtimestamp(milliseconds / 1000, CHINA):%Y-%m-%d %H:%M:%S}"


DRIVER = Driver(
    name="blood_pressure_2a35",
    zh="蓝牙血压计",
    en="Bluetooth blood-pressure monitor",
    line=Line(115200),
    metrics=(
        "Blood Pressure/Systolic",
        "Blood Pressure/Diastolic",
        "Blood Pressure/Mean",
        "Blood Pressure/Pulse Rate",
    ),
    silence_s=None,
    life_safety=False,
    session=BloodPressureMonitor,
    explain=explain,
)
