"""24 GHz tracking radar HLK-LD2450: how many people are in view (three at most), and who crosses a line.

Source: the maker's serial protocol, as public descriptions give it. Commands: `firmware_bridge/hlk.py`.

    radar -> host  AA FF 03 00 | 3 targets: x (2) y (2) speed (2) gate (2) | 55 CC

Little endian, mm and cm/s. x, y and speed are not two's complement: the top bit is 1 for positive, 0 for negative, and
the other 15 bits are the amount. A target of zeros is an empty slot. There is no checksum.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from math import hypot

from firmware_bridge import hlk
from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import integer, refuse_others, sole_device
from firmware_bridge.session import Action, Counters, DeviceSettings, Driver, Line, Measured, Output, Part, Value

HEADER, TRAILER = b"\xaa\xff\x03\x00", b"\x55\xcc"
SLOTS = 3
ACTIONS: Mapping[str, int] = {"single_target": hlk.SINGLE_TARGET, "multi_target": hlk.MULTI_TARGET}

REPORT_S = 1.0  # the radar reports 10 times a second
GAP_S = 0.2
BESIDE_MM = 200  # a crossing counts this far beyond the line, so that somebody standing on it is not counted again
JUMP_MM = 1000  # nobody walks so far from one frame to the next: the slot was given to somebody else
LOST_S = 1.0  # a target that vanished for less is still the same person

_TARGET_BYTES = 8
_FRAME_BYTES = len(HEADER) + SLOTS * _TARGET_BYTES + len(TRAILER)
_POSITIVE, _AMOUNT = 0x8000, 0x7FFF


@dataclass(frozen=True, slots=True)
class Target:
    """x to the right, y away from the radar, in mm; speed in cm/s; gate: the radar's own step of distance."""

    x: int
    y: int
    speed: int
    gate: int


Targets = tuple[Target | None, ...]  # by slot


def encode(targets: Sequence[Target | None]) -> bytes:
    filled = [*targets, *[None] * (SLOTS - len(targets))]
    return HEADER + b"".join(map(_encode_target, filled)) + TRAILER


def decode(frame: bytes) -> Targets:
    starts = range(len(HEADER), _FRAME_BYTES - len(TRAILER), _TARGET_BYTES)
    return tuple(_decode_target(frame[at : at + _TARGET_BYTES]) for at in starts)


@dataclass(slots=True)
class _Slot:
    """Where the slot's person was last, and on which side of the line; None: not known yet."""

    target: Target | None = None
    seen_at: float = 0.0
    beyond: bool | None = None


