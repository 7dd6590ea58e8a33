"""GNSS receiver (BeiDou, GPS and others) that tells its position in NMEA 0183 sentences.

Source: NMEA 0183, sentences GGA and RMC, as public descriptions and examples give them.

    $GPGGA,123519,4807.038,N,01131.000,E,1,08,0.9,545.4,M,46.9,M,,*47
      time | latitude ddmm.mmm | longitude dddmm.mmm | quality | satellites | HDOP | altitude | geoid height
    $GPRMC,123519,A,4807.038,N,01131.000,E,022.4,084.4,230394,003.1,W*6A
      time | A valid, V not | latitude | longitude | speed | course | date ddmmyy | ...

The two characters before the name are the talker: GP, GN, BD or GB. After `*` stands the XOR of all between `$` and
it. Times are UTC. Only RMC has a date.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from functools import reduce
from operator import xor
from typing import NamedTuple

from firmware_bridge import device_time
from firmware_bridge.lines import LineDecoder
from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import Counters, DeviceSettings, Driver, Heard, Line, Measured, Output, Part, Value

TALKERS = ("GP", "GN", "BD", "GB")
LONGEST = 122  # 82 in the standard; receivers with more digits send more
GAP_S = 2.0
DATE_GOOD_S = 60.0  # how long a GGA may be dated by the RMC before it
GGA_MISSING_S = 3.0  # then RMC has to do

_SENTENCE = re.compile(rb"\$([A-Z0-9]{2})([A-Z]{3}),([\x20-\x7e]*)\*([0-9A-Fa-f]{2})\r?\n")
_ANGLE = re.compile(r"(\d{1,3})(\d{2}(?:\.\d{1,8})?)")
_CLOCK = re.compile(r"(\d{2})(\d{2})(\d{2})(?:\.\d{1,6})?")
_DATE = re.compile(r"(\d{2})(\d{2})(\d{2})")
_NUMBER = re.compile(r"-?\d{1,6}(?:\.\d{1,6})?")
_PIVOT = 80  # a year below is after 2000


class Sentence(NamedTuple):
    talker: str
    name: str
    fields: tuple[str, ...]


def encode(sentence: Sentence) -> bytes:
    text = f"{sentence.talker}{sentence.name},{','.join(sentence.fields)}".encode("ascii")
    return b"$%s*%02X\r\n" % (text, reduce(xor, text))


def decode(line: bytes) -> Sentence | None:
    """None when the checksum is wrong or missing, or the line is no sentence."""
    found = _SENTENCE.fullmatch(line)
    if found is None or reduce(xor, line[1 : found.start(4) - 1]) != int(found[4], 16):
        return None
    talker, name, rest = (part.decode("ascii") for part in found.groups()[:3])
    return Sentence(talker, name, tuple(rest.split(",")))


def degrees(text: str, hemisphere: str) -> float | None:
    """From (d)ddmm.mmm; south and west are negative. None when it is no angle."""
    found = _ANGLE.fullmatch(text)
    limit = {"N": 90, "S": 90, "E": 180, "W": 180}.get(hemisphere)
    if found is None or limit is None or (minutes := float(found[2])) >= 60:
        return None
    angle = round(int(found[1]) + minutes / 60, 7)
    if angle > limit:
        return None
    return -angle if hemisphere in "SW" else angle


def position(fields: tuple[str, ...]) -> dict[str, Value] | None:
    """From latitude, N or S, longitude, E or W."""
    latitude, longitude = degrees(fields[0], fields[1]), degrees(fields[2], fields[3])
    if latitude is None or longitude is None:
        return None
    return {"Position/Latitude": latitude, "Position/Longitude": longitude}


def date_and_time(date: str, clock: str) -> datetime | None:
    day, time = _DATE.fullmatch(date), _CLOCK.fullmatch(clock)
    if day is None or time is None:
        return None
    year = int(day[3]) + (1900 if int(day[3]) >= _PIVOT else 2000)
    try:
        return datetime(year, int(day[2]), int(day[1]), int(time[1]), int(time[2]), int(time[3]), tzinfo=UTC)
    except ValueError:
        return None


class GnssReceiver:
    """A receiver without a fix has no position: only its fix quality 0 is told."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "GNSS receiver")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._lines = LineDecoder(max_length=LONGEST, gap_s=GAP_S, counters=self.counters)
        self._reset()

    def _reset(self) -> None:
        self._dated: datetime | None = None  # by the last RMC
        self._dated_at = self._gga_at = float("-inf")

    def start(self, now: float) -> Sequence[Output]:  # noqa: ARG002 - the receiver speaks first
        self._lines.clear()
        self._reset()
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return [output for line in self._lines.feed(data, now) for output in self._on_line(line, now)]

    def tick(self, now: float) -> Sequence[Output]:
        self._lines.expire(now)
        return []

    def _on_line(self, line: bytes, now: float) -> list[Output]:
        at = line.rfind(b"$")
        if at != 0:  # noise, or the receiver was cut short and began again
            self.counters.on_skipped(line[:at] if at > 0 else line)
            line = line[at:] if at > 0 else b""
        if not line:
            return []
        sentence = decode(line)
        if sentence is None:
            self.counters.on_crc_error(line)
            return []
        self.counters.on_frame(line)
        if sentence.talker not in TALKERS:
            return []
        if sentence.name == "GGA" and len(sentence.fields) >= 9:
            self._gga_at = now
            return [self._on_gga(sentence.fields, now)]
        if sentence.name == "RMC" and len(sentence.fields) >= 9:
            return [self._on_rmc(sentence.fields, now)]
        return []

    def _on_gga(self, fields: tuple[str, ...], now: float) -> Output:
        clock, quality, satellites, hdop, altitude = fields[0], fields[5], fields[6], fields[7], fields[8]
        if quality == "0":
            return Measured(self._id, {"Position/Fix Quality": 0})
        where = position(fields[1:5])
        if where is None or not (len(quality) == 1 and quality in "123456789"):
            return Heard(self._id)
        where["Position/Fix Quality"] = int(quality)
        if re.fullmatch(r"\d{1,2}", satellites):
            where["Position/Satellites"] = int(satellites)
        if _NUMBER.fullmatch(hdop):
            where["Position/HDOP"] = float(hdop)
        if _NUMBER.fullmatch(altitude):
            where["Position/Altitude"] = float(altitude)
        return Measured(self._id, where, self._time_ms(clock, now))

    def _on_rmc(self, fields: tuple[str, ...], now: float) -> Output:
        clock, status, date = fields[0], fields[1], fields[8]
        if status != "A":
            return Heard(self._id)
        self._dated, self._dated_at = date_and_time(date, clock), now
        where = position(fields[2:6])
        if where is None or now < self._gga_at + GGA_MISSING_S:
            return Heard(self._id)
        return Measured(self._id, where, _milliseconds(self._dated))

    def _time_ms(self, clock: str, now: float) -> int | None:
        """The clock's time on the day nearest to the last RMC: midnight may lie between the two."""
        found = _CLOCK.fullmatch(clock)
        if self._dated is None or found is None or now >= self._dated_at + DATE_GOOD_S:
            return None
        hour, minute, second = (int(part) for part in found.groups())
        if hour > 23 or minute > 59 or second > 59:
            return None
        moment = self._dated.replace(hour=hour, minute=minute, second=second)
        if moment < self._dated - timedelta(hours=12):
            moment += timedelta(days=1)
        elif moment > self._dated + timedelta(hours=12):
            moment -= timedelta(days=1)
        return _milliseconds(moment)


