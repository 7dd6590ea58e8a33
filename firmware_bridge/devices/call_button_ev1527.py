"""433 MHz call buttons (EV1527 code) behind a UART bridge; many buttons share one bridge.

Source: the RF bridge firmware's command list (A0-A7); EV1527 data sheet.

    bridge -> host  AA A4 | Tsyn (2) | Tlow (2) | Thigh (2) | D0 D1 D2 | 55     a button was pressed
    host -> bridge  AA A0 55                                                    understood

Times are big endian, in microseconds. D0 D1 D2 is the button's 20-bit code and the 4-bit number of its key. There is no
checksum; a button repeats its code, and may be heard or not, so nothing here can say that a button is alive.
"""

from collections.abc import Mapping, Sequence

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import integer, refuse_others
from firmware_bridge.session import (
    BadOption,
    Counters,
    DeviceSettings,
    Driver,
    Heard,
    Line,
    Measured,
    Occurred,
    Output,
)

START, END = b"\xaa", 0x55
HEARD = 0xA4
LENGTHS: Mapping[int, int] = {
    0xA0: 3,  # understood
    0xA1: 3,  # learning begins
    0xA2: 3,  # learning timed out
    0xA3: 12,  # learned, with the code
    HEARD: 12,
    0xA6: 3,  # sniffing on
    0xA7: 3,  # sniffing off
}
CONFIRM = b"\xaa\xa0\x55"

ONE_PRESS_S = 2.0
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


def decode_press(frame: bytes) -> Key | None:
    """(code, key) of a whole frame; None when it tells of no press."""
    if frame[1] != HEARD:
        return None
    digits = frame[_CODE_AT].hex().upper()
    return digits[:_CODE_DIGITS], int(digits[_CODE_DIGITS:], 16)


class CallButtons:
    """The buttons of one bridge. A press is confirmed to the bridge only once it is stored."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        self._meanings = _meanings(devices)
        self._presses = {device.id: 0 for device in devices}
        self._pressed_at: dict[Key, float] = {}
        self.counters = Counters()
        self._decoder = FrameDecoder(
            START, _frame_length, _valid, max_length=max(LENGTHS.values()), gap_s=GAP_S, counters=self.counters
        )

    def start(self, now: float) -> Sequence[Output]:  # noqa: ARG002  nothing here depends on when
        self._decoder.clear()
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._heard(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        return self._heard(self._decoder.expire(now), now)

    def _heard(self, frames: list[bytes], now: float) -> list[Output]:
        presses = (decode_press(frame) for frame in frames)
        return [output for press in presses if press for output in self._press(press, now)]

    def _press(self, press: Key, now: float) -> list[Output]:
        before = self._pressed_at.get(press, float("-inf"))
        self._remember(press, now)
        code, key = press
        if now < before + ONE_PRESS_S:  # confirmed all the same, but not before the press itself is stored
            return [Heard(self._meanings[press][0] if press in self._meanings else "", CONFIRM)]
        if press not in self._meanings:
            return [Occurred("", "unknown_code", {"code": code, "key": key}, confirm=CONFIRM)]
        device, what = self._meanings[press]
        self._presses[device] += 1
        return [
            Occurred(device, what, {"key": key}, confirm=CONFIRM),
            Measured(device, {"Button/Presses": self._presses[device]}),
        ]

    def _remember(self, press: Key, now: float) -> None:
        self._pressed_at.pop(press, None)  # so that the oldest stays first
        self._pressed_at[press] = now
        if len(self._pressed_at) > _REMEMBERED:
            del self._pressed_at[next(iter(self._pressed_at))]


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
                    f"({meanings[press][1]}); write another '{option}' or another 'code'"
                )
            meanings[press] = device.id, what
    return meanings


def _code(device: DeviceSettings) -> str:
    code = device.options.get("code")
    if not isinstance(code, str) or len(code) != _CODE_DIGITS or not set(code.upper()) <= set("0123456789ABCDEF"):
        raise BadOption(
            f"{device.id}: option 'code' is {code!r}; write the button's five hexadecimal digits in quotes, "
            'such as "1A2B3" (press the button: the log shows the code as unknown)'
        )
    return code.upper()


def _frame_length(buffer: bytearray) -> int | None:
    return None if len(buffer) < len(CONFIRM) - 1 else LENGTHS.get(buffer[1], IMPOSSIBLE)


def _valid(frame: bytes) -> bool:
    return frame[-1] == END


DRIVER = Driver(
    name="call_button_ev1527",
    zh="无线呼叫按钮",
    en="Call button",
    line=Line(19200),
    metrics=("Button/Presses",),
    silence_s=None,
    life_safety=True,
    session=CallButtons,
)
