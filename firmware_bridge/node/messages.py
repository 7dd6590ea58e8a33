"""What the frames of the node link say (docs/node-link.md, "Messages"). Numbers: low byte first, unsigned.

Types from 0x80 on are the node's. Texts are ASCII, filled up with 00.
"""

import math
import struct
from collections.abc import Mapping
from dataclasses import astuple, dataclass
from enum import IntEnum
from typing import ClassVar, NamedTuple, Self

from firmware_bridge.node.frames import Frame
from firmware_bridge.node.image import BEGIN_BYTES, HARDWARE_BYTES, Version, is_name

PROTOCOL = (1, 1)  # the oldest and the newest version of this protocol that we speak
SERIAL_BYTES = 16
DATA_BYTES = 256  # of an image in one frame
UNKNOWN_AGE = 0xFFFF_FFFF

HEALTHY, ON_TRIAL = 0x01, 0x02
SELF_TEST = ("sensor", "memory", "supply", "radio")  # by bit: what has failed


class Slot(IntEnum):
    A = 0
    B = 1


class EventKind(IntEnum):
    BUTTON = 1  # argument: which one
    TAMPER = 2  # argument: 1 the case was opened, 0 closed
    ROLLED_BACK = 3  # argument: the version of the image that was given up


class UpdateState(IntEnum):
    RECEIVING = 1
    ARMED = 2  # whole and true; the next boot tries it


class Refusal(IntEnum):
    UNKNOWN_TYPE = 1
    MALFORMED = 2
    WRONG_HARDWARE = 3
    BAD_SIGNATURE = 4
    NOT_NEWER = 5
    TOO_LARGE = 6
    NO_UPDATE = 7
    WRONG_HASH = 8
    FLASH_FAILED = 9
    ON_TRIAL = 10
    NOT_HEALTHY = 11


class Malformed(ValueError):
    """The payload is not of this type's form."""


@dataclass(frozen=True)
class _Message:
    TYPE: ClassVar[int]
    LAYOUT: ClassVar[struct.Struct] = struct.Struct("")

    def payload(self) -> bytes:
        return self.LAYOUT.pack(*astuple(self))

    @classmethod
    def read(cls, payload: bytes) -> Self:
        """Raises Malformed, struct.error or ValueError."""
        return cls(*cls.LAYOUT.unpack(payload))

    def frame(self, sequence: int) -> Frame:
        return Frame(self.TYPE, sequence, self.payload())


# what the host says


@dataclass(frozen=True)
class Hello(_Message):
    """Ask the node who it is, and let it begin to report."""

    TYPE, LAYOUT = 0x01, struct.Struct("<BB")
    oldest: int = PROTOCOL[0]
    newest: int = PROTOCOL[1]


@dataclass(frozen=True)
class Ping(_Message):
    TYPE = 0x02


@dataclass(frozen=True)
class EventAck(_Message):
    """The event is durable: forget it."""

    TYPE, LAYOUT = 0x03, struct.Struct("<II")
    log: int
    number: int


@dataclass(frozen=True)
class Reboot(_Message):
    """`boots`: the count that the host knows. A node with another one has rebooted already, and only says ACK."""

    TYPE, LAYOUT = 0x04, struct.Struct("<I")
    boots: int


@dataclass(frozen=True)
class UpdateBegin(_Message):
    """The header of an image file and its signature."""

    TYPE, LAYOUT = 0x10, struct.Struct(f"<{BEGIN_BYTES}s")
    begin: bytes


@dataclass(frozen=True)
class UpdateData(_Message):
    TYPE = 0x11
    offset: int
    data: bytes

    def payload(self) -> bytes:
        return self.offset.to_bytes(4, "little") + self.data

    @classmethod
    def read(cls, payload: bytes) -> Self:
        if not 4 < len(payload) <= 4 + DATA_BYTES:
            raise Malformed
        return cls(int.from_bytes(payload[:4], "little"), payload[4:])


@dataclass(frozen=True)
class UpdateCommit(_Message):
    """Check the whole image, and try it at the next boot."""

    TYPE = 0x12


@dataclass(frozen=True)
class UpdateConfirm(_Message):
    """Keep the image that runs on trial."""

    TYPE, LAYOUT = 0x13, struct.Struct("<I")
    version: int


# what the node says


