"""The slave side of Modbus, for simulated devices: memories that answer requests, on a serial line or on TCP.

    RTU  unit | PDU | CRC (2)                                        9600 8N1, CRC-16/MODBUS with the low byte first
    TCP  transaction (2) | protocol 0 (2) | length (2) | unit | PDU

A unit that has no power or is not there keeps quiet on a serial line; on TCP its gateway says exception 11.
"""

import struct
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import NamedTuple, Protocol

READ_COILS, READ_INPUTS, READ_HOLDING, READ_INPUT_REGISTERS, WRITE_COIL = 1, 2, 3, 4, 5
WRITE_REGISTER, WRITE_COILS, WRITE_REGISTERS = 6, 15, 16
ILLEGAL_FUNCTION, ILLEGAL_ADDRESS, ILLEGAL_VALUE, TARGET_SILENT = 1, 2, 3, 11

MAX_BITS, MAX_REGISTERS = 2000, 125
FRAME_GAP_S = 0.05  # 3.5 characters are 4 ms; a pseudo-terminal is not that punctual
MAX_RECEIVED = 512
MBAP = 7


class Request(NamedTuple):
    unit: int
    pdu: bytes
    transaction: bytes = b""

    @property
    def reads(self) -> tuple[int, range]:
        """(function, addresses); none of them where it is no read."""
        if len(self.pdu) != 5 or not READ_COILS <= self.pdu[0] <= READ_INPUT_REGISTERS:
            return (0, range(0))
        function, first, count = struct.unpack(">BHH", self.pdu)
        return (function, range(first, first + count))


@dataclass(slots=True)
class Memory:
    """What a unit has at which address. `switch` is asked to set a coil; without it nothing can be written."""

    coils: dict[int, bool] = field(default_factory=dict)
    inputs: dict[int, bool] = field(default_factory=dict)
    holding: dict[int, int] = field(default_factory=dict)
    input_registers: dict[int, int] = field(default_factory=dict)
    switch: Callable[[int, bool], None] | None = None

    def answer(self, pdu: bytes) -> bytes:
        function = pdu[0]
        if function == WRITE_COIL and self.switch and len(pdu) == 5:
            return self._write_coil(pdu, self.switch)
        if not READ_COILS <= function <= READ_INPUT_REGISTERS:
            return exception(function, ILLEGAL_FUNCTION)
        if len(pdu) != 5:
            return exception(function, ILLEGAL_VALUE)
        first, count = struct.unpack(">HH", pdu[1:])
        wanted = range(first, first + count)
        if function <= READ_INPUTS:
            return _bits(function, self.coils if function == READ_COILS else self.inputs, wanted)
        return _registers(function, self.holding if function == READ_HOLDING else self.input_registers, wanted)

    def _write_coil(self, pdu: bytes, switch: Callable[[int, bool], None]) -> bytes:
        coil, value = struct.unpack(">HH", pdu[1:])
        if value not in (0xFF00, 0):
            return exception(WRITE_COIL, ILLEGAL_VALUE)
        if coil not in self.coils:
            return exception(WRITE_COIL, ILLEGAL_ADDRESS)
        switch(coil, value == 0xFF00)
        return pdu


class Wire(Protocol):
    def requests(self, data: bytes, now: float) -> list[Request]:
        """The whole requests among what arrived, however it was cut."""

    def reply(self, request: Request, pdu: bytes | None) -> bytes:
        """`pdu` None: the unit did not answer."""


class RtuWire:
    def __init__(self) -> None:
        self._received = b""
        self._last_byte_at = 0.0

    def requests(self, data: bytes, now: float) -> list[Request]:
        if now - self._last_byte_at > FRAME_GAP_S:
            self._received = b""
        if data:
            self._last_byte_at = now
        self._received = (self._received + data)[-MAX_RECEIVED:]
        found = []
        while len(self._received) >= 8:
            size = _rtu_length(self._received)
            if size > len(self._received):
                break
            frame = self._received[:size]
            if size and crc(frame[:-2]) == frame[-2:]:
                found.append(Request(frame[0], frame[1:-2]))
                self._received = self._received[size:]
            else:
                self._received = self._received[1:]
        return found

    def reply(self, request: Request, pdu: bytes | None) -> bytes:
        if pdu is None:
            return b""
        body = bytes([request.unit]) + pdu
        return body + crc(body)


class TcpWire:
    def __init__(self) -> None:
        self._received = b""

    def requests(self, data: bytes, now: float) -> list[Request]:  # noqa: ARG002 - TCP has no gaps
        self._received = (self._received + data)[-MAX_RECEIVED:]
        found = []
        while len(self._received) > MBAP:
            transaction, protocol, length, unit = struct.unpack(">2sHHB", self._received[:MBAP])
            if protocol or not 2 <= length <= 254:
                self._received = self._received[1:]
                continue
            if len(self._received) < 6 + length:
                break
            found.append(Request(unit, self._received[MBAP : 6 + length], transaction))
            self._received = self._received[6 + length :]
        return found

    def reply(self, request: Request, pdu: bytes | None) -> bytes:
        said = exception(request.pdu[0], TARGET_SILENT) if pdu is None else pdu
        return struct.pack(">2sHHB", request.transaction, 0, 1 + len(said), request.unit) + said


def exception(function: int, code: int) -> bytes:
    return bytes([function & 0x7F | 0x80, code])


def crc(data: bytes) -> bytes:
    value = 0xFFFF
    for byte in data:
        value ^= byte
        for _ in range(8):
            value = value >> 1 ^ 0xA001 if value & 1 else value >> 1
    return struct.pack("<H", value)


def _rtu_length(received: bytes) -> int:
    """0 where no request can begin."""
    function = received[1]
    if READ_COILS <= function <= WRITE_REGISTER:
        return 8
    return 9 + received[6] if function in (WRITE_COILS, WRITE_REGISTERS) else 0


def _bits(function: int, bits: dict[int, bool], wanted: range) -> bytes:
    if not 1 <= len(wanted) <= MAX_BITS:
        return exception(function, ILLEGAL_VALUE)
    if not all(address in bits for address in wanted):
        return exception(function, ILLEGAL_ADDRESS)
    packed = sum(1 << i for i, address in enumerate(wanted) if bits[address])
    size = (len(wanted) + 7) // 8
    return bytes([function, size]) + packed.to_bytes(size, "little")


def _registers(function: int, registers: dict[int, int], wanted: range) -> bytes:
    if not 1 <= len(wanted) <= MAX_REGISTERS:
        return exception(function, ILLEGAL_VALUE)
    if not all(address in registers for address in wanted):
        return exception(function, ILLEGAL_ADDRESS)
    return struct.pack(f">BB{len(wanted)}H", function, 2 * len(wanted), *(registers[address] for address in wanted))
