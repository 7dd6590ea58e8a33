"""Modbus read requests and their answers, framed for a serial line (RTU) or for TCP (MBAP).

Source: Modbus Application Protocol 1.1b3 (sections 6.1-6.4, 7), Modbus over Serial Line 1.02 (2.5), Modbus Messaging
on TCP/IP 1.0b (3.1).

    RTU  unit | PDU | CRC (2)                                        CRC-16/MODBUS, low byte first
    TCP  transaction (2) | protocol 0 (2) | length (2) | unit | PDU  length: of unit and PDU

    PDU  asks     function | first (2) | count (2)
         answers  function | bytes     | registers, or bits (the first in bit 0)
         or       function | 0x80      | exception

All but the CRC is big endian. A request can be made of a `Read` alone: what uses this module cannot write to a device.
"""

from dataclasses import dataclass
from enum import IntEnum
from typing import Protocol

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.session import Counters


class ReadFunction(IntEnum):
    COILS = 1
    INPUTS = 2  # "discrete inputs" in the standard
    HOLDING_REGISTERS = 3
    INPUT_REGISTERS = 4

    @property
    def of_bits(self) -> bool:
        return self <= ReadFunction.INPUTS


EXCEPTIONS = {
    1: "illegal function",
    2: "illegal data address",
    3: "illegal data value",
    4: "device failure",
    5: "acknowledge: still working",
    6: "device busy",
    8: "memory parity error",
    10: "gateway path unavailable",
    11: "gateway target did not answer",
}

MOST_BITS, MOST_REGISTERS = 2000, 125
MOST_BYTES = 250  # of data in one answer
EXCEPTION_BIT = 0x80

RTU_OVERHEAD, TCP_OVERHEAD = 5, 9  # of an answer without its data; an exception is as long as an answer without any
MBAP = 7


@dataclass(frozen=True, slots=True)
class Read:
    """One question to a unit: `count` coils, inputs or registers from `first`. Raises ValueError when it is none."""

    function: ReadFunction
    first: int
    count: int

    def __post_init__(self) -> None:
        most = MOST_BITS if ReadFunction(self.function).of_bits else MOST_REGISTERS
        if not (self.first >= 0 and 1 <= self.count <= most and self.first + self.count <= 0x10000):
            raise ValueError(f"cannot read {self.count} from {self.first}; read 1 to {most} below 65536 at once")

    @property
    def answer_bytes(self) -> int:
        return (self.count + 7) // 8 if self.function.of_bits else 2 * self.count

    @property
    def pdu(self) -> bytes:
        return bytes([ReadFunction(self.function)]) + self.first.to_bytes(2, "big") + self.count.to_bytes(2, "big")


@dataclass(frozen=True, slots=True)
class Answer:
    """`exception` is 0 where there is data. A serial line has no `transaction`."""

    unit: int
    function: int
    data: bytes = b""
    exception: int = 0
    transaction: int | None = None


class Framing(Protocol):
    """units: the addresses a device may have. answer_s: how long it may take. gap_s: silence before a request.

    late_s: how long after a repeated question an answer to its first asking may still come and be taken for another's.
    """

    @property
    def units(self) -> range: ...
    @property
    def answer_s(self) -> float: ...
    @property
    def gap_s(self) -> float: ...
    @property
    def late_s(self) -> float: ...

    def request(self, unit: int, read: Read, transaction: int) -> bytes: ...
    def decoder(self, most_data: int, counters: Counters) -> FrameDecoder: ...
    def answer(self, frame: bytes) -> Answer: ...


def crc16(data: bytes) -> bytes:
    """CRC-16/MODBUS, in the order it is sent."""
    crc = 0xFFFF
    for byte in data:
        crc ^= byte
        for _ in range(8):
            crc = crc >> 1 ^ 0xA001 if crc & 1 else crc >> 1
    return crc.to_bytes(2, "little")


def has_crc(frame: bytes) -> bool:
    return crc16(frame[:-2]) == frame[-2:]


class Rtu:
    """On a serial line, also one behind a serial server. The times are those of 9600 baud."""

    units = range(1, 248)
    answer_s = late_s = 0.2
    gap_s = 3.5 * 11 / 9600
    stale_s = 0.05  # an answer torn for this long will not be completed; adapters hold bytes back for up to 16 ms

    def request(self, unit: int, read: Read, transaction: int) -> bytes:  # noqa: ARG002 - a serial line counts nothing
        body = bytes([unit]) + read.pdu
        return body + crc16(body)

    def decoder(self, most_data: int, counters: Counters) -> FrameDecoder:
        def length(buffer: bytearray) -> int | None:
            if len(buffer) < 3:
                return None
            unit, function, size = buffer[:3]
            if unit not in self.units:
                return IMPOSSIBLE
            return _answer_length(function, size, most_data, RTU_OVERHEAD)

        longest = RTU_OVERHEAD + most_data
        return FrameDecoder(b"", length, has_crc, max_length=longest, gap_s=self.stale_s, counters=counters)

    def answer(self, frame: bytes) -> Answer:
        return _answer(frame[0], frame[1:-2])


class Tcp:
    """On TCP each request has a number, and its answer repeats it: a late answer cannot be taken for another's."""

    units = range(256)  # 0 and 255 are a device that is no gateway
    answer_s = 1.0
    gap_s = late_s = 0.0
    stale_s = 0.5

    def request(self, unit: int, read: Read, transaction: int) -> bytes:
        return mbap(transaction, unit, len(read.pdu)) + read.pdu

    def decoder(self, most_data: int, counters: Counters) -> FrameDecoder:
        def length(buffer: bytearray) -> int | None:
            if len(buffer) < TCP_OVERHEAD:
                return None
            whole = _answer_length(buffer[7], buffer[8], most_data, TCP_OVERHEAD)
            if buffer[2:4] != b"\0\0" or whole != 6 + int.from_bytes(buffer[4:6], "big"):
                return IMPOSSIBLE
            return whole

        longest = TCP_OVERHEAD + most_data
        return FrameDecoder(b"", length, lambda _: True, max_length=longest, gap_s=self.stale_s, counters=counters)

    def answer(self, frame: bytes) -> Answer:
        return _answer(frame[6], frame[MBAP:], int.from_bytes(frame[:2], "big"))


RTU, TCP = Rtu(), Tcp()


def mbap(transaction: int, unit: int, pdu_bytes: int) -> bytes:
    return transaction.to_bytes(2, "big") + b"\0\0" + (1 + pdu_bytes).to_bytes(2, "big") + bytes([unit])


def _answer_length(function: int, size: int, most_data: int, overhead: int) -> int:
    if not ReadFunction.COILS <= function & ~EXCEPTION_BIT <= ReadFunction.INPUT_REGISTERS:
        return IMPOSSIBLE
    if function & EXCEPTION_BIT:
        return overhead
    return overhead + size if 0 < size <= most_data else IMPOSSIBLE


def _answer(unit: int, pdu: bytes, transaction: int | None = None) -> Answer:
    if pdu[0] & EXCEPTION_BIT:
        return Answer(unit, pdu[0] & ~EXCEPTION_BIT, exception=pdu[1], transaction=transaction)
    return Answer(unit, pdu[0], pdu[2:], transaction=transaction)
