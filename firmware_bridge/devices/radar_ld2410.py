"""24 GHz presence radar HLK-LD2410: somebody is there, moving or still, and how far away.

Source: the maker's serial protocol, as public descriptions and traces give it. Commands: `firmware_bridge/hlk.py`.

    radar -> host  F4 F3 F2 F1 | length (2) | kind | AA | report | 55 00 | F8 F7 F6 F5

Little endian. kind is 02 for a basic report, 01 in engineering mode, which appends the energy of each gate. A report is
state | moving cm (2) | moving energy | still cm (2) | still energy | detection cm (2). There is no checksum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firmware_bridge import hlk
from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import (
    Action,
    Counters,
    DeviceSettings,
    Driver,
    Heard,
    Line,
    Measured,
    Output,
    Part,
    Value,
)

REPORT, REPORT_END = b"\xf4\xf3\xf2\xf1", b"\xf8\xf7\xf6\xf5"
BASIC, ENGINEERING = 0x02, 0x01
ACTIONS: Mapping[str, int] = {"engineering_on": hlk.ENGINEERING_ON, "engineering_off": hlk.ENGINEERING_OFF}

REPORT_S = 1.0  # the radar reports 20 times a second
GAP_S = 0.2

_INSIDE, _INSIDE_END = 0xAA, b"\x55\x00"
_LENGTH_AT, _DATA_AT, _OVERHEAD, _MOST_DATA = 4, 6, 10, 64
_BASIC_BYTES, _REPORT_BYTES = 13, 9
_MOVING, _STATES = 1, range(4)  # 1 moving, 2 still, 3 both; 4 to 6: the radar measures noise


@dataclass(frozen=True, slots=True)
class Report:
    """Distances in cm; energies 0 to 100."""

    state: int
    moving_cm: int
    moving_energy: int
    still_cm: int
    still_energy: int
    detection_cm: int


def encode(report: Report) -> bytes:
    """A basic report, as the radar sends it."""
    data = (
        bytes([BASIC, _INSIDE, report.state])
        + report.moving_cm.to_bytes(2, "little")
        + bytes([report.moving_energy])
        + report.still_cm.to_bytes(2, "little")
        + bytes([report.still_energy])
        + report.detection_cm.to_bytes(2, "little")
        + _INSIDE_END
    )
    return REPORT + len(data).to_bytes(2, "little") + data + REPORT_END


def decode(frame: bytes) -> Report | None:
    """What a whole frame reports; None for an answer to a command."""
    if not frame.startswith(REPORT):
        return None
    data = frame[_DATA_AT + 2 :]
    return Report(
        state=data[0],
        moving_cm=int.from_bytes(data[1:3], "little"),
        moving_energy=data[3],
        still_cm=int.from_bytes(data[4:6], "little"),
        still_energy=data[6],
        detection_cm=int.from_bytes(data[7:_REPORT_BYTES], "little"),
    )


def values(report: Report) -> dict[str, Value]:
    """Empty when the radar does not know; no distance when nobody is there or the radar says 0."""
    if report.state not in _STATES:
        return {}
    if report.state == 0:
        return {"Presence/Detected": False, "Presence/Motion": 0}
    moving = bool(report.state & _MOVING)
    known: dict[str, Value] = {"Presence/Detected": True, "Presence/Motion": 2 if moving else 1}
    distance = report.detection_cm or (report.moving_cm if moving else report.still_cm)
    return {**known, "Presence/Distance": distance} if distance else known


class PresenceRadar:
    """Listens. Of the reports within one second only the first is passed on."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "radar")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._decoder = FrameDecoder(
            b"", _frame_length, _valid, max_length=_OVERHEAD + _MOST_DATA, gap_s=GAP_S, counters=self.counters
        )
        self._report_due = 0.0
        self._commands = hlk.Radar(device.id, ACTIONS)

    def start(self, now: float) -> Sequence[Output]:
        self._decoder.clear()
        self._report_due = now
        return self._commands.start(now)

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._reports(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        return [*self._reports(self._decoder.expire(now), now), *self._commands.tick(now)]

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:  # noqa: ARG002
        return self._commands.act(action, now)

    def _reports(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._report(frame, now)]

    def _report(self, frame: bytes, now: float) -> list[Output]:
        report = decode(frame)
        if report is None:
            return self._commands.on_frame(frame, now)
        if now < self._report_due:
            return []
        self._report_due = now + REPORT_S
        known = values(report)
        return [Measured(self._id, known) if known else Heard(self._id)]


def _frame_length(buffer: bytearray) -> int | None:
    start = bytes(buffer[: len(REPORT)])
    if not any(header.startswith(start) for header in (REPORT, hlk.HEADER)):
        return IMPOSSIBLE
    if start == hlk.HEADER:
        return hlk.frame_length(buffer)
    if len(buffer) < _DATA_AT:
        return None
    length = int.from_bytes(buffer[_LENGTH_AT:_DATA_AT], "little")
    return _OVERHEAD + length if _BASIC_BYTES <= length <= _MOST_DATA else IMPOSSIBLE


def _valid(frame: bytes) -> bool:
    if frame.startswith(hlk.HEADER):
        return frame.endswith(hlk.END)
    kind = frame[_DATA_AT]
    fits = kind == ENGINEERING or (kind == BASIC and len(frame) == _OVERHEAD + _BASIC_BYTES)
    return fits and frame[_DATA_AT + 1] == _INSIDE and frame.endswith(_INSIDE_END + REPORT_END)


_STATE_NAMES = ("无人 none", "运动 moving", "静止 still", "运动和静止 both")
_FIELDS = (
    (6, 7, "类型 kind"),
    (7, 8, "标记 mark"),
    (8, 9, "状态 state"),
    (9, 11, "运动距离 moving"),
    (11, 12, "运动能量 moving energy"),
    (12, 14, "静止距离 still"),
    (14, 15, "静止能量 still energy"),
    (15, 17, "探测距离 detection"),
)


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    if len(frame) >= hlk.OVERHEAD + 2 and frame.startswith(hlk.HEADER):
        return hlk.explain(frame)
    report = decode(frame) if len(frame) >= _OVERHEAD + _BASIC_BYTES else None
    if report is None:
        return [Part(0, len(frame), "数据 data", frame.hex(" ").upper())] if frame else []
    state = _STATE_NAMES[report.state] if report.state < len(_STATE_NAMES) else f"测噪声 noise {report.state}"
    texts = (
        "基本 basic" if frame[_DATA_AT] == BASIC else "工程 engineering",
        f"{frame[7]:02X}",
        state,
        f"{report.moving_cm} cm",
        str(report.moving_energy),
        f"{report.still_cm} cm",
        str(report.still_energy),
        f"{report.detection_cm} cm",
    )
    parts = [Part(0, 4, "帧头 header", "报告 report"), Part(4, 6, "长度 length", str(frame[4] | frame[5] << 8))]
    parts += [Part(start, end, name, text) for (start, end, name), text in zip(_FIELDS, texts, strict=True)]
    tail = len(frame) - 6
    parts += [Part(17, tail, "各门能量 gates", frame[17:tail].hex(" ").upper())] if tail > 17 else []
    return [*parts, Part(tail, len(frame), "帧尾 end", frame[tail:].hex(" ").upper())]


DRIVER = Driver(
    name="radar_ld2410",
    zh="毫米波雷达（有人）",
    en="Presence radar",
    line=Line(256000),
    metrics=("Presence/Detected", "Presence/Motion", "Presence/Distance"),
    silence_s=10.0,
    life_safety=False,
    session=PresenceRadar,
    actions={
        "engineering_on": Action("开启工程模式", "Report the energy of each gate too"),
        "engineering_off": Action("关闭工程模式", "End engineering mode"),
    },
    explain=explain,
)
