"""Fire panel behind a user information transmission device (GB/T 26875.3), and the detectors behind the panel.

Source and frames: `firmware_bridge/gb26875.py`.

Of one port the first device is the panel; each other one is a component, such as a smoke detector. What a component
says is told of its device, and of the panel when it has none. A manual alarm is a fire. Times inside the application
data are never read: they may say anything.
"""

import re
from collections.abc import Mapping, Sequence
from typing import NamedTuple

from firmware_bridge import gb26875 as gb
from firmware_bridge.framing import FrameDecoder
from firmware_bridge.options import integer, refuse_others
from firmware_bridge.session import (
    Action,
    BadOption,
    CannotAct,
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
    Send,
    Value,
)

NORMAL = "normal"  # no condition is left: what was the matter is over
UNREADABLE = "unreadable_state"  # something was sent, but not whole
TESTED = "detector_tested"

GAP_S = 0.5
REPEAT_S = 60.0  # a frame that comes again, byte by byte, was not confirmed in time; it tells of nothing new
MISSED = 3  # signs of life, until the device counts as silent
PATROL_MORE_S = 30.0

_REMEMBERED = 64
_HEX_SHOWN = 64
_COMPONENT = re.compile(r"([0-9]{1,3})-([0-9A-Fa-f]{8})")


class _Occurrence(NamedTuple):
    device: str
    what: str
    detail: Mapping[str, Value]


class _Devices(NamedTuple):
    panel: str
    components: Mapping[tuple[int, str], str]
    silence_s: float | None
    test_bit: bool


class _Patrol(NamedTuple):
    sequence: bytes
    until: float
    minutes: int


