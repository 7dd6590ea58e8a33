"""LoRaWAN call buttons, as the network server ChirpStack v4 publishes what they send (JSON over MQTT).

Source: ChirpStack's `integration.proto`, printed by the JSON mapping of protocol buffers, which leaves out what is 0
or empty. The button's own payload is this project's proposal:

    application/<id>/device/<devEui>/event/up <length> LF {"time": ..., "deviceInfo": {"devEui": ...}, "devAddr": ...,
        "fCnt": ..., "data": base64, "rxInfo": [{"rssi": ..., "snr": ...}, ...], ...}
    data: 01 | event | battery % | seq       event: 01 press, 02 cancel, 03 heartbeat, 04 tamper
"""

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from firmware_bridge import device_time
from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import integer, refuse_others
from firmware_bridge.session import (
    BadOption,
    Counters,
    DeviceSettings,
    Driver,
    Faulted,
    Heard,
    Line,
    Measured,
    Occurred,
    Output,
    Part,
    Value,
)

VERSION = 0x01
PRESS, CANCEL, HEARTBEAT, TAMPER = 0x01, 0x02, 0x03, 0x04
TOLD: Mapping[int, str] = {PRESS: "call_pressed", CANCEL: "call_cancelled", TAMPER: "button_tampered"}

HEARTBEAT_MIN = 60
MISSED = 3  # heartbeats, until the button counts as silent
BATTERY_LOW, BATTERY_GOOD = 20, 25  # %; told once until it was good again
REPEAT_S = 600.0  # the same frame counter and data within this time, or with the same time stamp, is the same message
CATCH_UP_S = 60.0  # after a reopening, for what waited at the broker
STRANGER_S = 86400.0
GAP_S = 1.0
MOST_PAYLOAD = 65536

_LONGEST_HEADER = 512
_HEADER = re.compile(rb"([^ \n]{1,480}) ([0-9]{1,6})\n")
_EUI = re.compile(r"[0-9a-f]{16}")
_REMEMBERED = 16  # messages of each button
_STRANGERS = 256
_LONGEST_TEXT = 40
_STRONGEST = 1000  # dBm or dB, either way
_SHOWN = 32  # bytes of a payload that is not understood


class Uplink(NamedTuple):
    """`dev_eui` is in small letters. A device that joins anew has another `dev_addr` and counts from 0 again."""

    dev_eui: str
    dev_addr: str
    f_cnt: int
    data: bytes
    time: str = ""
    rssi: int | None = None  # of the gateway that heard it best
    snr: float | None = None


def wrap(topic: str, payload: bytes) -> bytes:
    """A message as the port hands it out."""
    return b"%s %d\n%s" % (topic.encode(), len(payload), payload)


def decode(payload: bytes) -> Uplink | None:
    """None: no event of a device."""
    event = _object(payload)
    info = event.get("deviceInfo")
    eui = str(info.get("devEui", "")).lower() if isinstance(info, dict) else ""
    f_cnt = event.get("fCnt", 0)
    if not _EUI.fullmatch(eui) or isinstance(f_cnt, bool) or not isinstance(f_cnt, int) or not 0 <= f_cnt < 1 << 32:
        return None
    try:
        data = base64.b64decode(str(event.get("data", "")), validate=True)
    except (binascii.Error, ValueError):
        return None
    best = max(_gateways(event), key=lambda heard: heard[0], default=(None, None))
    addr, time = (str(event.get(key, ""))[:_LONGEST_TEXT] for key in ("devAddr", "time"))
    return Uplink(eui, addr, f_cnt, data, time, *best)


def event_of(data: bytes) -> int | None:
    """None: not a payload of this kind of button."""
    known = len(data) == 4 and data[0] == VERSION and data[1] in (*TOLD, HEARTBEAT)
    return data[1] if known else None


def _object(payload: bytes) -> dict[str, Any]:
    try:
        event = json.loads(payload)
    except (ValueError, RecursionError):
        return {}
    return event if isinstance(event, dict) else {}


def _gateways(event: Mapping[str, Any]) -> list[tuple[int, float]]:
    """rssi and snr of each that heard it."""
    heard = event.get("rxInfo")
    found = []
    for one in heard if isinstance(heard, list) else []:
        rssi, snr = (one.get("rssi"), one.get("snr", 0.0)) if isinstance(one, dict) else (None, None)
        if isinstance(rssi, int) and isinstance(snr, int | float) and _is_possible(rssi) and _is_possible(snr):
            found.append((rssi, float(snr)))
    return found


