"""The one write of this package: function 05, a single coil. Only drivers with actions import this module.

Source: Modbus Application Protocol 1.1b3, 6.5.

    asks and answers  unit | 05 | coil (2) | FF 00 on, 00 00 off | CRC (2)
    or answers        unit | 85 | exception | CRC (2)
"""

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.modbus.frames import EXCEPTION_BIT, RTU, RTU_OVERHEAD, crc16, has_crc
from firmware_bridge.session import Counters

SET_COIL = 0x05
COIL_BYTES = 8


def set_coil(unit: int, coil: int, *, on: bool) -> bytes:
    body = bytes([unit, SET_COIL]) + coil.to_bytes(2, "big") + (b"\xff\0" if on else b"\0\0")
    return body + crc16(body)


def answer_decoder(counters: Counters) -> FrameDecoder:
    """Finds the answers to `set_coil`."""
    return FrameDecoder(b"", _length, has_crc, max_length=COIL_BYTES, gap_s=RTU.stale_s, counters=counters)


def _length(buffer: bytearray) -> int | None:
    if len(buffer) < 2:
        return None
    if buffer[0] not in RTU.units:
        return IMPOSSIBLE
    return {SET_COIL: COIL_BYTES, SET_COIL | EXCEPTION_BIT: RTU_OVERHEAD}.get(buffer[1], IMPOSSIBLE)