class FirePanel:
    """Every state is told; what the device sends is confirmed only once it is stored."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        self._devices = _devices(devices)
        self._ids = [device.id for device in devices]
        self.counters = Counters()
        self._decoder = FrameDecoder(
            gb.START,
            gb.frame_length,
            gb.valid,
            max_length=gb.OVERHEAD + gb.MOST_DATA,
            gap_s=GAP_S,
            counters=self.counters,
        )
        self._repeats: dict[bytes, tuple[bytes, float]] = {}  # the last frame with a head, and when it was told
        self._counts = {device: {"Fire/Alarms": 0, "Fire/Faults": 0} for device in self._ids}
        self._counts_known = False
        self._device_bits = 0  # of the transmission device, as told last
        self._heard_at, self._silent = 0.0, False
        self._last: gb.Packet | None = None
        self._sequence = 0
        self._patrol: _Patrol | None = None

    def start(self, now: float) -> Sequence[Output]:
        self._decoder.clear()
        self._counts_known = False
        self._heard_at, self._silent = now, False
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._packets(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        outputs = self._packets(self._decoder.expire(now), now)
        if self._patrol and now >= self._patrol.until:
            outputs.append(Occurred(self._devices.panel, "patrol_unanswered", {"minutes": self._patrol.minutes}))
            self._patrol = None
        silence_s = self._devices.silence_s
        if silence_s is not None and not self._silent and now >= self._heard_at + silence_s:
            self._silent = True
            outputs += [Faulted(device, f"nothing heard for {silence_s:g} s") for device in self._ids]
        return outputs

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:
        minutes = arguments.get("minutes", 10)
        if device != self._devices.panel or action != "patrol":
            raise CannotAct(f"only {self._devices.panel} can do this: patrol")
        if isinstance(minutes, bool) or not isinstance(minutes, int) or not 1 <= minutes <= 60:
            raise CannotAct(f"minutes is {minutes!r}; write a whole number from 1 to 60")
        if self._last is None:
            raise CannotAct(f"{device} has not been heard yet, so its address is not known; wait for its next message")
        self._sequence = (self._sequence + 1) % 65536
        until = now + minutes * 60 + PATROL_MORE_S
        self._patrol = _Patrol(self._sequence.to_bytes(2, "little"), until, minutes)
        return [Send(gb.patrol(self._last, self._sequence, minutes))]

    def _packets(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._packet(frame, now)]

    def _packet(self, frame: bytes, now: float) -> list[Output]:
        packet = gb.decode(frame)
        self._last, self._heard_at = packet, now
        told = self._refused(packet)
        confirm = b""
        if packet.command == gb.SEND_DATA:
            confirm = gb.confirmation(packet)
            told = [] if self._is_repeat(frame, now) else self._occurrences(packet.data)
        told_ms = gb.time_ms(packet.time)
        last = len(told) - 1  # the frame is confirmed as a whole, with the last thing it told
        outputs: list[Output] = [Heard(device) for device in self._ids] if self._silent else []
        self._silent = False
        outputs += [
            Occurred(one.device, one.what, one.detail, confirm if i == last else b"", told_ms)
            for i, one in enumerate(told)
        ]
        outputs += self._count(told, packet, told_ms)
        return outputs if told else [*outputs, Heard(self._devices.panel, confirm)]

    def _is_repeat(self, frame: bytes, now: float) -> bool:
        """Only the last frame with its number and time: where both stand still, what comes in between is news."""
        head = frame[: gb.LENGTH.start]
        before, told_at = self._repeats.pop(head, (b"", float("-inf")))  # popped, so that the oldest stays first
        repeated = frame == before and now < told_at + REPEAT_S
        self._repeats[head] = frame, told_at if repeated else now
        if len(self._repeats) > _REMEMBERED:
            del self._repeats[next(iter(self._repeats))]
        return repeated

    def _refused(self, packet: gb.Packet) -> list[_Occurrence]:
        if packet.command != gb.DENY or self._patrol is None or packet.sequence != self._patrol.sequence:
            return []
        self._patrol = None
        return [_Occurrence(self._devices.panel, "patrol_refused", {})]

    def _occurrences(self, data: bytes) -> list[_Occurrence]:
        found = gb.objects(data)
        if found is None:
            return []
        told = [one for told in found for one in self._of(told)]
        if found and len(found) == data[1]:
            return told
        return [*told, _Occurrence(self._devices.panel, UNREADABLE, {"data": data[:_HEX_SHOWN].hex()})]

    def _of(self, told: gb.Told) -> list[_Occurrence]:
        device = self._devices.panel
        if told.component is not None:
            device = self._devices.components.get((told.component, told.address), device)
        whats = told.conditions
        if told.type == gb.DEVICE_STATE:
            whats = self._changed(told, whats)
        elif told.type in (gb.SYSTEM_STATE, gb.COMPONENT_STATE):
            tested = self._is_test(told)
            whats = [*([TESTED] if tested else []), *whats] or [NORMAL]
        if "patrol_answered" in whats:
            self._patrol = None
        return [_Occurrence(device, what, _detail(told)) for what in whats]

    def _changed(self, told: gb.Told, whats: list[str]) -> list[str]:
        """It repeats its state as a sign of life: only what is new is told."""
        before, self._device_bits = self._device_bits, told.bits & ~gb.NORMAL_RUN
        was = gb.Told(told.type, before).conditions
        return [what for what in whats if what not in was] or ([NORMAL] if was and not whats else [])

    def _is_test(self, told: gb.Told) -> bool:
        in_test = self._devices.test_bit and told.component is not None and not told.bits & gb.NORMAL_RUN
        return in_test and gb.FAULTS.isdisjoint(told.conditions)

    def _count(self, told: list[_Occurrence], packet: gb.Packet, told_ms: int | None) -> list[Output]:
        """Of the devices whose counts changed; of all when they are not known yet. The panel counts for all."""
        changed = set() if self._counts_known else set(self._ids)
        self._counts_known = True
        for one in told:
            name = "Fire/Alarms" if one.what == "fire" else "Fire/Faults" if one.what in gb.FAULTS else ""
            for device in {one.device, self._devices.panel} if name else ():
                self._counts[device][name] += 1
                changed.add(device)
        if packet.data[:1] == bytes([gb.DEVICE_TIME]):
            changed.add(self._devices.panel)  # it tells its time, so that its clock can be judged
        return [Measured(device, dict(self._counts[device]), told_ms) for device in self._ids if device in changed]


def _detail(told: gb.Told) -> dict[str, Value]:
    wide = told.type in (gb.SYSTEM_STATE, gb.COMPONENT_STATE)
    detail: dict[str, Value] = {"state": f"{told.bits:04X}" if wide else f"{told.bits:02X}"}
    if told.system is None:
        detail["by"] = "transmission device"
    else:
        detail |= {"system": told.system, "system_address": told.system_address}
    if told.operator is not None:
        detail["operator"] = told.operator
    if told.component is not None:
        detail |= {"component": told.component, "address": told.address, "description": told.description}
    return detail


def _devices(devices: Sequence[DeviceSettings]) -> _Devices:
    for device in devices:
        refuse_others(device, ("component", "heartbeat_min", "test_bit"))
    panels = [device for device in devices if "component" not in device.options]
    if len(panels) != 1:
        ids = ", ".join(device.id for device in panels) or "none"
        raise BadOption(
            f"A port with a fire panel carries exactly one device without option 'component', the panel (found: {ids});"
            ' write `component` for each detector behind it, such as "42-21000300"'
        )
    panel = panels[0]
    components: dict[tuple[int, str], str] = {}
    for device in devices:
        if device is panel:
            continue
        for key in ("heartbeat_min", "test_bit"):
            if key in device.options:
                text = f"{device.id}: option '{key}' is the panel's; write it at {panel.id}"
                raise BadOption(text, device.id, key)
        component = _component(device)
        if component in components:
            text = f"{device.id}: this component already belongs to {components[component]}; write another 'component'"
            raise BadOption(text, device.id, "component")
        components[component] = device.id
    minutes = integer(panel, "heartbeat_min", 1, 1440) if "heartbeat_min" in panel.options else None
    test_bit = panel.options.get("test_bit", False)
    if not isinstance(test_bit, bool):
        text = f"{panel.id}: option 'test_bit' is {test_bit!r}; write true or false"
        raise BadOption(text, panel.id, "test_bit")
    return _Devices(panel.id, components, None if minutes is None else MISSED * minutes * 60.0, test_bit)


def _component(device: DeviceSettings) -> tuple[int, str]:
    given = device.options["component"]
    found = _COMPONENT.fullmatch(given) if isinstance(given, str) else None
    if found is None or int(found[1]) > 255:
        raise BadOption(
            f"{device.id}: option 'component' is {given!r}; write its type and the eight hexadecimal digits of its "
            'address, such as "42-21000300" (an event of the panel names both)',
            device.id,
            "component",
        )
    return int(found[1]), found[2].upper()


_COMMANDS = {
    gb.CONTROL: "控制 control",
    gb.SEND_DATA: "发送数据 send data",
    gb.CONFIRM: "确认 confirm",
    gb.REQUEST: "请求 request",
    gb.ANSWER: "应答 answer",
    gb.DENY: "否认 deny",
}
_TYPES = {
    gb.SYSTEM_STATE: "系统状态 system state",
    gb.COMPONENT_STATE: "部件状态 component state",
    gb.OPERATION: "操作信息 operation",
    gb.DEVICE_STATE: "装置状态 device state",
    gb.DEVICE_OPERATION: "装置操作 device operation",
    gb.DEVICE_TIME: "装置时间 device time",
    gb.PATROL: "查岗 patrol",
}


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    if len(frame) < gb.OVERHEAD:
        return [Part(0, len(frame), "数据 data", frame.hex(" ").upper())] if frame else []
    packet, end = gb.decode(frame), len(frame) - 3
    second, minute, hour, day, month, year = packet.time
    parts = [
        Part(0, 2, "帧头 header", "@@"),
        Part(2, 4, "流水号 sequence", str(int.from_bytes(packet.sequence, "little"))),
        Part(4, 6, "版本 version", f"{packet.version[0]}.{packet.version[1]}"),
        Part(6, 12, "时间 time", f"20{year:02}-{month:02}-{day:02} {hour:02}:{minute:02}:{second:02}"),
        Part(12, 18, "源地址 from", packet.sender.hex(" ").upper()),
        Part(18, 24, "目的地址 to", packet.receiver.hex(" ").upper()),
        Part(24, 26, "长度 length", str(int.from_bytes(frame[gb.LENGTH], "little"))),
        Part(26, 27, "命令 command", _COMMANDS.get(packet.command, f"未知 unknown {packet.command}")),
    ]
    data = packet.data
    if data:
        parts.append(Part(27, 28, "类型 type", _TYPES.get(data[0], f"其他 other {data[0]}")))
        parts += [Part(28, 29, "对象数 count", str(data[1]))] if len(data) > 1 else []
        found, size = gb.objects(data) or [], gb.SIZES.get(data[0], 0)
        found = found[: (end - 29) // size] if size else found  # those that are shorter than the standard has them
        parts += [Part(29 + i * size, 29 + (i + 1) * size, "对象 object", _shown(one)) for i, one in enumerate(found)]
        at = 29 + len(found) * size
        parts += [Part(at, end, "其余 rest", frame[at:end].hex(" ").upper())] if at < end else []
    return [*parts, Part(end, end + 1, "校验 SUM", f"{frame[end]:02X}"), Part(end + 1, end + 3, "帧尾 end", "##")]


def _shown(told: gb.Told) -> str:
    where = ", ".join(f"{key} {value}" for key, value in _detail(told).items() if value != "")
    return f"{' '.join(told.conditions) or NORMAL} ({where})"


DRIVER = Driver(
    name="fire_panel_gb26875",
    zh="火灾报警控制器（用户信息传输装置）",
    en="Fire panel",
    line=Line(9600),
    metrics=("Fire/Alarms", "Fire/Faults"),
    silence_s=None,
    life_safety=True,
    session=FirePanel,
    proven_by=("fire", TESTED),
    actions={"patrol": Action("查岗", "Ask who is on duty to press a key", {"minutes": "1 to 60; 10 if left out"})},
    explain=explain,
)
