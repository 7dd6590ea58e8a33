"""433 MHz call buttons (EV1527 code) behind a UART bridge; many buttons share one bridge.

Source: the RF bridge firmware's command list (A0-A7); EV1527 data sheet.

    bridge -> host  AA A4 | Tsyn (2) | Tlow (2) | Thigh (2) | D0 D1 D2 | 55     a button was pressed
                    AA A3 | the same                                            a button was learned
                    AA A2 55                                                    none was pressed in time to be learned
    host -> bridge  AA A0 55                                                    understood
                    AA A1 55                                                    learn the next button
                    AA A6 55, AA A7 55                                          begin to sniff, end it

Times are big endian, in microseconds. D0 D1 D2 is the button's 20-bit code and the 4-bit number of its key. There is no
checksum; a button repeats its code, and may be heard or not, so nothing here can say that a button is alive.
"""

from collections.abc import Mapping, Sequence

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import integer, refuse_others
from firmware_bridge.session import (
    Action,
    BadOption,
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

START, END = b"\xaa", 0x55
UNDERSTOOD, LEARN, NOT_LEARNED, LEARNED, HEARD, SNIFF_ON, SNIFF_OFF = 0xA0, 0xA1, 0xA2, 0xA3, 0xA4, 0xA6, 0xA7
LENGTHS: Mapping[int, int] = {
    UNDERSTOOD: 3,
    LEARN: 3,
    NOT_LEARNED: 3,
    LEARNED: 12,
    HEARD: 12,
    SNIFF_ON: 3,
    SNIFF_OFF: 3,
}
CONFIRM = b"\xaa\xa0\x55"

ONE_PRESS_S = 2.0
LONGEST_PRESS_S = 10.0  # who goes on pressing for longer calls again: the alarm may have been closed meanwhile
LEARN_S = 60.0  # without a word from the bridge the learning has failed
SNIFF_S = 60.0  # a bridge that sniffs tells of no press: it must not be left so
READY_S = 5.0  # a bridge that is reset as its port is opened hears nothing sooner
GAP_S = 0.1
CALL_KEY, CANCEL_KEY = 8, 4

_CODE_AT = slice(8, 11)
_CODE_DIGITS = 5
_REMEMBERED = 256  # codes heard lately; a flood of noise must not fill the memory

Key = tuple[str, int]


def encode_press(code: str, key: int, *, sync_us: int = 10500, low_us: int = 350, high_us: int = 1050) -> bytes:
    """What the bridge sends for a press; `code` is five hexadecimal digits."""
    times = b"".join(us.to_bytes(2, "big") for us in (sync_us, low_us, high_us))
    return START + bytes([HEARD]) + times + bytes.fromhex(f"{code}{key:X}") + bytes([END])


def command(number: int) -> bytes:
    return START + bytes([number, END])


def decode_press(frame: bytes) -> Key | None:
    """(code, key) of a whole frame; None when it tells of no press."""
    return decode_key(frame) if frame[1] == HEARD else None


def decode_key(frame: bytes) -> Key:
    digits = frame[_CODE_AT].hex().upper()
    return digits[:_CODE_DIGITS], int(digits[_CODE_DIGITS:], 16)


class CallButtons:
    """The buttons of one bridge. A press is confirmed to the bridge only once it is stored."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        self._meanings = _meanings(devices)
        self._presses = {device.id: 0 for device in devices}
        self._pressed_at: dict[Key, tuple[float, float]] = {}  # since when it is pressed, and when it was heard last
        self._learning: tuple[str, float] | None = None  # by which device it was asked for, until when
        self._last_learned: tuple[Key, float] | None = None  # and when it was told
        self._sniffing_until: float | None = None
        self.counters = Counters()
        self._decoder = FrameDecoder(
            START, _frame_length, _valid, max_length=max(LENGTHS.values()), gap_s=GAP_S, counters=self.counters
        )

    def start(self, now: float) -> Sequence[Output]:
        """A bridge that was left sniffing, when this program ended, would tell of no press for ever."""
        self._decoder.clear()
        self._sniffing_until = now + READY_S
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._heard(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        outputs = self._heard(self._decoder.expire(now), now)
        if self._learning and now >= self._learning[1]:
            outputs += self._learned(None)
        if self._sniffing_until is not None and now >= self._sniffing_until:
            self._sniffing_until = None
            outputs.append(Send(command(SNIFF_OFF)))
        return outputs

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:  # noqa: ARG002
        if action == "learn":
            if self._learning:
                raise CannotAct(f"the bridge is learning already; press the button, or wait {LEARN_S:g} s")
            self._learning = device, now + LEARN_S
            return [Send(command(LEARN))]
        if action == "sniff_on":
            self._sniffing_until = now + SNIFF_S
            return [Send(command(SNIFF_ON))]
        if action == "sniff_off":
            self._sniffing_until = None
            return [Send(command(SNIFF_OFF))]
        raise CannotAct(f"{device}: no action {action!r}; known: learn, sniff_on, sniff_off")

    def _heard(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._frame(frame, now)]

    def _frame(self, frame: bytes, now: float) -> list[Output]:
        if frame[1] == HEARD:
            return self._press(decode_key(frame), now)
        if frame[1] == LEARNED:
            return self._on_learned(decode_key(frame), now)
        if frame[1] == NOT_LEARNED and self._learning:
            return self._learned(None, CONFIRM)
        return []

    def _on_learned(self, key: Key, now: float) -> list[Output]:
        """From a bridge that learns though nobody here asked for it, this is how a call is told."""
        if self._learning:
            self._last_learned = key, now
            if key in self._meanings:  # somebody who calls meanwhile must be heard
                return [*self._learned(key), *self._press(key, now)]
            return self._learned(key, CONFIRM)
        if self._last_learned and self._last_learned[0] == key and now < self._last_learned[1] + ONE_PRESS_S:
            return [Heard(self._meanings[key][0] if key in self._meanings else "", CONFIRM)]
        return self._press(key, now)

    def _learned(self, key: Key | None, confirm: bytes = b"") -> list[Output]:
        assert self._learning is not None
        device, self._learning = self._learning[0], None
        if key is None:
            return [Occurred(device, "learning_failed", {}, confirm=confirm)]
        code, number = key
        return [Occurred(device, "button_learned", {"code": code, "key": number}, confirm=confirm)]

    def _press(self, press: Key, now: float) -> list[Output]:
        code, key = press
        if self._is_repeat(press, now):  # confirmed all the same, but not before the press itself is stored
            return [Heard(self._meanings[press][0] if press in self._meanings else "", CONFIRM)]
        if press not in self._meanings:
            return [Occurred("", "unknown_code", {"code": code, "key": key}, confirm=CONFIRM)]
        device, what = self._meanings[press]
        self._presses[device] += 1
        return [
            Occurred(device, what, {"key": key}, confirm=CONFIRM),
            Measured(device, {"Button/Presses": self._presses[device]}),
        ]

    def _is_repeat(self, press: Key, now: float) -> bool:
        since, heard_at = self._pressed_at.pop(press, (now, float("-inf")))  # popped, so that the oldest stays first
        repeated = now < heard_at + ONE_PRESS_S and now < since + LONGEST_PRESS_S
        if not repeated:  # another key of this button ends the press before: call, cancel, call is two calls
            for other in [known for known in self._pressed_at if known[0] == press[0]]:
                del self._pressed_at[other]
        self._pressed_at[press] = (since if repeated else now, now)
        if len(self._pressed_at) > _REMEMBERED:
            del self._pressed_at[next(iter(self._pressed_at))]
        return repeated


def _meanings(devices: Sequence[DeviceSettings]) -> dict[Key, tuple[str, str]]:
    """(code, key) -> (device id, what a press of it is)."""
    meanings: dict[Key, tuple[str, str]] = {}
    for device in devices:
        refuse_others(device, ("code", "call_key", "cancel_key"))
        code = _code(device)
        keys = (("call_key", CALL_KEY, "call_pressed"), ("cancel_key", CANCEL_KEY, "call_cancelled"))
        for option, default, what in keys:
            press = code, integer(device, option, 0, 15, default)
            if press in meanings:
                raise BadOption(
                    f"{device.id}: key {press[1]} of code {code} already belongs to {meanings[press][0]} "
                    f"({meanings[press][1]}); write another '{option}' or another 'code'",
                    device.id,
                    option,
                )
            meanings[press] = device.id, what
    return meanings


def _code(device: DeviceSettings) -> str:
    code = device.options.get("code")
    if not isinstance(code, str) or len(code) != _CODE_DIGITS or not set(code.upper()) <= set("0123456789ABCDEF"):
        raise BadOption(
            f"{device.id}: option 'code' is {code!r}; write the button's five hexadecimal digits in quotes, "
            'such as "1A2B3" (press the button: the log shows the code as unknown)',
            device.id,
            "code",
        )
    return code.upper()


def _frame_length(buffer: bytearray) -> int | None:
    return None if len(buffer) < len(CONFIRM) - 1 else LENGTHS.get(buffer[1], IMPOSSIBLE)


def _valid(frame: bytes) -> bool:
    return frame[-1] == END


_NAMES = {
    UNDERSTOOD: "已收到 understood",
    LEARN: "学习 learn",
    NOT_LEARNED: "学习超时 not learned",
    LEARNED: "已学习 learned",
    HEARD: "按下 pressed",
    SNIFF_ON: "开始侦听 sniff on",
    SNIFF_OFF: "结束侦听 sniff off",
}


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    if len(frame) < 3 or len(frame) != LENGTHS.get(frame[1]):
        return [Part(0, len(frame), "数据 data", frame.hex(" ").upper())] if frame else []
    parts = [Part(0, 1, "帧头 header", "AA"), Part(1, 2, "命令 command", _NAMES[frame[1]])]
    if frame[1] in (LEARNED, HEARD):
        code, key = decode_key(frame)
        times = [f"{int.from_bytes(frame[at : at + 2], 'big')} µs" for at in (2, 4, 6)]
        names = ("同步 Tsyn", "窄脉冲 Tlow", "宽脉冲 Thigh")
        parts += [
            Part(2 + 2 * i, 4 + 2 * i, name, text) for i, (name, text) in enumerate(zip(names, times, strict=True))
        ]
        parts.append(Part(8, 11, "编码 code", f"{code}, 键 key {key}"))
    return [*parts, Part(len(frame) - 1, len(frame), "帧尾 end", "55")]


DRIVER = Driver(
    name="call_button_ev1527",
    zh="无线呼叫按钮",
    en="Call button",
    line=Line(19200),
    metrics=("Button/Presses",),
    silence_s=None,
    life_safety=True,
    session=CallButtons,
    proven_by=("call_pressed",),
    actions={
        "learn": Action("学习按钮", "Learn the next button that is pressed"),
        "sniff_on": Action("开始侦听", "Sniff for a minute; meanwhile no press is told"),
        "sniff_off": Action("结束侦听", "End sniffing"),
    },
    explain=explain,
)
