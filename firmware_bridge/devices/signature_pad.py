"""Signature pad with a pressure pen, USB HID (our profile: makers' reports differ, and none is public).

    pad -> host  report id | flags | x (2) | y (2) | pressure (2)      8 bytes, little endian, 100 to 200 a second

    flags  bit 0 the pen is down, bit 1 the pen is in range

How large x, y and pressure can be are options. A signature is a list of points [t_ms, x, y, p]: time from the first
point, the others scaled to 0..65535; p is 0 at the point where the pen was lifted, and only there. Its SHA-256 is
over the document's own SHA-256 (32 bytes) and the points as compact JSON in UTF-8, so that neither can be changed
without the other. Points are as personal as a name: they stand in one output, and are forgotten with it.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import NamedTuple

from firmware_bridge.framing import FrameDecoder
from firmware_bridge.options import integer, refuse_others, sole_device
from firmware_bridge.session import (
    Action,
    CannotAct,
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

REPORT_ID, TWELVE_BITS, SCALE = 1, 4095, 65535
REPORT_BYTES = 8
PEN_DOWN, IN_RANGE = 0x01, 0x02

FEWEST_POINTS, SHORTEST_MS = 10, 300  # less is a slip of the pen
LONGEST_S, MOST_POINTS = 60, 12_000

_GAP_S = 0.1
_SHA256_DIGITS = 64

Point = tuple[int, int, int, int]
"""t_ms, x, y, p"""


class Report(NamedTuple):
    flags: int
    x: int
    y: int
    pressure: int


class Surface(NamedTuple):
    """The largest x, y and pressure."""

    width: int
    height: int
    pressure_max: int


def decode(report: bytes) -> Report:
    x, y, pressure = (int.from_bytes(report[at : at + 2], "little") for at in (2, 4, 6))
    return Report(report[1], x, y, pressure)


def is_valid(report: Report, surface: Surface) -> bool:
    known_flags = not report.flags & ~(PEN_DOWN | IN_RANGE)
    return known_flags and all(value <= most for value, most in zip(report[1:], surface, strict=True))


def canonical(points: Sequence[Point]) -> str:
    return json.dumps(points, separators=(",", ":"))


def digest(document_sha256: bytes, points: str) -> str:
    return hashlib.sha256(document_sha256 + points.encode()).hexdigest()


@dataclass(slots=True)
class Strokes:
    """What the pen wrote since the capture began."""

    surface: Surface
    points: list[Point] = field(default_factory=list, repr=False)
    down_points: int = 0
    _first_at: float = 0.0
    _is_down: bool = False

    def add(self, report: Report, now: float) -> None:
        is_down = bool(report.flags & PEN_DOWN)
        if is_down and not self.points:
            self._first_at = now
        if is_down or self._is_down:
            x, y, p = (round(value * SCALE / most) for value, most in zip(report[1:], self.surface, strict=True))
            t_ms = round((now - self._first_at) * 1000)
            self.points.append((t_ms, x, y, max(1, p) if is_down else 0))
            self.down_points += is_down
        self._is_down = is_down

    @property
    def duration_ms(self) -> int:
        return self.points[-1][0] if self.points else 0


@dataclass(slots=True)
class Capture:
    document_sha256: str
    until: float
    strokes: Strokes


class SignaturePad:
    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "signature pad")
        refuse_others(device, ("report_id", "width", "height", "pressure_max"))
        self._id = device.id
        self._surface = Surface(*(integer(device, key, 1, SCALE, TWELVE_BITS) for key in Surface._fields))
        self.counters = Counters()
        self._decoder = FrameDecoder(
            bytes([integer(device, "report_id", 1, 255, REPORT_ID)]),
            lambda _buffer: REPORT_BYTES,
            lambda report: is_valid(decode(report), self._surface),
            max_length=REPORT_BYTES,
            gap_s=_GAP_S,
            counters=self.counters,
        )
        self._signatures = 0
        self._in_range: bool | None = None
        self._capture: Capture | None = None

    def start(self, now: float) -> Sequence[Output]:  # noqa: ARG002  nothing here depends on when
        self._decoder.clear()
        self._in_range = None
        return self._rejected("the pad was unplugged") if self._capture else []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._reports(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        outputs = self._reports(self._decoder.expire(now), now)
        if self._capture and now >= self._capture.until:
            outputs += self._finish()
        return outputs

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:
        if device != self._id or action not in DRIVER.actions:
            raise CannotAct(f"{device}: no action {action!r}; write capture, finish or cancel for {self._id}")
        if action == "capture":
            self._capture = self._new_capture(arguments, now)
            return []
        if arguments:
            raise CannotAct(f"{device}: '{action}' takes no arguments; remove {', '.join(arguments)}")
        if self._capture is None:
            raise CannotAct(f"{device}: no signature is being captured; begin with capture")
        return self._finish() if action == "finish" else self._rejected("cancelled")

    def _new_capture(self, arguments: Mapping[str, Value], now: float) -> Capture:
        if self._capture:
            raise CannotAct(f"{self._id}: a signature is being captured; finish or cancel it first")
        if unknown := set(arguments) - {"document_sha256", "max_s"}:
            raise CannotAct(f"{self._id}: 'capture' takes document_sha256 and max_s; remove {', '.join(unknown)}")
        document, max_s = arguments.get("document_sha256"), arguments.get("max_s", LONGEST_S)
        if not isinstance(document, str) or len(document) != _SHA256_DIGITS or set(document) - set("0123456789abcdef"):
            raise CannotAct(f"{self._id}: 'document_sha256' is the document's SHA-256 in 64 small hexadecimal digits")
        if isinstance(max_s, bool | str) or not 1 <= max_s <= LONGEST_S:
            raise CannotAct(f"{self._id}: 'max_s' is a number from 1 to {LONGEST_S}")
        return Capture(document, now + max_s, Strokes(self._surface))

    def _reports(self, frames: list[bytes], now: float) -> list[Output]:
        outputs: list[Output] = []
        for report in map(decode, frames):
            outputs += self._report(report, now)
        if frames and not any(isinstance(output, Measured) for output in outputs):
            outputs.append(Heard(self._id))
        return outputs

    def _report(self, report: Report, now: float) -> list[Output]:
        outputs: list[Output] = []
        in_range = bool(report.flags)
        if in_range != self._in_range:
            self._in_range = in_range
            outputs.append(self._measured())
        if self._capture:
            self._capture.strokes.add(report, now)
            if len(self._capture.strokes.points) >= MOST_POINTS:
                outputs += self._finish()
        return outputs

    def _finish(self) -> list[Output]:
        if self._capture is None:
            return []
        strokes = self._capture.strokes
        if strokes.down_points < FEWEST_POINTS:
            return self._rejected("too few points")
        if strokes.duration_ms < SHORTEST_MS:
            return self._rejected("too short")
        document, self._capture = self._capture.document_sha256, None
        self._signatures += 1
        points = canonical(strokes.points)
        detail: dict[str, Value] = {
            "document_sha256": document,
            "points": points,
            "count": len(strokes.points),
            "duration_ms": strokes.duration_ms,
            "sha256": digest(bytes.fromhex(document), points),
        }
        return [Occurred(self._id, "signature_captured", detail), self._measured()]

    def _rejected(self, reason: str) -> list[Output]:
        capture, self._capture = self._capture, None
        if capture is None:
            return []
        detail: dict[str, Value] = {
            "document_sha256": capture.document_sha256,
            "reason": reason,
            "count": len(capture.strokes.points),
            "duration_ms": capture.strokes.duration_ms,
        }
        return [Occurred(self._id, "signature_rejected", detail)]

    def _measured(self) -> Measured:
        return Measured(self._id, {"Pad/Signatures": self._signatures, "Pad/Pen In Range": bool(self._in_range)})


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    """Where the pen is, is the signature: hidden."""
    if len(frame) != REPORT_BYTES:
        return [Part(0, len(frame), "其余 rest", f"(hidden) {len(frame)} B")] if frame else []
    names = [name for bit, name in ((PEN_DOWN, "落笔 down"), (IN_RANGE, "感应 in range")) if frame[1] & bit]
    return [
        Part(0, 1, "报告号 report id", str(frame[0])),
        Part(1, 2, "标志 flags", ", ".join(names) or "无 none"),
        Part(2, 4, "横坐标 x", "(hidden)"),
        Part(4, 6, "纵坐标 y", "(hidden)"),
        Part(6, 8, "压力 pressure", "(hidden)"),
    ]


DRIVER = Driver(
    name="signature_pad",
    zh="签字板",
    en="Signature pad",
    line=Line(115200),  # USB HID has none
    metrics=("Pad/Signatures", "Pad/Pen In Range"),
    silence_s=None,
    life_safety=False,
    session=SignaturePad,
    private=True,
    actions={
        "capture": Action(
            "开始签名",
            "Begin to capture a signature",
            {"document_sha256": "of the document, 64 hexadecimal digits", "max_s": f"1 to {LONGEST_S}, or nothing"},
        ),
        "finish": Action("完成签名", "End the capture and judge it"),
        "cancel": Action("取消签名", "End the capture and forget it"),
    },
    explain=explain,
)
