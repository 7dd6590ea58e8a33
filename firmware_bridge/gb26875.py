"""The words of GB/T 26875.3: what a user information transmission device tells of a building's fire systems. Pure.

Source: GB/T 26875.3-2011, as public decoders and a captured frame give it.

    40 40 | seq (2) | version (2) | time (6) | from (6) | to (6) | length (2) | command | application data | SUM | 23 23
    application data: type | count | objects

Numbers are little endian, a time is s m h d M y-2000, and length is that of the application data alone. SUM is the low
byte of the sum of everything between 40 40 and itself. Addresses are opaque: makers disagree about their byte order.

    1 system state      system | address | state (2) | time (6)
    2 component state   system | address | component | component address (4) | state (2) | description (31) | time (6)
    4 operation         system | address | operation | operator | time (6)
    21 device state     state | time (6)                    of the transmission device itself
    24 device operation operation | operator | time (6)
    28 device time      time (6)
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from firmware_bridge.device_time import CHINA, in_range
from firmware_bridge.framing import IMPOSSIBLE

START, END = b"@@", b"##"
CONTROL, SEND_DATA, CONFIRM, REQUEST, ANSWER, DENY = range(1, 7)
SYSTEM_STATE, COMPONENT_STATE, OPERATION, DEVICE_STATE, DEVICE_OPERATION, DEVICE_TIME = 1, 2, 4, 21, 24, 28
PATROL = 91

SIZES: Mapping[int, int] = {
    SYSTEM_STATE: 10,
    COMPONENT_STATE: 46,
    OPERATION: 10,
    DEVICE_STATE: 7,
    DEVICE_OPERATION: 8,
}

_COMMON = {
    1: "fire",
    2: "fault",
    3: "shielded",
    4: "supervised",
    5: "started",
    6: "feedback",
    7: "delayed",
    8: "power_fault",
}
_OPERATED = {0: "panel_reset", 1: "panel_silenced", 2: "fire", 3: "alarm_cleared", 4: "self_test", 6: "operator_test"}
BITS: Mapping[int, Mapping[int, str]] = {  # type -> bit: what occurred; fire: a manual alarm is one
    SYSTEM_STATE: {
        **_COMMON,
        9: "backup_power_fault",
        10: "bus_fault",
        11: "manual_mode",
        12: "configuration_changed",
        13: "panel_reset",
    },
    COMPONENT_STATE: _COMMON,
    OPERATION: {**_OPERATED, 5: "operator_confirmed"},
    DEVICE_STATE: {
        1: "fire",
        2: "fault",
        3: "power_fault",
        4: "backup_power_fault",
        5: "channel_fault",
        6: "line_fault",
    },
    DEVICE_OPERATION: {**_OPERATED, 5: "patrol_answered"},
}
FAULTS = frozenset({"fault", "power_fault", "backup_power_fault", "bus_fault", "channel_fault", "line_fault"})
NORMAL_RUN = 1  # bit 0 of a state; devices in the field send a fire without it

_STATE_END = 9  # of a component: after this many bytes its state is known
TIME, FROM, TO, LENGTH = slice(6, 12), slice(12, 18), slice(18, 24), slice(24, 26)
COMMAND_AT, DATA_AT, OVERHEAD, MOST_DATA = 26, 27, 30, 1024


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
class Told:
    """One object of the application data. `system` is None for the transmission device, `component` for a system."""

    type: int
    bits: int
    system: int | None = None
    system_address: int = 0
    component: int | None = None
    address: str = ""  # hexadecimal, as on the wire
    description: str = ""
    operator: int | None = None

    @property
    def conditions(self) -> list[str]:
        return [what for bit, what in BITS[self.type].items() if self.bits >> bit & 1]


def encode(packet: Packet) -> bytes:
    body = packet.sequence + packet.version + packet.time + packet.sender + packet.receiver
    body += len(packet.data).to_bytes(2, "little") + bytes([packet.command]) + packet.data
    return START + body + bytes([sum(body) & 0xFF]) + END


def decode(frame: bytes) -> Packet:
    return Packet(frame[2:4], frame[4:6], frame[TIME], frame[FROM], frame[TO], frame[COMMAND_AT], frame[DATA_AT:-3])


def confirmation(packet: Packet, time: bytes | None = None) -> bytes:
    """Without `time` it carries the packet's own: a session has no clock."""
    return encode(Packet(packet.sequence, packet.version, time or packet.time, packet.receiver, packet.sender, CONFIRM))


def patrol(packet: Packet, sequence: int, minutes: int) -> bytes:
    """Asks whoever is on duty to press a key within `minutes`, as an answer to the device that sent `packet`."""
    data = bytes([PATROL, 1, minutes])
    number = sequence.to_bytes(2, "little")
    return encode(Packet(number, packet.version, packet.time, packet.receiver, packet.sender, CONTROL, data))


def time_ms(time: bytes) -> int | None:
    """UTC milliseconds; None where the device's clock was never set."""
    try:
        second, minute, hour, day, month, year = time
        moment = datetime(2000 + year, month, day, hour, minute, second, tzinfo=CHINA)
    except ValueError:
        return None
    return in_range(round(moment.timestamp() * 1000))


def objects(data: bytes) -> list[Told] | None:
    """What is told of systems, components and operations; None for other data. One whose state is there counts."""
    if len(data) < 2 or data[0] not in SIZES:
        return None
    kind, count, rest = data[0], data[1], data[2:]
    size = SIZES[kind]
    told = [rest[at : at + size] for at in range(0, len(rest) - size + 1, size)][:count]
    cut_off = rest[len(told) * size :]
    if kind == COMPONENT_STATE and len(told) < count and len(cut_off) >= _STATE_END:
        told.append(cut_off)  # a fire is a fire, though its description is too short
    return [_object(kind, one) for one in told]


def _object(kind: int, one: bytes) -> Told:
    match kind:
        case 1:
            return Told(kind, int.from_bytes(one[2:4], "little"), one[0], one[1])
        case 2:
            bits = int.from_bytes(one[7:9], "little")
            return Told(kind, bits, one[0], one[1], one[2], one[3:7].hex().upper(), describe(one[9:40]))
        case 4:
            return Told(kind, one[2], one[0], one[1], operator=one[3])
        case 24:
            return Told(kind, one[0], operator=one[1])
        case _:
            return Told(kind, one[0])


def describe(text: bytes) -> str:
    """GB 18030 up to the first zero; behind it some devices leave what stood there before."""
    shown = text.partition(b"\0")[0].decode("gb18030", errors="replace")
    return "".join(character for character in shown if character.isprintable()).strip()


def frame_length(buffer: bytearray) -> int | None:
    if len(buffer) < DATA_AT:
        return None
    length = int.from_bytes(buffer[LENGTH], "little")
    return OVERHEAD + length if length <= MOST_DATA else IMPOSSIBLE


def valid(frame: bytes) -> bool:
    return frame.endswith(END) and sum(frame[2:-3]) & 0xFF == frame[-3]
