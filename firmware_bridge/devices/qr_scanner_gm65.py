"""QR and bar-code scanner module GM65 (GM861 and others speak the same).

Source: the maker's user manual, as public descriptions give it.

    host -> module  7E 00 | type | count | address (2) | value | CRC (2)
    module -> host  02 00 | 00 | 01 | 00 | CRC (2)                          understood
    module -> host  text | CR, CR LF or TAB                                 a code was read

CRC is CRC-16/XMODEM of what stands between the first two bytes and itself; AB CD stands for any. The text is GBK. The
acknowledgement and the text may come in one read. A line that is not whole is dropped: a wrong code is worse than none.

Address 0060 says what ends a text: bit 0 an end at all, bits 6 and 5 which (00 CR, 01 CR LF, 10 TAB). Type 09 keeps
what was set through a loss of power.
"""

from collections.abc import Mapping, Sequence

from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import (
    Action,
    CannotAct,
    Counters,
    DeviceSettings,
    Driver,
    Heard,
    Line,
    Measured,
    Occurred,
    Output,
    Part,
    Send,
    Value,
)

COMMAND, ANSWER = b"\x7e\x00", b"\x02\x00"
ANY_CRC = b"\xab\xcd"
TRIGGER = bytes.fromhex("7E 00 08 01 00 02 01 AB CD")
ENDS = b"\r\n\t"
ANSWER_S = 1.0

SCAN_S = 6.0  # the module looks for a code for 5 s
PAUSE_S = 1.0  # between a code and the next look
ONE_SCAN_S = 3.0
GAP_S = 1.0

_ANSWER_BYTES, _COMMAND_BYTES = 7, 9
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


SET_CR = encode(COMMAND, bytes.fromhex("08 01 00 60 01"))
SAVE = encode(COMMAND, bytes.fromhex("09 01 00 00 00"))


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
        self._asked = b""  # the command that has no acknowledgement yet
        self._answer_due = now
        self._cr_wanted = False

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
            self._drop()
            self._dropping = False
        outputs: list[Output] = []
        if self._asked and now >= self._answer_due:
            if self._asked != TRIGGER:
                outputs.append(Occurred(self._id, "ends_not_set", {"meaning": "no answer"}))
            self._asked = b""
        outputs += self._set_wanted(now)
        return [*outputs, self._look(now)] if now >= self._look_at and not self._is_setting else outputs

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:
        if device != self._id or action not in DRIVER.actions:
            raise CannotAct(f"{device}: no action {action!r}; write trigger or set_ends_cr for {self._id}")
        if arguments:
            raise CannotAct(f"{device}: '{action}' takes no arguments; remove {', '.join(arguments)}")
        if self._is_setting or self._cr_wanted:
            raise CannotAct(f"{device}: its end is being set; try again in {ANSWER_S:g} s")
        if action == "trigger":
            return [self._look(now)]
        self._cr_wanted = True
        return self._set_wanted(now)

    @property
    def _is_setting(self) -> bool:
        return self._asked in (SET_CR, SAVE)

    def _set_wanted(self, now: float) -> list[Output]:
        """Every acknowledgement looks the same, so the line must be free of others."""
        if not self._cr_wanted or self._asked:
            return []
        self._cr_wanted = False
        return [self._ask(SET_CR, now)]

    def _look(self, now: float) -> Send:
        self._look_at = now + SCAN_S
        return self._ask(TRIGGER, now)

    def _ask(self, command: bytes, now: float) -> Send:
        self._asked, self._answer_due = command, now + ANSWER_S
        return Send(command)

    def _acknowledged(self, now: float) -> list[Output]:
        asked, self._asked = self._asked, b""
        if asked == SET_CR:
            return [*self._alive(), self._ask(SAVE, now)]
        if asked == SAVE:
            return [*self._alive(), Occurred(self._id, "ends_set", {"end": "CR"})]
        return [*self._alive(), *self._set_wanted(now)]

    def _drop(self) -> None:
        if self._buffer:
            self.counters.on_skipped(bytes(self._buffer), new_run=not self._dropping)
            self._buffer.clear()

    def _take(self, now: float) -> list[Output]:
        """Every acknowledgement and every line that is whole."""
        outputs: list[Output] = []
        while self._buffer:
            answer, end = self._buffer.find(ANSWER), _first_end(self._buffer)
            if answer >= 0 and (end < 0 or answer < end):
                if len(self._buffer) < answer + _ANSWER_BYTES:
                    break
                frame = bytes(self._buffer[answer : answer + _ANSWER_BYTES])
                if _is_answer(frame):
                    if answer:
                        self.counters.on_skipped(bytes(self._buffer[:answer]), new_run=not self._dropping)
                    self._dropping = False
                    del self._buffer[: answer + _ANSWER_BYTES]
                    self.counters.on_frame(frame)
                    outputs += self._acknowledged(now)
                    continue
            if end < 0:
                break
            line = bytes(self._buffer[: end + 1])
            del self._buffer[: end + 1]
            outputs += self._line(line, now)
        return outputs

    def _line(self, line: bytes, now: float) -> list[Output]:
        if self._dropping:
            self._dropping = False
            self.counters.on_skipped(line, new_run=False)
            return []
        if len(line) > _LONGEST + 1:
            self.counters.on_skipped(line)
            return []
        text = decode(line[:-1])
        if text is None:
            self.counters.on_crc_error(line)
            return []
        if not text:  # the LF of CR LF
            self.counters.on_skipped(line, new_run=False)
            return []
        self.counters.on_frame(line)
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


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: FBT001 - the driver's interface
    """What a code says may be about a person: it is hidden."""
    command = sent and len(frame) == _COMMAND_BYTES and frame.startswith(COMMAND)
    if command or (not sent and len(frame) == _ANSWER_BYTES and frame.startswith(ANSWER)):
        names = [
            "帧头 header",
            "类型 type",
            "数量 count",
            *(["地址 address"] if command else []),
            "值 value",
            "校验 CRC",
        ]
        ends = [2, 3, 4, 6, 7, 9] if command else [2, 3, 4, 5, 7]
        starts = [0, *ends[:-1]]
        return [
            Part(start, end, name, frame[start:end].hex(" ").upper())
            for start, end, name in zip(starts, ends, names, strict=True)
        ]
    return [Part(0, len(frame), "文本 text", f"(hidden) {len(frame)} B")] if frame else []


DRIVER = Driver(
    name="qr_scanner_gm65",
    zh="二维码扫描器",
    en="QR scanner",
    line=Line(9600),
    metrics=("Scanner/Codes Read",),
    silence_s=30.0,
    life_safety=False,
    session=QrScanner,
    private=True,
    actions={
        "trigger": Action("扫码", "Look for a code now"),
        "set_ends_cr": Action("设置结束符为回车", "Set the end of a text to CR, and keep it"),
    },
    explain=explain,
)
