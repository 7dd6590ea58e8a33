"""QR scanner module GM65, 9600 8N1, as it comes from the factory: no end behind a text until it is told to send one.

host:   7E 00 | type | count | address (2) | value | CRC (2)      AB CD stands for any CRC
module: 02 00 | 00 | 01 | value | CRC (2)                         understood
module: text in GBK, and its end                                  a code was read
"""

import struct

from simulators.devices import Report

HEADER, ANY_CRC = b"\x7e\x00", b"\xab\xcd"
COMMAND_BYTES = 9
WRITE, READ, SAVE = 0x08, 0x07, 0x09
TRIGGER, END = 0x0002, 0x0060
ENDS_CR = 0x01  # of address 0060
LOOK_S = 5.0

_ENDS = {0b00: b"\r", 0b01: b"\r\n", 0b10: b"\t", 0b11: b""}


def crc(data: bytes) -> bytes:
    """CRC-16/XMODEM by the table-free shift, big endian."""
    value = 0
    for byte in data:
        value = (value >> 8 | value << 8) & 0xFFFF
        value ^= byte
        value ^= (value & 0xFF) >> 4
        value ^= value << 12 & 0xFFFF
        value ^= (value & 0xFF) << 5
    return struct.pack(">H", value)


def acknowledgement(value: int = 0) -> bytes:
    body = bytes([0x00, 0x01, value])
    return b"\x02\x00" + body + crc(body)


class QrScanner:
    """`end`: the value of address 0060; a used module may have kept ENDS_CR."""

    def __init__(self, *, end: int = 0x00) -> None:
        self._registers = {END: end}
        self._kept = dict(self._registers)
        self._received = b""
        self._looks_until = float("-inf")
        self._text, self._times = "", 0
        self._told = False
        self._reports: list[Report] = []

    def scan(self, text: str, *, times: int = 1) -> None:
        """Hold a code before the window, for so many looks."""
        self._text, self._times, self._told = text, times, False

    def lose_power(self) -> None:
        self._registers = dict(self._kept)
        self._looks_until = float("-inf")

    def step(self, now: float) -> bytes:
        if not self._times or now > self._looks_until:
            return b""
        self._looks_until = float("-inf")
        self._times -= 1
        end = self._registers[END]
        tail = _ENDS[end >> 5 & 3] if end & 1 else b""
        if tail and not self._told:  # a text without an end tells nobody anything
            self._told = True
            self._reports.append(Report("", "code_scanned"))
        return self._text.encode("gbk") + tail

    def receive(self, data: bytes, now: float) -> bytes:
        """A look that finds its code at once is answered in the same breath as the command."""
        self._received += data
        answers = b""
        while (at := self._received.find(HEADER)) >= 0 and len(self._received) >= at + COMMAND_BYTES:
            command = self._received[at : at + COMMAND_BYTES]
            self._received = self._received[at + COMMAND_BYTES :]
            if command[-2:] in (crc(command[2:-2]), ANY_CRC):
                answers += self._obey(command, now) + self.step(now)
        self._received = self._received[-COMMAND_BYTES:]
        return answers

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _obey(self, command: bytes, now: float) -> bytes:
        kind, _, address, value = struct.unpack(">BBHB", command[2:-2])
        if kind == WRITE and address == TRIGGER:
            self._looks_until = now + LOOK_S
        elif kind == WRITE:
            self._registers[address] = value
        elif kind == SAVE:
            self._kept = dict(self._registers)
        elif kind == READ:
            return acknowledgement(self._registers.get(address, 0))
        else:
            return b""
        return acknowledgement()
