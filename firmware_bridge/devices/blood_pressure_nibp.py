"""Hospital blood-pressure module of the NIBP2010/NIBP2020 kind, such as UN300C: measures when asked to.

Source: the manufacturers' protocol, as public programs and a discussion of its manual give it.

    host -> module  STX | command (2) | ; ; | checksum | ETX          X alone stops a measurement
    module -> host  STX | 035C0S3 | ETX CR                            pressure of the cuff, while it measures
                    STX | 999 | ETX CR                                the measurement has ended
                    STX | S1;A0;C03;M00;P125080090;R075;T0005;; | checksum | ETX CR        what came of it, when asked

checksum is the low byte of the sum of all between STX and itself, as two hexadecimal digits. S is the state, M a
message (00 good), P systolic, diastolic and mean in mmHg, R the pulse rate; dashes stand for what is not known.
Commands: 01 measure, 18 status. After a failure P may still hold the pressures of the measurement before.
"""

import re
from collections.abc import Mapping, Sequence
from enum import Enum, auto
from typing import NamedTuple

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import refuse_others, sole_device
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
    Send,
    Value,
)

STX, ETX, CR = b"\x02", b"\x03", b"\r"
MEASURE, STATUS = "01", "18"
ABORT = b"X"
GOOD = frozenset({"00", "03"})
MESSAGES: Mapping[str, str] = {
    "02": "invalid command",
    "06": "cuff loose or not connected",
    "07": "leak in the cuff",
    "08": "pneumatic fault",
    "09": "time exceeded or too few oscillations",
    "10": "values out of range",
    "11": "movement",
    "12": "pressure too high",
    "13": "amplitudes saturated",
    "14": "leak in the leak test",
    "15": "system fault",
}

ASK_S = 10.0  # for the status, while idle: it is how the module shows that it is alive
ASK_AGAIN_S = 1.0
BEGIN_S = 10.0  # until the cuff's pressure must be told after `measure`
MEASURE_S = 240.0  # until a measurement must have ended
ANSWER_S = 5.0  # until the result must have been told after the end
GAP_S = 0.5
LONGEST = 64

_CUFF = re.compile(rb"([0-9]{3})C([0-9])S([0-9])")
_END = b"999"
_STATUS = re.compile(
    rb"S([0-9]);A([0-9]);C([0-9-]{2});M([0-9-]{2});P([0-9-]{9});R([0-9-]{3});T([0-9 -]{4});;([0-9A-F]{2})"
)
_METRICS = ("Blood Pressure/Systolic", "Blood Pressure/Diastolic", "Blood Pressure/Mean", "Blood Pressure/Pulse Rate")
_MEASURING = "Blood Pressure/Measuring"


class Result(NamedTuple):
    state: int
    message: str
    values: Mapping[str, Value]


class _At(Enum):
    IDLE = auto()
    ASKED = auto()
    MEASURING = auto()
    ENDED = auto()  # the result is waited for


_PATIENCE_S = {_At.ASKED: BEGIN_S, _At.MEASURING: MEASURE_S, _At.ENDED: ANSWER_S}
_MISSED = {_At.ASKED: "did not begin", _At.MEASURING: "did not end", _At.ENDED: "no result"}


def checksum(data: bytes) -> bytes:
    return b"%02X" % (sum(data) & 0xFF)


def command(number: str) -> bytes:
    data = number.encode() + b";;"
    return STX + data + checksum(data) + ETX


def decode_result(frame: bytes) -> Result | None:
    found = _STATUS.fullmatch(_inside(frame))
    if found is None:
        return None
    numbers = (found[5][:3], found[5][3:6], found[5][6:], found[6])
    values: dict[str, Value] = {
        name: int(digits) for name, digits in zip(_METRICS, numbers, strict=True) if digits.isdigit()
    }
    return Result(int(found[1]), found[4].decode(), values)


