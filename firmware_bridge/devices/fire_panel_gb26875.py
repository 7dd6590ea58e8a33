"""Fire panel behind a user information transmission device (GB/T 26875.3).

Source: GB/T 26875.3-2011, as public decoders and a captured frame give it.

    40 40 | seq (2) | version (2) | time (6) | from (6) | to (6) | length (2) | command | application data | SUM | 23 23

Numbers are little endian, a time is s m h d M y-2000, and length is that of the application data alone. SUM is the low
byte of the sum of everything between 40 40 and itself. Addresses are opaque: makers disagree about their byte order.
Times are never read: a device's clock may say anything, and the edge stamps what it hears.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import Counters, DeviceSettings, Driver, Heard, Line, Measured, Occurred, Output, Value

START, END = b"@@", b"##"
SEND_DATA, CONFIRM = 2, 3
SYSTEM_STATE, COMPONENT_STATE = 1, 2  # types of application data
SYSTEM_BYTES, COMPONENT_BYTES = 10, 46

CONDITIONS = {  # bit of a state: what occurred
    1: "fire",
    2: "fault",
    3: "shielded",
    4: "supervised",
    5: "started",
    6: "feedback",
    7: "delayed",
    8: "power_fault",
}
NORMAL = "normal"  # none of them: what was the matter is over
UNREADABLE = "unreadable_state"  # a state was sent, but not whole

GAP_S = 0.5
REPEAT_S = 60.0  # a frame that comes again, byte by byte, was not confirmed in time; it tells of nothing new

_TIME, _FROM, _TO, _LENGTH = slice(6, 12), slice(12, 18), slice(18, 24), slice(24, 26)
_COMMAND_AT, _DATA_AT, _OVERHEAD, _MOST_DATA = 26, 27, 30, 1024
_REMEMBERED = 64
_HEX_SHOWN = 64


@dataclass(frozen=True, slots=True)
class Packet:
    """`sequence`, `version`, `time` and the addresses as they stand on the wire."""

    sequence: bytes
    version: bytes
    time: bytes
    sender: bytes
    receiver: bytes
    command: int
    data: bytes = b""


@dataclass(frozen=True, slots=True)
class State:
    """What one object of the application data says. `component` is 0 for a whole system."""

    system: int
    system_address: int
    bits: int
    component: int = 0
    address: str = ""  # hexadecimal, as on the wire
    description: str = ""

    @property
    def conditions(self) -> list[str]:
        return [what for bit, what in CONDITIONS.items() if self.bits >> bit & 1]


def encode(packet: Packet) -> bytes:
    body = packet.sequence + packet.version + packet.time + packet.sender + packet.receiver
    body += len(packet.data).to_bytes(2, "little") + bytes([packet.command]) + packet.data
    return START + body + bytes([sum(body) & 0xFF]) + END


def decode(frame: bytes) -> Packet:
    return Packet(
        frame[2:4], frame[4:6], frame[_TIME], frame[_FROM], frame[_TO], frame[_COMMAND_AT], frame[_DATA_AT:-3]
    )


def confirmation(packet: Packet, time: bytes | None = None) -> bytes:
    """Without `time` it carries the packet's own: a session has no clock."""
    return encode(Packet(packet.sequence, packet.version, time or packet.time, packet.receiver, packet.sender, CONFIRM))


def states(data: bytes) -> list[State] | None:
    """The states of systems or components; None when the data tells of something else. Only whole objects count."""
    if data[:1] not in (bytes([SYSTEM_STATE]), bytes([COMPONENT_STATE])) or len(data) < 2:
        return None
    kind, count, objects = data[0], data[1], data[2:]
    size = SYSTEM_BYTES if kind == SYSTEM_STATE else COMPONENT_BYTES
    whole = [objects[at : at + size] for at in range(0, len(objects) - size + 1, size)][:count]
    return [_system(one) if kind == SYSTEM_STATE else _component(one) for one in whole]


