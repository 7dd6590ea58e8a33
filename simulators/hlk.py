"""What an HLK radar (LD2410, LD2450) answers to commands; while it is being configured it reports nothing.

FD FC FB FA | length (2) | command (2) | value | 04 03 02 01      answered as command | 0100, status (2), value
"""

from collections.abc import Mapping

HEADER, END = b"\xfd\xfc\xfb\xfa", b"\x04\x03\x02\x01"
ENABLE, END_CONFIGURATION, FIRMWARE = 0x00FF, 0x00FE, 0x00A0
GOOD, BAD = b"\x00\x00", b"\x01\x00"
MAX_LENGTH = 64


class Commands:
    def __init__(self, firmware: bytes, modes: Mapping[int, str]) -> None:
        """`firmware`: as it stands in the answer: kind (2), number (2), build (4). `modes`: commands that set one."""
        self._firmware, self._modes = firmware, dict(modes)
        self._received = b""
        self.configuring = False
        self.mode = ""

    def receive(self, data: bytes) -> bytes:
        self._received += data
        answers = b""
        while (at := self._received.find(HEADER)) >= 0:
            self._received = self._received[at:]
            if len(self._received) < 6:
                return answers
            length = int.from_bytes(self._received[4:6], "little")
            total = length + 10
            if 2 <= length <= MAX_LENGTH and len(self._received) < total:
                return answers
            whole = self._received[:total]
            if not 2 <= length <= MAX_LENGTH or not whole.endswith(END):
                self._received = self._received[1:]
                continue
            self._received = self._received[total:]
            answers += self._answer(int.from_bytes(whole[6:8], "little"))
        keep = next((n for n in (3, 2, 1) if self._received.endswith(HEADER[:n])), 0)
        self._received = self._received[len(self._received) - keep :]
        return answers

    def _answer(self, command: int) -> bytes:
        value = GOOD
        if command == ENABLE:
            self.configuring, value = True, GOOD + b"\x01\x00\x40\x00"
        elif not self.configuring:
            value = BAD
        elif command == END_CONFIGURATION:
            self.configuring = False
        elif command == FIRMWARE:
            value = GOOD + self._firmware
        elif command in self._modes:
            self.mode = self._modes[command]
        else:
            value = BAD
        data = (command | 0x0100).to_bytes(2, "little") + value
        return HEADER + len(data).to_bytes(2, "little") + data + END
