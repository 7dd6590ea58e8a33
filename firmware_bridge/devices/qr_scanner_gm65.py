"""QR and bar-code scanner module GM65 (GM861 and others speak the same).

Source: the maker's user manual, as public descriptions give it.

    host -> module  7E 00 | type | count | address (2) | value | CRC (2)
    module -> host  02 00 | 00 | 01 | 00 | CRC (2)                          understood
    module -> host  text | CR, CR LF or TAB                                 a code was read

CRC is CRC-16/XMODEM of what stands between the first two bytes and itself; AB CD stands for any. The text is GBK. The
acknowledgement and the text may come in one read. A line that is not whole is dropped: a wrong code is worse than none.
"""

from collections.abc import Sequence

from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import Counters, DeviceSettings, Driver, Heard, Line, Measured, Occurred, Output, Send

COMMAND, ANSWER = b"\x7e\x00", b"\x02\x00"
ANY_CRC = b"\xab\xcd"
TRIGGER = bytes.fromhex("7E 00 08 01 00 02 01 AB CD")
ENDS = b"\r\n\t"

SCAN_S = 6.0  # the module looks for a code for 5 s
PAUSE_S = 1.0  # between a code and the next look
ONE_SCAN_S = 3.0
GAP_S = 1.0

_ANSWER_BYTES = 7
_LONGEST = 1024  # bytes of text
_CRC_BYTES = 2


def crc16(data: bytes) -> bytes:
    """CRC-16/XMODEM, in the order it is sent."""
    crc = 0
    for byte in data:
        crc ^= byte << 8
        for _ in range(8):
            crc = (crc << 1 ^ 0x1021 if crc & 0x8000 else crc << 1) & 0xFFFF
    return crc.to_bytes(2, "big")


def encode(start: bytes, body: bytes) -> bytes:
    return start + body + crc16(body)


def decode(line: bytes) -> str | None:
    """The text of a line without its end; None when it holds control characters or is no GBK."""
    if any(byte < 0x20 or byte == 0x7F for byte in line):
        return None
    try:
        return line.decode("gbk").strip()
    except UnicodeDecodeError:
        return None


class QrScanner:
    """Asks the module to look, over and over. A code is told once, however long it is held there."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "QR scanner")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._codes = 0
        self._told, self._told_at = "", float("-inf")
        self._reset(0.0)

    def _reset(self, now: float) -> None:
        self._buffer = bytearray()
        self._dropping = False  # until the end of a line that is too long
        self._arrived_at = self._look_at = now
        self._count_known = False

    def start(self, now: float) -> Sequence[Output]:
        self._reset(now)
        return [self._look(now)]

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        if data:
            self._buffer += data
            self._arrived_at = now
        outputs = self._take(now)
        if len(self._buffer) > _LONGEST:
            self._drop()
            self._dropping = True
        return outputs

    def tick(self, now: float) -> Sequence[Output]:
        if now >= self._arrived_at + GAP_S:
            if self._buffer:
                self._drop()
            self._dropping = False
        return [self._look(now)] if now >= self._look_at else []

    def _look(self, now: float) -> Send:
        self._look_at = now + SCAN_S
        return Send(TRIGGER)

    def _drop(self) -> None:
        self._buffer.clear()
        self.counters.resyncs += 1

    def _take(self, now: float) -> list[Output]:
        """Every acknowledgement and every line that is whole."""
        outputs: list[Output] = []
        while self._buffer:
            answer, end = self._buffer.find(ANSWER), _first_end(self._buffer)
            if answer >= 0 and (end < 0 or answer < end):
                if len(self._buffer) < answer + _ANSWER_BYTES:
                    break
                if _is_answer(bytes(self._buffer[answer : answer + _ANSWER_BYTES])):
                    self.counters.resyncs += answer > 0 and not self._dropping
                    self._dropping = False
                    del self._buffer[: answer + _ANSWER_BYTES]
                    self.counters.frames += 1
                    outputs += self._alive()
                    continue
            if end < 0:
                break
            line = bytes(self._buffer[:end])
            del self._buffer[: end + 1]
            outputs += self._line(line, now)
        return outputs

    def _line(self, line: bytes, now: float) -> list[Output]:
        if self._dropping:
            self._dropping = False
            return []
        if len(line) > _LONGEST:
            self.counters.resyncs += 1
            return []
        text = decode(line)
        if text is None:
            self.counters.crc_errors += 1
            return []
        if not text:  # the LF of CR LF
            return []
        self.counters.frames += 1
        self._look_at = now + PAUSE_S
        again = text == self._told and now < self._told_at + ONE_SCAN_S
        self._told, self._told_at = text, now
        if again:
            return self._alive()
        self._codes += 1
        return [Occurred(self._id, "code_scanned", {"text": text}), self._count()]

    def _alive(self) -> list[Output]:
        return [Heard(self._id) if self._count_known else self._count()]

    def _count(self) -> Measured:
        self._count_known = True
        return Measured(self._id, {"Scanner/Codes Read": self._codes})


def _first_end(buffer: bytearray) -> int:
    return next((i for i, byte in enumerate(buffer) if byte in ENDS), -1)


def _is_answer(frame: bytes) -> bool:
    crc = frame[-_CRC_BYTES:]
    return crc in (crc16(frame[len(ANSWER) : -_CRC_BYTES]), ANY_CRC)


DRIVER = Driver(
    name="qr_scanner_gm65",
    zh="二维码扫描器",
    en="QR scanner",
    line=Line(9600),
    metrics=("Scanner/Codes Read",),
    silence_s=30.0,
    life_safety=False,
    session=QrScanner,
)