def describe(text: bytes) -> str:
    """GB 18030 up to the first zero; behind it some devices leave what stood there before."""
    shown = text.partition(b"\0")[0].decode("gb18030", errors="replace")
    return "".join(character for character in shown if character.isprintable()).strip()


class FirePanel:
    """Every state is told; what the device sends is confirmed only once it is stored."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "fire panel")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._decoder = FrameDecoder(
            START, _frame_length, _valid, max_length=_OVERHEAD + _MOST_DATA, gap_s=GAP_S, counters=self.counters
        )
        self._heard_at: dict[bytes, float] = {}
        self._counts = {"Fire/Alarms": 0, "Fire/Faults": 0}
        self._counts_known = False

    def start(self, now: float) -> Sequence[Output]:  # noqa: ARG002  nothing here depends on when
        self._decoder.clear()
        self._counts_known = False
        return []

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._packets(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        return self._packets(self._decoder.expire(now), now)

    def _packets(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._packet(frame, now)]

    def _packet(self, frame: bytes, now: float) -> list[Output]:
        packet = decode(frame)
        told: list[tuple[str, Mapping[str, Value]]] = []
        if packet.command == SEND_DATA and not self._is_repeat(frame, now):
            told = _occurrences(packet.data)
        counted = self._count([what for what, _ in told])
        confirm = confirmation(packet) if packet.command == SEND_DATA else b""
        if not told:
            return [*counted, Heard(self._id, confirm)]
        last = len(told) - 1  # the frame is confirmed as a whole, with the last thing it told
        occurred = [
            Occurred(self._id, what, detail, confirm if i == last else b"") for i, (what, detail) in enumerate(told)
        ]
        return [*occurred, *counted]

    def _is_repeat(self, frame: bytes, now: float) -> bool:
        before = self._heard_at.pop(frame, float("-inf"))  # popped, so that the oldest stays first
        self._heard_at[frame] = now
        if len(self._heard_at) > _REMEMBERED:
            del self._heard_at[next(iter(self._heard_at))]
        return now < before + REPEAT_S

    def _count(self, told: list[str]) -> list[Output]:
        fires, faults = told.count("fire"), told.count("fault") + told.count("power_fault")
        if self._counts_known and not fires and not faults:
            return []
        self._counts_known = True
        self._counts["Fire/Alarms"] += fires
        self._counts["Fire/Faults"] += faults
        return [Measured(self._id, dict(self._counts))]


def _occurrences(data: bytes) -> list[tuple[str, Mapping[str, Value]]]:
    found = states(data)
    if found is None:
        return []
    if not found:
        return [(UNREADABLE, {"data": data[:_HEX_SHOWN].hex()})]
    return [(what, _detail(state)) for state in found for what in state.conditions or [NORMAL]]


def _detail(state: State) -> dict[str, Value]:
    system: dict[str, Value] = {
        "system": state.system,
        "system_address": state.system_address,
        "state": f"{state.bits:04X}",
    }
    if not state.component and not state.address:
        return system
    return {**system, "component": state.component, "address": state.address, "description": state.description}


def _system(one: bytes) -> State:
    return State(one[0], one[1], int.from_bytes(one[2:4], "little"))


def _component(one: bytes) -> State:
    return State(
        system=one[0],
        system_address=one[1],
        component=one[2],
        address=one[3:7].hex().upper(),
        bits=int.from_bytes(one[7:9], "little"),
        description=describe(one[9:40]),
    )


def _frame_length(buffer: bytearray) -> int | None:
    if len(buffer) < _DATA_AT:
        return None
    length = int.from_bytes(buffer[_LENGTH], "little")
    return _OVERHEAD + length if length <= _MOST_DATA else IMPOSSIBLE


def _valid(frame: bytes) -> bool:
    return frame.endswith(END) and sum(frame[2:-3]) & 0xFF == frame[-3]


DRIVER = Driver(
    name="fire_panel_gb26875",
    zh="火灾报警控制器（用户信息传输装置）",
    en="Fire panel",
    line=Line(9600),
    metrics=("Fire/Alarms", "Fire/Faults"),
    silence_s=None,
    life_safety=True,
    session=FirePanel,
)