def _milliseconds(moment: datetime | None) -> int | None:
    return None if moment is None else device_time.in_range(round(moment.timestamp() * 1000))


_FIELDS = {
    "GGA": (
        "时间 time",
        "纬度 latitude",
        "北南 N/S",
        "经度 longitude",
        "东西 E/W",
        "定位质量 quality",
        "卫星数 satellites",
        "精度 HDOP",
        "海拔 altitude",
    ),
    "RMC": (
        "时间 time",
        "状态 status",
        "纬度 latitude",
        "北南 N/S",
        "经度 longitude",
        "东西 E/W",
        "速度 speed",
        "航向 course",
        "日期 date",
    ),
}


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    sentence, found = decode(frame), _SENTENCE.fullmatch(frame)
    if sentence is None or found is None:
        return [Part(0, len(frame), "数据 data", frame.decode("ascii", "replace").strip())] if frame else []
    parts = [
        Part(1, 3, "来源 talker", sentence.talker),
        Part(3, 6, "语句 sentence", sentence.name),
    ]
    at, names = found.start(3), _FIELDS.get(sentence.name, ())
    for i, field in enumerate(sentence.fields):
        if field:
            parts.append(Part(at, at + len(field), names[i] if i < len(names) else f"字段 field {i + 1}", field))
        at += len(field) + 1
    return [*parts, Part(*found.span(4), "校验 checksum", found[4].decode("ascii"))]


DRIVER = Driver(
    name="gnss_nmea",
    zh="卫星定位接收机",
    en="GNSS receiver",
    line=Line(9600),
    metrics=(
        "Position/Latitude",
        "Position/Longitude",
        "Position/Altitude",
        "Position/Satellites",
        "Position/Fix Quality",
        "Position/HDOP",
    ),
    silence_s=10.0,
    life_safety=False,
    session=GnssReceiver,
    explain=explain,
)