@dataclass(frozen=True)
class NodeHello(_Message):
    """Later versions of the protocol may append fields, and move none."""

    TYPE, LAYOUT = 0x81, struct.Struct(f"<BB{HARDWARE_BYTES}s{SERIAL_BYTES}sIBBI")
    oldest: int
    newest: int
    hardware: str
    serial: str
    version: Version
    slot: Slot
    healthy: bool
    on_trial: bool
    boots: int

    def payload(self) -> bytes:
        names = self.hardware.encode("ascii"), self.serial.encode("ascii")
        flags = self.healthy * HEALTHY | self.on_trial * ON_TRIAL
        return self.LAYOUT.pack(self.oldest, self.newest, *names, self.version.number, self.slot, flags, self.boots)

    @classmethod
    def read(cls, payload: bytes) -> Self:
        oldest, newest, hardware, serial, number, slot, flags, boots = cls.LAYOUT.unpack_from(payload)
        names = _text(hardware), _text(serial)
        is_healthy, is_on_trial = bool(flags & HEALTHY), bool(flags & ON_TRIAL)
        return cls(oldest, newest, *names, Version.of_number(number), Slot(slot), is_healthy, is_on_trial, boots)


@dataclass(frozen=True)
class Health(_Message):
    """Answers PING, and comes unasked when the self-test ends. `failed`: bits of SELF_TEST."""

    TYPE, LAYOUT = 0x82, struct.Struct("<IIBB")
    uptime_s: int
    boots: int
    flags: int
    failed: int

    @property
    def healthy(self) -> bool:
        return bool(self.flags & HEALTHY)

    @property
    def failures(self) -> str:
        return ", ".join(name for bit, name in enumerate(SELF_TEST) if self.failed >> bit & 1)


@dataclass(frozen=True)
class Event(_Message):
    """`number` counts the events of one `log`, whose id is drawn when the node's memory for events is made anew."""

    TYPE, LAYOUT = 0x83, struct.Struct("<IIIBI")
    log: int
    number: int
    age_ms: int
    kind: int
    argument: int


class Quantity(NamedTuple):
    """One value of a reading: bool, int or float, by its kind on the wire."""

    metric: int
    value: bool | int | float


@dataclass(frozen=True)
class Reading(_Message):
    TYPE = 0x84
    uptime_s: int
    quantities: tuple[Quantity, ...]

    def payload(self) -> bytes:
        return self.uptime_s.to_bytes(4, "little") + b"".join(map(_pack_quantity, self.quantities))

    @classmethod
    def read(cls, payload: bytes) -> Self:
        if len(payload) < 4:
            raise Malformed
        return cls(int.from_bytes(payload[:4], "little"), tuple(map(_quantity, _QUANTITY.iter_unpack(payload[4:]))))


@dataclass(frozen=True)
class Ack(_Message):
    TYPE = 0x85


@dataclass(frozen=True)
class Nak(_Message):
    TYPE, LAYOUT = 0x86, struct.Struct("<B")
    reason: int


@dataclass(frozen=True)
class UpdateStatus(_Message):
    """`next_offset`: where the node wants the next data from."""

    TYPE, LAYOUT = 0x90, struct.Struct("<BI")
    state: int
    next_offset: int


Message = (
    Hello | Ping | EventAck | Reboot | UpdateBegin | UpdateData | UpdateCommit | UpdateConfirm
    | NodeHello | Health | Event | Reading | Ack | Nak | UpdateStatus
)  # fmt: skip

TYPES: Mapping[int, type[Message]] = {kind.TYPE: kind for kind in Message.__args__}

_QUANTITY = struct.Struct("<BB4s")
_INT, _FLOAT = struct.Struct("<i"), struct.Struct("<f")


def decode(frame: Frame) -> Message | None:
    """None: of no known type, or malformed."""
    kind = TYPES.get(frame.type)
    if kind is None:
        return None
    try:
        return kind.read(frame.payload)
    except (struct.error, ValueError):
        return None


def _text(filled: bytes) -> str:
    text = filled.rstrip(b"\0").decode("ascii")
    if not is_name(text, len(filled)):
        raise Malformed
    return text


def _pack_quantity(quantity: Quantity) -> bytes:
    metric, value = quantity
    if isinstance(value, bool):
        return _QUANTITY.pack(metric, 0, _INT.pack(value))
    if isinstance(value, int):
        return _QUANTITY.pack(metric, 1, _INT.pack(value))
    return _QUANTITY.pack(metric, 2, _FLOAT.pack(value))


def _quantity(packed: tuple[int, int, bytes]) -> Quantity:
    metric, kind, data = packed
    if kind > 2:
        raise Malformed
    value = _FLOAT.unpack(data)[0] if kind == 2 else _INT.unpack(data)[0]
    if (kind == 0 and value not in (0, 1)) or not math.isfinite(value):
        raise Malformed
    return Quantity(metric, bool(value) if kind == 0 else value)
