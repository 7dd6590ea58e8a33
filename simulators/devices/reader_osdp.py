"""Door readers on an RS-485 line, OSDP v2, 9600 8N1.

panel:  53 | address | length (2) | control | command | data | CRC (2) or checksum (1)
reader: the same with bit 7 of the address set
"""

import struct
from collections import deque
from collections.abc import Iterable

from simulators.devices import Report
from simulators.devices.wiegand_bridge import bits_of

POLL, ID, LSTAT, LED, BUZ = 0x60, 0x61, 0x64, 0x69, 0x6A
ACK, NAK, PDID, LSTATR, RAW = 0x40, 0x41, 0x45, 0x48, 0x50
UNKNOWN_COMMAND, WRONG_SEQUENCE = 3, 4
USES_CRC = 0x04
VENDOR, MODEL, VERSION, FIRMWARE = b"\x00\x51\x4d", 1, 2, b"\x01\x02\x03"


def crc(data: bytes) -> int:
    value = 0x1D0F
    for byte in data:
        for bit in range(7, -1, -1):
            top = value >> 15 ^ (byte >> bit & 1)
            value = value << 1 & 0xFFFF ^ (0x1021 if top else 0)
    return value


def packet(address: int, control: int, code: int, data: bytes = b"") -> bytes:
    """`address` with its bit 7 for a reply."""
    check = 2 if control & USES_CRC else 1
    body = struct.pack("<BBHBB", 0x53, address, 6 + len(data) + check, control, code) + data
    return body + (struct.pack("<H", crc(body)) if control & USES_CRC else bytes([-sum(body) % 256]))


class _Reader:
    def __init__(self, address: int) -> None:
        self.address = address
        self.sequence = -1  # of the last command; -1: none since power-up
        self.last_reply = b""
        self.waiting: deque[tuple[int, bytes, str]] = deque()
        self.tampered = self.power_failed = self.dead = False
        self.shown: list[str] = []


class OsdpReaders:
    def __init__(self, addresses: Iterable[int], *, with_crc: bool = True) -> None:
        self._readers = {address: _Reader(address) for address in addresses}
        self._control = USES_CRC if with_crc else 0
        self._received = b""
        self._reports: list[Report] = []

    def present(self, address: int, facility_code: int, card: int) -> None:
        bits = bits_of(facility_code, card)
        data = int(bits.ljust(32, "0"), 2).to_bytes(4)
        self._readers[address].waiting.append((RAW, struct.pack("<BBH", 0, 1, len(bits)) + data, "card_presented"))

    def tamper(self, address: int, *, on: bool = True) -> None:
        reader = self._readers[address]
        reader.tampered = on
        self._tell_status(reader, "reader_tampered" if on else "reader_tamper_cleared")

    def power_fails(self, address: int, *, on: bool = True) -> None:
        reader = self._readers[address]
        reader.power_failed = on
        self._tell_status(reader, "reader_power_failed" if on else "reader_power_restored")

    def die(self, address: int) -> None:
        self._readers[address].dead = True

    def revive(self, address: int) -> None:
        """Powered up again: it has forgotten the conversation."""
        reader = self._readers[address]
        reader.dead, reader.sequence = False, -1

    def shown(self, address: int) -> list[str]:
        """What the reader was made to show or sound: "led" and "buzzer"."""
        return self._readers[address].shown

    def step(self, now: float) -> bytes:  # noqa: ARG002 - a reader speaks only when asked
        return b""

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - the answers depend on no time
        self._received += data
        answers = b""
        while (start := self._received.find(b"\x53")) >= 0:
            self._received = self._received[start:]
            if len(self._received) < 5:
                break
            length = int.from_bytes(self._received[2:4], "little")
            if not 7 <= length <= 256:
                self._received = self._received[1:]
                continue
            if len(self._received) < length:
                break
            frame = self._received[:length]
            if _is_whole(frame):
                self._received = self._received[length:]
                answers += self._obey(frame)
            else:
                self._received = self._received[1:]
        return answers

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _tell_status(self, reader: _Reader, what: str) -> None:
        reader.waiting.append((LSTATR, bytes([reader.tampered, reader.power_failed]), what))

    def _obey(self, frame: bytes) -> bytes:
        reader = self._readers.get(frame[1])
        if reader is None or reader.dead:
            return b""
        sequence = frame[4] & 3
        if sequence and sequence == reader.sequence:
            return reader.last_reply  # the panel did not hear it
        if sequence not in (0, reader.sequence % 3 + 1) or (reader.sequence < 0 and sequence):
            return self._reply(reader, sequence, NAK, bytes([WRONG_SEQUENCE]))
        reader.sequence = sequence
        code, data = self._answer(reader, frame[5])
        reader.last_reply = self._reply(reader, sequence, code, data)
        return reader.last_reply

    def _answer(self, reader: _Reader, command: int) -> tuple[int, bytes]:
        match command:
            case 0x60 if reader.waiting:
                code, data, what = reader.waiting.popleft()
                self._reports.append(Report(str(reader.address), what))
                return code, data
            case 0x60:
                return ACK, b""
            case 0x61:
                return PDID, VENDOR + bytes([MODEL, VERSION]) + struct.pack("<I", reader.address) + FIRMWARE
            case 0x64:
                return LSTATR, bytes([reader.tampered, reader.power_failed])
            case 0x69 | 0x6A:
                reader.shown.append("led" if command == LED else "buzzer")
                return ACK, b""
        return NAK, bytes([UNKNOWN_COMMAND])

    def _reply(self, reader: _Reader, sequence: int, code: int, data: bytes) -> bytes:
        return packet(reader.address | 0x80, self._control | sequence, code, data)


def _is_whole(frame: bytes) -> bool:
    if frame[4] & USES_CRC:
        return struct.pack("<H", crc(frame[:-2])) == frame[-2:]
    return sum(frame) % 256 == 0