def _is_possible(level: float) -> bool:
    return not isinstance(level, bool) and abs(level) < _STRONGEST  # NaN is not


@dataclass(slots=True)
class _Button:
    device: str
    silence_s: float
    heard_at: float = float("-inf")
    silent: bool = False
    presses: int = 0
    battery_low: bool = False
    known: dict[tuple[str, int, bytes], tuple[str, float]] = field(default_factory=dict)  # the oldest first


class CallButtons:
    """The buttons whose messages one subscription brings."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        self._buttons = _buttons(devices)
        self._strangers: dict[str, float] = {}  # when they were told of; the oldest first
        self._was_open = False
        self.counters = Counters()
        self._decoder = FrameDecoder(
            b"", _frame_length, _valid, max_length=_LONGEST_HEADER + MOST_PAYLOAD, gap_s=GAP_S, counters=self.counters
        )

    def start(self, now: float) -> Sequence[Output]:
        self._decoder.clear()
        for button in self._buttons.values():
            grace_s = CATCH_UP_S if self._was_open else button.silence_s
            button.heard_at = max(button.heard_at, now + grace_s - button.silence_s)
            button.silent = False  # an opened port puts it on line: say so again if it is
        self._was_open = True
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._messages(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        return [*self._messages(self._decoder.expire(now), now), *self._silent(now)]

    def _silent(self, now: float) -> list[Output]:
        silent = [one for one in self._buttons.values() if not one.silent and now >= one.heard_at + one.silence_s]
        for button in silent:
            button.silent = True
        return [Faulted(button.device, f"{MISSED} heartbeats missed") for button in silent]

    def _messages(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._message(*_split(frame), now)]

    def _message(self, topic: str, payload: bytes, now: float) -> list[Output]:
        uplink = decode(payload)
        if uplink is None:
            return []
        is_uplink = topic.endswith("/up")
        button = self._buttons.get(uplink.dev_eui)
        if button is None:
            return self._stranger(uplink, now) if is_uplink else []
        if not topic.endswith(("/up", "/join", "/ack")):  # what the network says about it, or what the broker kept
            return []
        button.heard_at, button.silent = now, False
        if not is_uplink:
            if topic.endswith("/join"):
                button.known.clear()
            return [Heard(button.device)]
        if _is_repeat(button, uplink, now):
            return [Heard(button.device)]
        return _outputs(button, uplink)

    def _stranger(self, uplink: Uplink, now: float) -> list[Output]:
        """A press each time, anything else once a day: there may be other kinds of devices in the same application."""
        told_at = self._strangers.pop(uplink.dev_eui, float("-inf"))
        told = event_of(uplink.data) in TOLD or now >= told_at + STRANGER_S
        self._strangers[uplink.dev_eui] = now if told else told_at
        if len(self._strangers) > _STRANGERS:
            del self._strangers[next(iter(self._strangers))]
        return [Occurred("", "unknown_button", {"dev_eui": uplink.dev_eui})] if told else []


def _is_repeat(button: _Button, uplink: Uplink, now: float) -> bool:
    key = uplink.dev_addr, uplink.f_cnt, uplink.data
    time, heard_at = button.known.pop(key, ("", float("-inf")))  # popped, so that the oldest stays first
    repeated = now < heard_at + REPEAT_S or (time == uplink.time != "")
    button.known[key] = uplink.time, heard_at if repeated else now
    if len(button.known) > _REMEMBERED:
        del button.known[next(iter(button.known))]
    return repeated


def _outputs(button: _Button, uplink: Uplink) -> list[Output]:
    device, time_ms = button.device, device_time.from_text(uplink.time)
    values: dict[str, Value] = {}
    if uplink.rssi is not None and uplink.snr is not None:
        values |= {"Button/Signal": uplink.rssi, "Button/SNR": uplink.snr}
    told: list[Output] = []
    if event_of(uplink.data) is not None:
        _, event, battery, seq = uplink.data
        detail: dict[str, Value] = {"seq": seq, "f_cnt": uplink.f_cnt}
        if event in TOLD:
            told.append(Occurred(device, TOLD[event], detail, device_time_ms=time_ms))
        if event in (PRESS, CANCEL):
            button.presses += 1
            values["Button/Presses"] = button.presses
        if battery <= 100:
            values["Button/Battery"] = battery
            told += _on_battery(button, battery, time_ms)
    elif uplink.data:  # without data it only answers the network
        told.append(Occurred(device, "unknown_payload", {"data": uplink.data[:_SHOWN].hex()}, device_time_ms=time_ms))
    return [*told, Measured(device, values, time_ms) if values else Heard(device)]


def _on_battery(button: _Button, battery: int, time_ms: int | None) -> list[Output]:
    was_low = button.battery_low
    button.battery_low = battery < (BATTERY_GOOD if was_low else BATTERY_LOW)
    if was_low or not button.battery_low:
        return []
    return [Occurred(button.device, "battery_low", {"battery": battery}, device_time_ms=time_ms)]


def _buttons(devices: Sequence[DeviceSettings]) -> dict[str, _Button]:
    buttons: dict[str, _Button] = {}
    for device in devices:
        refuse_others(device, ("dev_eui", "heartbeat_min"))
        given = device.options.get("dev_eui")
        eui = given.lower() if isinstance(given, str) else ""
        if not _EUI.fullmatch(eui):
            text = "write the button's 16 hexadecimal digits in quotes, as printed on it or shown by ChirpStack"
            raise BadOption(f"{device.id}: option 'dev_eui' is {given!r}; {text}", device.id, "dev_eui")
        if eui in buttons:
            text = f"{device.id}: dev_eui {eui} already belongs to {buttons[eui].device}; write another one"
            raise BadOption(text, device.id, "dev_eui")
        minutes = integer(device, "heartbeat_min", 1, 1440, HEARTBEAT_MIN)
        buttons[eui] = _Button(device.id, MISSED * minutes * 60.0)
    return buttons


def _split(frame: bytes) -> tuple[str, bytes]:
    head, _, payload = frame.partition(b"\n")
    return head.rpartition(b" ")[0].decode(errors="replace"), payload


def _frame_length(buffer: bytearray) -> int | None:
    found = _HEADER.match(buffer)
    if found is None:
        return IMPOSSIBLE if b"\n" in buffer[:_LONGEST_HEADER] or len(buffer) >= _LONGEST_HEADER else None
    return found.end() + int(found[2]) if int(found[2]) <= MOST_PAYLOAD else IMPOSSIBLE


def _valid(frame: bytes) -> bool:
    return bool(_object(_split(frame)[1]))


_PARTS = (
    ("时间 time", re.compile(rb'"time"\s*:\s*"([^"\\]*)"')),
    ("设备 devEui", re.compile(rb'"devEui"\s*:\s*"([^"\\]*)"')),
    ("短地址 devAddr", re.compile(rb'"devAddr"\s*:\s*"([^"\\]*)"')),
    ("帧计数 fCnt", re.compile(rb'"fCnt"\s*:\s*(\d+)')),
    ("信号强度 rssi", re.compile(rb'"rssi"\s*:\s*(-?\d+)')),
    ("信噪比 snr", re.compile(rb'"snr"\s*:\s*(-?[\d.]+)')),
)
_DATA = re.compile(rb'"data"\s*:\s*"([^"\\]*)"')
_EVENTS = {PRESS: "按下 press", CANCEL: "取消 cancel", HEARTBEAT: "心跳 heartbeat", TAMPER: "拆动 tamper"}


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    header = _HEADER.match(frame)
    if header is None:
        return [Part(0, len(frame), "数据 data", frame.decode(errors="replace"))] if frame else []
    parts = [
        Part(*header.span(1), "主题 topic", header[1].decode(errors="replace")),
        Part(*header.span(2), "长度 length", header[2].decode()),
    ]
    found = [(name, pattern.search(frame, header.end())) for name, pattern in _PARTS]
    parts += [Part(*one.span(1), name, one[1].decode(errors="replace")) for name, one in found if one]
    if data := _DATA.search(frame, header.end()):
        parts.append(Part(*data.span(1), "载荷 data", _explain_data(data[1])))
    return sorted(parts)


def _explain_data(text: bytes) -> str:
    try:
        data = base64.b64decode(text, validate=True)
    except (binascii.Error, ValueError):
        return "not base64"
    event = event_of(data)
    return data[:_SHOWN].hex(" ").upper() if event is None else f"{_EVENTS[event]}, {data[2]} %, seq {data[3]}"


DRIVER = Driver(
    name="lorawan_chirpstack",
    zh="LoRaWAN呼叫按钮",
    en="LoRaWAN call button",
    line=Line(115200),  # a broker has no line settings
    metrics=("Button/Presses", "Button/Battery", "Button/Signal", "Button/SNR"),
    silence_s=None,  # each button has its own heartbeat; the session watches it
    life_safety=True,
    session=CallButtons,
    proven_by=("call_pressed",),
    explain=explain,
)