class BloodPressureModule:
    """Reports a result once, after the measurement that it is of."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "blood-pressure module")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._decoder = FrameDecoder(
            STX, _frame_length, _valid, max_length=LONGEST, gap_s=GAP_S, counters=self.counters
        )
        self._at, self._since, self._ask_due = _At.IDLE, 0.0, 0.0
        self._aborted = False

    def start(self, now: float) -> Sequence[Output]:
        self._decoder.clear()
        self._go(_At.IDLE, now)
        self._ask_due = now + ASK_S
        return [Send(command(STATUS))]

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._frames(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        outputs = self._frames(self._decoder.expire(now), now)
        if self._at in _PATIENCE_S and now >= self._since + _PATIENCE_S[self._at]:
            outputs += self._failed(_MISSED[self._at], "", now)
        if self._at in (_At.IDLE, _At.ENDED) and now >= self._ask_due:
            self._ask_due = now + (ASK_S if self._at is _At.IDLE else ASK_AGAIN_S)
            outputs.append(Send(command(STATUS)))
        return outputs

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:  # noqa: ARG002
        if action == "measure":
            if self._at is not _At.IDLE:
                raise CannotAct(f"{device} is measuring; wait until it has ended, or abort it")
            self._go(_At.ASKED, now)
            return [Send(command(MEASURE))]
        if action == "abort":
            self._aborted = self._at is not _At.IDLE
            return [Send(ABORT)]
        raise CannotAct(f"{device}: no action {action!r}; known: measure, abort")

    def _go(self, at: _At, now: float) -> None:
        self._at, self._since = at, now
        if at is _At.ENDED:
            self._ask_due = now + ASK_AGAIN_S
        elif at is _At.IDLE:
            self._ask_due, self._aborted = now + ASK_S, False

    def _frames(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._frame(frame, now)]

    def _frame(self, frame: bytes, now: float) -> list[Output]:
        inside = _inside(frame)
        if inside == _END:
            if self._at is not _At.IDLE:
                self._go(_At.ENDED, now)
            return [Heard(self._id)]
        result = decode_result(frame)
        if result is not None and self._at is _At.ENDED:
            return self._ended(result, now)
        if result is None and self._at in (_At.IDLE, _At.ASKED):  # or somebody pressed the module's own key
            self._go(_At.MEASURING, now)
            return [Measured(self._id, {_MEASURING: True})]
        return [Heard(self._id)]

    def _ended(self, result: Result, now: float) -> list[Output]:
        if not self._aborted and (result.message not in GOOD or not result.values):
            return self._failed(MESSAGES.get(result.message, "no values"), result.message, now)
        values = {} if self._aborted else result.values
        self._go(_At.IDLE, now)
        return [Measured(self._id, {_MEASURING: False, **values})]

    def _failed(self, reason: str, message: str, now: float) -> list[Output]:
        """A measurement that was aborted ends, and did not fail."""
        told = (
            [] if self._aborted else [Occurred(self._id, "measurement_failed", {"reason": reason, "message": message})]
        )
        self._go(_At.IDLE, now)
        return [*told, Measured(self._id, {_MEASURING: False})]


def _inside(frame: bytes) -> bytes:
    return frame[1:].rstrip(CR).rstrip(ETX)


def _frame_length(buffer: bytearray) -> int | None:
    end = buffer.find(ETX, 0, LONGEST)
    again = buffer.find(STX, 1, end if end >= 0 else len(buffer))
    if again >= 0:  # cut short, and begun anew
        return IMPOSSIBLE
    return end + len(ETX + CR) if end >= 0 else None


def _valid(frame: bytes) -> bool:
    inside = _inside(frame)
    if not frame.endswith(ETX + CR):
        return False
    if found := _STATUS.fullmatch(inside):
        return checksum(inside[:-2]) == found[8]
    return inside == _END or _CUFF.fullmatch(inside) is not None


_STATES = ("自检 self-test", "待机 standby", "错误 error", "测量 measuring", "压力计 manometer", "初始化 initialising",
           "循环 cycle", "漏气测试 leak test", "充气 inflating", "保持 holding")  # fmt: skip

_FIELDS = ("状态 state", "患者 patient", "循环 cycle", "消息 message", "血压 pressures", "脉率 pulse", "下次 next",
           "校验 checksum")  # fmt: skip


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: FBT001 - the driver's interface
    if frame == ABORT and sent:
        return [Part(0, 1, "命令 command", "停止 abort")]
    inside, at = _inside(frame), 1
    if found := re.fullmatch(rb"([0-9]{2});;([0-9A-F]{2})", inside):
        what = {MEASURE: "测量 measure", STATUS: "查询状态 status"}.get(found[1].decode(), "其他 other")
        return [
            Part(1, 3, "命令 command", f"{found[1].decode()} {what}"),
            Part(5, 7, "校验 checksum", found[2].decode()),
        ]
    if found := _CUFF.fullmatch(inside):
        return [
            Part(1, 4, "袖带压力 cuff", f"{int(found[1])} mmHg"),
            Part(5, 6, "注意 caution", found[2].decode()),
            Part(7, 8, "状态 state", _STATES[int(found[3])]),
        ]
    if inside == _END:
        return [Part(1, 4, "结束 end", "测量结束 the measurement has ended")]
    found = _STATUS.fullmatch(inside)
    if found is None:
        return [Part(0, len(frame), "数据 data", frame.decode("ascii", "replace").strip())] if frame else []
    message = found[4].decode()
    texts = (
        _STATES[int(found[1])],
        found[2].decode(),
        found[3].decode(),
        f"{message} {'good' if message in GOOD else MESSAGES.get(message, 'unknown')}",
        f"{found[5][:3].decode()}/{found[5][3:6].decode()} ({found[5][6:].decode()}) mmHg",
        f"{found[6].decode()} /min",
        found[7].decode().strip() or "无 none",
        found[8].decode(),
    )
    return [
        Part(at + found.start(i), at + found.end(i), name, text)
        for i, (name, text) in enumerate(zip(_FIELDS, texts, strict=True), start=1)
    ]


DRIVER = Driver(
    name="blood_pressure_nibp",
    zh="无创血压模块",
    en="Blood-pressure module",
    line=Line(4800),
    metrics=(*_METRICS, _MEASURING),
    silence_s=30.0,
    life_safety=False,
    session=BloodPressureModule,
    actions={
        "measure": Action("测量血压", "Measure blood pressure"),
        "abort": Action("停止测量", "Stop the measurement"),
    },
    explain=explain,
)
