"""Reader of UHF RFID wristbands (ISO 18000-6C), one line of text for each time an antenna hears a tag.

Source: the line is this project's proposal; readers and gateways that can be given a format speak it.

    reader -> host  EPC,RSSI,antenna,time CR LF      E2801160600002084AE5BD5A,-54.5,1,2026-07-21T09:30:00+08:00

EPC is 24 to 62 hexadecimal digits, RSSI is in dBm, time is ISO 8601 or milliseconds since 1970. There is no checksum.
"""

import re
from collections.abc import Sequence
from typing import NamedTuple

from firmware_bridge import device_time
from firmware_bridge.lines import LineDecoder
from firmware_bridge.options import number, refuse_others, sole_device
from firmware_bridge.session import (
    Counters,
    DeviceSettings,
    Driver,
    Heard,
    Line,
    Measured,
    Occurred,
    Output,
    Part,
    Value,
)

AGAIN_AFTER_S = 5.0
GAP_S = 1.0
REMEMBERED = 1000  # tags in the field of the antennas
_LONGEST = 160
_FRAME = re.compile(
    rb"((?:[0-9A-Fa-f]{2}){12,31}),(-?[0-9]{1,3}(?:\.[0-9]{1,3})?),([0-9]{1,3}),([\x20-\x7e]{0,40}?)\r?\n"
)


class Tag(NamedTuple):
    epc: str
    rssi: float  # dBm
    antenna: int
    time_ms: int | None = None


def encode(tag: Tag) -> bytes:
    time = "" if tag.time_ms is None else str(tag.time_ms)
    return f"{tag.epc},{tag.rssi:g},{tag.antenna},{time}\r\n".encode("ascii")


def decode(line: bytes) -> Tag | None:
    """None: no line of a reader. A time that cannot be right is left out."""
    found = _FRAME.fullmatch(line)
    if found is None:
        return None
    epc, rssi, antenna, time = (field.decode("ascii") for field in found.groups())
    return Tag(epc.upper(), float(rssi), int(antenna), _time_ms(time))


def _time_ms(text: str) -> int | None:
    if re.fullmatch(r"[0-9]{13}", text):
        return device_time.in_range(int(text))
    return device_time.from_text(text)


class TagReader:
    """A tag that an antenna hears again and again is told once, until it was away for a while."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "tag reader")
        refuse_others(device, ("again_after_s",))
        self._id = device.id
        self._again_after_s = number(device, "again_after_s", 1, 3600, AGAIN_AFTER_S)
        self.counters = Counters()
        self._lines = LineDecoder(max_length=_LONGEST, gap_s=GAP_S, counters=self.counters)
        self._heard_at: dict[tuple[str, int], float] = {}  # the one heard longest ago first
        self._reads = 0

    def start(self, now: float) -> Sequence[Output]:  # noqa: ARG002 - the reader speaks first
        self._lines.clear()
        return [self._measured()]

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return [output for line in self._lines.feed(data, now) for output in self._on_line(line, now)]

    def tick(self, now: float) -> Sequence[Output]:
        self._lines.expire(now)
        return []

    def _on_line(self, line: bytes, now: float) -> list[Output]:
        tag = decode(line)
        if tag is None:
            self.counters.on_skipped(line)
            return []
        self.counters.on_frame(line)
        if not self._is_another_pass(tag, now):
            return [Heard(self._id)]
        self._reads += 1
        detail: dict[str, Value] = {"epc": tag.epc, "rssi": tag.rssi, "antenna": tag.antenna}
        return [Occurred(self._id, "tag_read", detail, device_time_ms=tag.time_ms), self._measured()]

    def _is_another_pass(self, tag: Tag, now: float) -> bool:
        key = (tag.epc, tag.antenna)
        before = self._heard_at.pop(key, float("-inf"))
        self._heard_at[key] = now
        if len(self._heard_at) > REMEMBERED:
            del self._heard_at[next(iter(self._heard_at))]
        return now >= before + self._again_after_s

    def _measured(self) -> Measured:
        return Measured(self._id, {"Tag/Reads": self._reads})


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    tag, found = decode(frame), _FRAME.fullmatch(frame)
    if tag is None or found is None:
        return [Part(0, len(frame), "数据 data", frame.decode("ascii", "replace").strip())] if frame else []
    texts = (tag.epc, f"{tag.rssi:g} dBm", str(tag.antenna), str(tag.time_ms or "not usable"))
    names = ("标签 EPC", "信号强度 RSSI", "天线 antenna", "时间 time")
    return [
        Part(*found.span(i), name, text)
        for i, (name, text) in enumerate(zip(names, texts, strict=True), start=1)
        if found.end(i) > found.start(i)
    ]


DRIVER = Driver(
    name="tag_reader_uhf",
    zh="超高频腕带读写器",
    en="UHF wristband reader",
    line=Line(115200),
    metrics=("Tag/Reads",),
    silence_s=None,
    life_safety=False,
    session=TagReader,
    explain=explain,
)
