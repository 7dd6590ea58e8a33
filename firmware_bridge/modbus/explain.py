"""Names the parts of a Modbus frame for a technician. What the registers mean, only the device's profile knows."""

from collections.abc import Sequence
from enum import IntEnum

from firmware_bridge.modbus.frames import EXCEPTION_BIT, EXCEPTIONS, MBAP, ReadFunction
from firmware_bridge.session import Part

_SET_COIL = 5
_FUNCTIONS = {
    ReadFunction.COILS: "读线圈 read coils",
    ReadFunction.INPUTS: "读离散输入 read inputs",
    ReadFunction.HOLDING_REGISTERS: "读保持寄存器 read holding registers",
    ReadFunction.INPUT_REGISTERS: "读输入寄存器 read input registers",
    _SET_COIL: "写单个线圈 write single coil",
}
_UNIT, _REST = "单元地址 unit", "其余 rest"


class _At(IntEnum):
    """Where a thing stands in a PDU."""

    FUNCTION = 0
    SIZE = 1
    DATA = 2
    SECOND = 3
    END = 5


def explain_rtu(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: FBT001 - the driver's interface
    if len(frame) < 4:
        return _whole(frame)
    crc = len(frame) - 2
    return [
        Part(0, 1, _UNIT, str(frame[0])),
        *_pdu(frame[1:crc], 1, sent=sent),
        Part(crc, len(frame), "校验 CRC", frame[crc:].hex(" ").upper()),
    ]


def explain_tcp(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: FBT001 - the driver's interface
    if len(frame) <= MBAP:
        return _whole(frame)
    return [
        Part(0, 2, "事务号 transaction", str(_number(frame[0:2]))),
        Part(2, 4, "协议 protocol", str(_number(frame[2:4]))),
        Part(4, 6, "长度 length", str(_number(frame[4:6]))),
        Part(6, MBAP, _UNIT, str(frame[6])),
        *_pdu(frame[MBAP:], MBAP, sent=sent),
    ]


def _pdu(pdu: bytes, at: int, *, sent: bool) -> list[Part]:
    code = pdu[_At.FUNCTION]
    function = _FUNCTIONS.get(code & ~EXCEPTION_BIT, "未知 unknown")
    parts = [Part(at, at + 1, "功能码 function", f"{code & ~EXCEPTION_BIT:02X} {function}")]
    rest = pdu[1:]
    if code & EXCEPTION_BIT and len(rest) == 1:
        what = EXCEPTIONS.get(rest[0], "unknown")
        return [*parts, Part(at + 1, at + 2, "异常码 exception", f"{rest[0]} {what}")]
    if len(rest) == 4 and (sent or code == _SET_COIL):
        first, second = _number(rest[:2]), _number(rest[2:])
        start = Part(at + _At.SIZE, at + _At.SECOND, "起始地址 first", str(first))
        if code == _SET_COIL:
            value = {0xFF00: "on", 0: "off"}.get(second, f"{second:04X}")
            return [*parts, start, Part(at + _At.SECOND, at + _At.END, "状态 state", value)]
        return [*parts, start, Part(at + _At.SECOND, at + _At.END, "数量 count", str(second))]
    if rest and rest[0] == len(rest) - 1 and code in _FUNCTIONS:
        bits = code <= ReadFunction.INPUTS
        size = Part(at + _At.SIZE, at + _At.DATA, "字节数 bytes", str(rest[0]))
        return [*parts, size, *(_bits if bits else _registers)(rest[1:], at + _At.DATA)]
    return [*parts, Part(at + 1, at + len(pdu), _REST, rest.hex(" ").upper())] if rest else parts


def _bits(data: bytes, at: int) -> list[Part]:
    """The first bit stands first in the text."""
    return [
        Part(at + i, at + i + 1, f"第{8 * i}至{8 * i + 7}位 bits", f"{byte:08b}"[::-1]) for i, byte in enumerate(data)
    ]


def _registers(data: bytes, at: int) -> list[Part]:
    """With its hexadecimal form, because only the profile knows whether it has a sign or is half of a number."""
    return [
        Part(at + i, at + i + len(two), f"寄存器 register +{i // 2}", f"{_number(two)} ({_number(two):04X})")
        for i in range(0, len(data), 2)
        if (two := data[i : i + 2])
    ]


def _whole(frame: bytes) -> list[Part]:
    return [Part(0, len(frame), _REST, frame.hex(" ").upper())] if frame else []


def _number(data: bytes) -> int:
    return int.from_bytes(data, "big")