class PeopleCounter:
    """With `line_mm`, somebody who comes nearer across that distance has entered, and who goes away has left."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "people counter")
        refuse_others(device, ("line_mm",))
        self._id = device.id
        self._line_mm = integer(device, "line_mm", 500, 5500) if "line_mm" in device.options else None
        self._entered = self._left = 0
        self.counters = Counters()
        self._decoder = FrameDecoder(
            b"", _frame_length, _valid, max_length=hlk.OVERHEAD + hlk.MOST_DATA, gap_s=GAP_S, counters=self.counters
        )
        self._commands = hlk.Radar(device.id, ACTIONS)
        self._slots = [_Slot() for _ in range(SLOTS)]
        self._report_due = 0.0

    def start(self, now: float) -> Sequence[Output]:
        self._decoder.clear()
        self._slots = [_Slot() for _ in range(SLOTS)]
        self._report_due = now
        return self._commands.start(now)

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._reports(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        return [*self._reports(self._decoder.expire(now), now), *self._commands.tick(now)]

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:  # noqa: ARG002
        return self._commands.act(action, now)

    def _reports(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._frame(frame, now)]

    def _frame(self, frame: bytes, now: float) -> list[Output]:
        if frame.startswith(hlk.HEADER):
            return self._commands.on_frame(frame, now)
        return self._report(decode(frame), now)

    def _report(self, targets: Targets, now: float) -> list[Output]:
        if self._line_mm is not None:
            for slot, target in zip(self._slots, targets, strict=True):
                if target:
                    self._follow(slot, target, self._line_mm, now)
        if now < self._report_due:
            return []
        self._report_due = now + REPORT_S
        people = sum(target is not None for target in targets)
        known: dict[str, Value] = {"Presence/Detected": people > 0, "People/In View": people}
        if self._line_mm is not None:
            known |= {"People/Entered": self._entered, "People/Left": self._left}
        return [Measured(self._id, known)]

    def _follow(self, slot: _Slot, target: Target, line_mm: int, now: float) -> None:
        before = slot.beyond if _same_person(slot, target, now) else None
        beyond = target.y > line_mm if abs(target.y - line_mm) >= BESIDE_MM else before
        if before is not None and beyond is not None and beyond != before:
            self._entered += before
            self._left += beyond
        slot.target, slot.seen_at, slot.beyond = target, now, beyond


def _same_person(slot: _Slot, target: Target, now: float) -> bool:
    if slot.target is None or now > slot.seen_at + LOST_S:
        return False
    return hypot(target.x - slot.target.x, target.y - slot.target.y) <= JUMP_MM


def _encode_target(target: Target | None) -> bytes:
    if target is None:
        return bytes(_TARGET_BYTES)
    fields = [*map(_sign_and_amount, (target.x, target.y, target.speed)), target.gate]
    return b"".join(field.to_bytes(2, "little") for field in fields)


def _decode_target(data: bytes) -> Target | None:
    if not any(data):
        return None
    x, y, speed, gate = (int.from_bytes(data[i : i + 2], "little") for i in range(0, _TARGET_BYTES, 2))
    return Target(_signed(x), _signed(y), _signed(speed), gate)


def _sign_and_amount(value: int) -> int:
    return value | _POSITIVE if value >= 0 else -value


def _signed(field: int) -> int:
    return field & _AMOUNT if field & _POSITIVE else -(field & _AMOUNT)


def _frame_length(buffer: bytearray) -> int | None:
    start = bytes(buffer[: len(HEADER)])
    if start == hlk.HEADER:
        return hlk.frame_length(buffer)
    if start == HEADER:
        return _FRAME_BYTES
    return None if any(header.startswith(start) for header in (HEADER, hlk.HEADER)) else IMPOSSIBLE


def _valid(frame: bytes) -> bool:
    return frame.endswith(TRAILER if frame.startswith(HEADER) else hlk.END)


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    if len(frame) >= hlk.OVERHEAD + 2 and frame.startswith(hlk.HEADER):
        return hlk.explain(frame)
    if len(frame) != _FRAME_BYTES:
        return [Part(0, len(frame), "数据 data", frame.hex(" ").upper())] if frame else []
    parts = [Part(0, 4, "帧头 header", "报告 report")]
    for slot, target in enumerate(decode(frame)):
        at = len(HEADER) + slot * _TARGET_BYTES
        if target is None:
            parts.append(Part(at, at + _TARGET_BYTES, f"目标 target {slot + 1}", "无 none"))
            continue
        texts = (f"{target.x} mm", f"{target.y} mm", f"{target.speed} cm/s", str(target.gate))
        for i, (name, text) in enumerate(zip(("x", "y", "速度 speed", "距离门 gate"), texts, strict=True)):
            parts.append(Part(at + 2 * i, at + 2 * i + 2, f"目标 target {slot + 1} {name}", text))
    return [*parts, Part(len(frame) - 2, len(frame), "帧尾 end", frame[-2:].hex(" ").upper())]


DRIVER = Driver(
    name="people_counter_ld2450",
    zh="客流计数雷达",
    en="People counter",
    line=Line(256000),
    metrics=("Presence/Detected", "People/In View", "People/Entered", "People/Left"),
    silence_s=10.0,
    life_safety=False,
    session=PeopleCounter,
    actions={
        "single_target": Action("单目标跟踪", "Follow one person only"),
        "multi_target": Action("多目标跟踪", "Follow up to three people"),
    },
    explain=explain,
)
