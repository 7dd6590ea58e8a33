"""Puts a fuzzed frame's length and checksum right, so that the fuzzer gets behind them.

Each takes the fuzzed bytes and what the session sent last (an answer often repeats a part of its question), and never
raises. A driver without one is fuzzed all the same, but sees fewer valid frames.
"""

import contextlib
import re
import zlib
from collections.abc import Callable, Mapping

from firmware_bridge.node import cobs

Seal = Callable[[bytes, bytes], bytes]


def crc16(data: bytes, polynomial: int, initial: int, *, reflected: bool = False) -> int:
    crc = initial
    for byte in data:
        if reflected:
            crc ^= byte
            for _ in range(8):
                crc = crc >> 1 ^ polynomial if crc & 1 else crc >> 1
        else:
            crc ^= byte << 8
            for _ in range(8):
                crc = (crc << 1 ^ polynomial if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc


def modbus_crc(data: bytes) -> bytes:
    return crc16(data, 0xA001, 0xFFFF, reflected=True).to_bytes(2, "little")


def modbus_rtu(data: bytes, sent: bytes) -> bytes:
    body = _modbus_answer(data, sent[:6])
    return body + modbus_crc(body)


def modbus_tcp(data: bytes, sent: bytes) -> bytes:
    body = _modbus_answer(data, sent[6:12])
    return sent[:2].ljust(2, b"\0") + b"\0\0" + len(body).to_bytes(2, "big") + body


def _modbus_answer(data: bytes, asked: bytes) -> bytes:
    """An answer from the asked unit: an exception, an echo or as many bytes of data as were asked for."""
    asked = asked.ljust(6, b"\0")
    unit, function, count = asked[0], asked[1], int.from_bytes(asked[4:6], "big")
    if data[:1] == b"\xff":
        return bytes([unit, function | 0x80]) + data[1:2].ljust(1, b"\x02")
    if function >= 5:
        return asked
    size = min((count + 7) // 8 if function <= 2 else 2 * count, 250)
    return bytes([unit, function, size]) + data[:size].ljust(size, b"\0")


def radar_5359(data: bytes, _: bytes) -> bytes:
    body = b"\x53\x59" + data[2:4].ljust(2, b"\0") + len(data[6:-3]).to_bytes(2, "big") + data[6:-3]
    return body + bytes([sum(body) & 0xFF]) + b"\x54\x43"


def sam(data: bytes, _: bytes) -> bytes:
    said = data[7:-1]
    body = (len(said) + 1 & 0xFFFF).to_bytes(2, "big") + said
    check = 0
    for byte in body:
        check ^= byte
    return b"\xaa\xaa\xaa\x96\x69" + body + bytes([check])


def gb26875(data: bytes, _: bytes) -> bytes:
    told = data[27:-3]
    body = data[2:24].ljust(22, b"\0") + len(told).to_bytes(2, "little") + data[26:27].ljust(1, b"\x02") + told
    return b"@@" + body + bytes([sum(body) & 0xFF]) + b"##"


def hj212(data: bytes, _: bytes) -> bytes:
    text = data[6:-6] if data[:2] == b"##" else data
    return b"##%04d" % (len(text) % 10000) + text + modbus_crc(text)[::-1].hex().upper().encode() + b"\r\n"


def nmea(data: bytes, _: bytes) -> bytes:
    text = data.strip(b"$\r\n").partition(b"*")[0]
    check = 0
    for byte in text:
        check ^= byte
    return b"$" + text + b"*%02X\r\n" % check


def osdp(data: bytes, sent: bytes) -> bytes:
    address, control = sent[1:2] or b"\0", sent[4:5] or b"\0"
    said = data[5:-2]
    head = b"S" + bytes([address[0] | 0x80]) + (len(said) + 7 & 0xFFFF).to_bytes(2, "little")
    body = head + bytes([control[0] & 3 | 4 | (data[4:5] or b"\0")[0] & 8]) + said
    return body + crc16(body, 0x1021, 0x1D0F).to_bytes(2, "little")


def node(data: bytes, sent: bytes) -> bytes:
    """Fuzzed: type, whether it answers (else it comes unasked), payload."""
    asked = b"\0\0"
    with contextlib.suppress(cobs.Malformed):
        asked = cobs.decode(sent.strip(b"\0"))
    body = data[:1] + (asked[1:2] if data[1:2] > b"\0" else b"\0") + data[2:504]
    return b"\0" + cobs.encode(body + zlib.crc32(body).to_bytes(4, "little")) + b"\0"


def gm65(data: bytes, _: bytes) -> bytes:
    body = b"\0" + len(data[4:-2]).to_bytes(2, "big")[-1:] + data[4:-2]
    return b"\x02\x00" + body + crc16(body, 0x1021, 0).to_bytes(2, "big")


def mqtt(data: bytes, _: bytes) -> bytes:
    head, line_end, payload = data.partition(b"\n")
    topic = head.rpartition(b" ")[0] if line_end else b"application/1/device/a84041ffff5d0e7a/event/up"
    payload = payload if line_end else data
    return topic + b" %d\n" % len(payload) + payload


def http(data: bytes, _: bytes) -> bytes:
    head, _, body = data.partition(b"\r\n\r\n")
    lines = [line for line in head.split(b"\r\n") if not re.match(rb"(?i)(content-length|transfer-encoding)\s*:", line)]
    return b"\r\n".join([*lines, b"Content-Length: %d" % len(body)]) + b"\r\n\r\n" + body


SEALS: Mapping[str, Seal] = {
    "corridor_lamp_modbus": modbus_rtu,
    "cremator_sim_crem_1": modbus_tcp,
    "face_terminal_isapi": http,
    "face_terminal_zkteco": http,
    "fire_panel_gb26875": gb26875,
    "flue_gas_hj212": hj212,
    "gnss_nmea": nmea,
    "id_card_reader": sam,
    "lorawan_chirpstack": mqtt,
    "modbus_rtu": modbus_rtu,
    "modbus_tcp": modbus_tcp,
    "modbus_temperature": modbus_rtu,
    "qr_scanner_gm65": gm65,
    "radar_r60abd1": radar_5359,
    "reader_osdp": osdp,
    "sensor_node": node,
}
