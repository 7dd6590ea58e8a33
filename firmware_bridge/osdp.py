"""OSDP v2 packets: what a control panel and its door readers say on an RS-485 line.

Source: OSDP v2.2 (IEC 60839-11-5), as public descriptions of its packets give it.

    53 | address | length (2) | control | [security block] | code | data | CRC (2) or checksum (1)

length is little endian and counts everything. A reader's answers have bit 7 of the address set. control: bits 0 and 1
sequence number, bit 2 CRC-16 (else an 8-bit checksum), bit 3 a security block follows. CRC-16 is that of polynomial
1021 with initial value 1D0F, low byte first; the checksum makes the sum of all bytes 0.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum

from firmware_bridge.framing import IMPOSSIBLE
from firmware_bridge.session import Part

START = b"\x53"
REPLY_BIT, SEQUENCE, CRC_BIT, SECURITY_BIT = 0x80, 0x03, 0x04, 0x08
BROADCAST = 0x7F
HEAD, SHORTEST, LONGEST = 5, 7, 1024


class Command(IntEnum):
    POLL = 0x60
    ID = 0x61
    LSTAT = 0x64
    LED = 0x69
    BUZ = 0x6A


class Reply(IntEnum):
    ACK = 0x40
    NAK = 0x41
    PDID = 0x45
    LSTATR = 0x48
    RAW = 0x50
    FMT = 0x51
    KEYPAD = 0x53
    BUSY = 0x79


NAKS = {
    1: "message check failed",
    2: "wrong length of the command",
    3: "unknown command",
    4: "unexpected sequence number",
    5: "security block not supported",
    6: "a secure channel is required",
    7: "biometric type not supported",
    8: "biometric format not supported",
    9: "unable to process the command",
}
UNEXPECTED_SEQUENCE, SECURE_CHANNEL_REQUIRED = 4, 6


@dataclass(frozen=True, slots=True)
class Packet:
    address: int
    sequence: int
    code: int
    data: bytes = b""
    reply: bool = False
    crc: bool = True


def crc16(data: bytes) -> bytes:
    """In the order it is sent."""
    crc = 0x1D0F
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc.to_bytes(2, "little")


def encode(packet: Packet) -> bytes:
    length = HEAD + 1 + len(packet.data) + (2 if packet.crc else 1)
    address = packet.address | packet.reply * REPLY_BIT
    head = START + bytes([address]) + length.to_bytes(2, "little")
    body = head + bytes([packet.sequence | packet.crc * CRC_BIT, packet.code]) + packet.data
    return body + (crc16(body) if packet.crc else bytes([-sum(body) & 0xFF]))


def decode(frame: bytes) -> Packet:
    """Of a whole valid frame without a security block."""
    control, crc = frame[4], bool(frame[4] & CRC_BIT)
    return Packet(
        address=frame[1] & ~REPLY_BIT,
        sequence=control & SEQUENCE,
        code=frame[HEAD],
        data=frame[HEAD + 1 : -2 if crc else -1],
        reply=bool(frame[1] & REPLY_BIT),
        crc=crc,
    )


def frame_length(buffer: bytearray) -> int | None:
    """Frames with a security block are impossible here: without its keys they say nothing."""
    if len(buffer) < HEAD:
        return None
    length = int.from_bytes(buffer[2:4], "little")
    possible = SHORTEST + bool(buffer[4] & CRC_BIT) <= length <= LONGEST
    return length if possible and not buffer[4] & SECURITY_BIT else IMPOSSIBLE


def valid(frame: bytes) -> bool:
    if frame[4] & CRC_BIT:
        return crc16(frame[:-2]) == frame[-2:]
    return sum(frame) & 0xFF == 0


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: ARG001, FBT001 - the driver's interface
    if len(frame) < SHORTEST or (frame[4] & CRC_BIT and len(frame) == SHORTEST):
        return [Part(0, len(frame), "数据 data", f"{len(frame)} bytes")] if frame else []
    packet = decode(frame)
    check = len(frame) - (2 if packet.crc else 1)
    kinds: Sequence[Command | Reply] = list(Reply) if packet.reply else list(Command)
    name = next((kind.name for kind in kinds if kind == packet.code), "?")
    parts = [
        Part(0, 1, "帧头 start", "53"),
        Part(1, 2, "地址 address", f"{packet.address} {'reply' if packet.reply else 'command'}"),
        Part(2, 4, "长度 length", str(int.from_bytes(frame[2:4], "little"))),
        Part(4, HEAD, "控制 control", f"sequence {packet.sequence}, {'CRC' if packet.crc else 'checksum'}"),
        Part(HEAD, HEAD + 1, "代码 code", f"{packet.code:02X} {name}"),
    ]
    if packet.data:
        parts.append(Part(HEAD + 1, check, "数据 data", _data(packet)))
    return [*parts, Part(check, len(frame), "校验 check", frame[check:].hex(" ").upper())]


def _data(packet: Packet) -> str:
    """Card and key data are hidden."""
    if packet.reply and packet.code == Reply.NAK:
        return NAKS.get(packet.data[0], f"{packet.data[0]:02X}")
    shown = packet.code in (Reply.PDID, Reply.LSTATR) if packet.reply else packet.code in set(Command)
    return packet.data.hex(" ").upper() if shown else f"(hidden) {len(packet.data)} bytes"
