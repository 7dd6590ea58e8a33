"""Reader of second-generation ID cards with a SAM_A/SAM_V security module, on UART or USB serial.

Source: GA/T 467 (SAM_A interface) as public descriptions of the protocol give it; `id_card.py` for what cards hold.

    host -> reader  AA AA AA 96 69 | length (2) | CMD PARA           | XOR
    reader -> host  AA AA AA 96 69 | length (2) | SW1 SW2 SW3 [data] | XOR

length is big endian and counts everything after itself; XOR covers everything from length on. A read answers with the
text and the photo. The photo never stands in an output: it waits in memory, for a short time, for `take_photo`.
"""

import struct
from collections.abc import Mapping, Sequence
from enum import Enum
from functools import reduce
from operator import xor

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.id_card import ADDRESS_BYTES, TEXT_BYTES, parse_added_address, parse_read
from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import (
    Action,
    BadOption,
    CannotAct,
    Counters,
    DeviceSettings,
    Driver,
    Faulted,
    Heard,
    Identified,
    Line,
    Measured,
    Occurred,
    Output,
    Part,
    Send,
    Value,
)

HEADER = bytes.fromhex("AA AA AA 96 69")
POLL_S, TRIES, GAP_S = 0.4, 3, 0.2
PHOTO_S = 30.0

_PAYLOAD_AT, _SW3_AT, _DATA_AT = 7, 9, 10
_SHORTEST, _LONGEST = 4, 0x090A  # values of `length` in an answer: status only; text, photo and two fingers
_SAM_ID = struct.Struct("<HHIII")


class Command(Enum):
    """CMD PARA, and how long the reader may think before it answers."""

    FIND = (b"\x20\x01", 1.0)
    SELECT = (b"\x20\x02", 1.0)
    READ = (b"\x30\x01", 3.0)  # the card is read over the air meanwhile, and at 9600 baud the answer alone takes 1.4 s
    ADDED_ADDRESS = (b"\x30\x03", 1.5)
    SAM_ID = (b"\x12\xff", 1.0)
    SET_BAUD = (b"\x60", 1.0)  # and the number of the speed


ASKED_ONCE = frozenset({Command.ADDED_ADDRESS, Command.SAM_ID, Command.SET_BAUD})
BAUDS = {115200: 0, 57600: 1, 38400: 2, 19200: 3, 9600: 4}

OK, FOUND, NO_CARD = 0x90, 0x9F, 0x80

SW3 = {
    0x10: "checksum error",
    0x11: "length error",
    0x21: "command error",
    0x23: "no right to do this",
    0x24: "unknown error",
    0x31: "the card failed to prove itself to the reader",
    0x32: "the reader failed to prove itself to the card",
    0x33: "information check failed",
    0x40: "wrong card",
    0x41: "read failed",
    0x47: "random number failed",
    0x60: "self-test failed",
    0x66: "reader not authorised",
    NO_CARD: "no card found",
    0x81: "card cannot be selected",
    OK: "answered, but the text on the card is malformed",
    0x91: "no such content on the card",
}
READER_FAULTS = frozenset({0x10, 0x11, 0x21, 0x23, 0x24, 0x60, 0x66})  # while looking for a card: not the card's doing


def encode(payload: bytes) -> bytes:
    """Wrap CMD PARA, or SW1 SW2 SW3 and data, into a frame."""
    body = (len(payload) + 1).to_bytes(2, "big") + payload
    return HEADER + body + bytes([reduce(xor, body)])


def sam_id(data: bytes) -> str | None:
    """The security module's number as it is printed on readers: 05.01-20260101-1-1."""
    if len(data) != _SAM_ID.size:
        return None
    kind, version, *rest = _SAM_ID.unpack(data)
    return f"{kind:02}.{version:02}-" + "-".join(str(number) for number in rest)


class IdCardReader:
    """find -> select -> read, over and over. A card is read once, however long it lies there."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "ID-card reader")
        refuse_others(device, ("added_address",))
        self._id = device.id
        self._wants_address = _flag(device, "added_address")
        self.counters = Counters()
        self._decoder = FrameDecoder(
            HEADER, _frame_length, _valid, max_length=_PAYLOAD_AT + _LONGEST, gap_s=GAP_S, counters=self.counters
        )
        self._cards = self._failures = 0
        self._card: dict[str, Value] | None = None  # read, and waiting for its added address
        self._reset()

    def _reset(self) -> None:
        self._asked: Command | None = None
        self._tries = 0
        self._due = 0.0  # of the answer, or of the next poll when nothing was asked
        self._card_read = self._card_failed = False  # of the card that lies there now
        self._lying_is_found = False  # this reader finds a card again that has not been lifted
        self._counts_known = False  # since the start or the last fault
        self._sam_asked = False  # the same
        self._card = None
        self._baud: int | None = None  # to be set
        self._drop_photo()

    def start(self, now: float) -> Sequence[Output]:
        pending = self._tell(None, now) if self._card else []  # its address was lost with the port, it was not
        self._reset()
        self._decoder.clear()
        return [*pending, self._ask(Command.FIND, now)]

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._answers(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        if self._photo and now >= self._photo_until:
            self._drop_photo()
        outputs = self._answers(self._decoder.expire(now), now)
        if now < self._due:
            return outputs
        if self._asked in ASKED_ONCE:
            return [*outputs, *self._unanswered(now), self._next(now)]
        if self._asked is not None and self._tries < TRIES:
            return [*outputs, self._ask(self._asked, now)]
        if self._asked is not None:
            self._asked = None
            outputs += self._faulted("no answer")
        return [*outputs, self._next(now)]

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:
        if device != self._id or action != "set_baud":
            raise CannotAct(f"{device}: no action {action!r}; write set_baud for {self._id}")
        baud = arguments.get("baud")
        if set(arguments) != {"baud"} or baud not in BAUDS:
            raise CannotAct(f"{device}: write baud = one of {', '.join(map(str, BAUDS))}, and nothing else")
        self._baud = int(baud)
        return [] if self._asked else [self._next(now)]

    def take_photo(self) -> bytes | None:
        """The WLT photo of the card that was read last, once; it is forgotten then, or with the card, or after 30 s."""
        photo = self._photo
        self._drop_photo()
        return photo

    def _drop_photo(self) -> None:
        self._photo: bytes | None = None
        self._photo_until = 0.0

    def _next(self, now: float) -> Send:
        return self._ask(Command.FIND if self._baud is None else Command.SET_BAUD, now)

    def _ask(self, command: Command, now: float) -> Send:
        payload, answer_s = command.value
        if command is Command.SET_BAUD and self._baud is not None:
            payload += bytes([BAUDS[self._baud]])
        self._tries = self._tries + 1 if command is self._asked else 1
        self._asked, self._due = command, now + answer_s
        return Send(encode(payload))

    def _wait(self, now: float) -> None:
        self._asked, self._due = None, now + POLL_S

    def _answers(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._answer(frame, now)]

    def _answer(self, frame: bytes, now: float) -> list[Output]:
        sw3, data = frame[_SW3_AT], frame[_DATA_AT:-1]
        match self._asked:
            case Command.FIND if sw3 == FOUND:
                return self._found(now)
            case Command.FIND if sw3 == NO_CARD:
                return self._none_found(now)
            case Command.FIND if sw3 in READER_FAULTS:
                self._wait(now)
                return self._faulted(f"{SW3[sw3]} (SW3 {sw3:02X})")
            case Command.SELECT if sw3 == OK:
                return [*self._alive(), self._ask(Command.READ, now)]
            case Command.READ if sw3 == OK and len(data) > TEXT_BYTES:
                return self._read(data, now)
            case Command.SELECT | Command.READ if sw3 not in (OK, FOUND):
                self._wait(now)
                return self._unreadable(sw3)
            case Command.ADDED_ADDRESS if sw3 != OK or len(data) < TEXT_BYTES:  # longer: the text once more
                return self._tell(parse_added_address(data) if sw3 == OK else None, now)
            case Command.SAM_ID if sw3 not in (FOUND, NO_CARD):  # refused by some readers, which is no fault
                self._wait(now)
                number = sam_id(data) if sw3 == OK else None
                return [*self._alive(), *([Identified(self._id, f"SAM {number}")] if number else [])]
            case Command.SET_BAUD if sw3 not in (FOUND, NO_CARD):
                return self._baud_answered(sw3, now)
        return self._alive()  # or a late answer to a question that was asked again

    def _found(self, now: float) -> list[Output]:
        if self._card_read:
            self._lying_is_found = True
            self._wait(now)
            return self._alive()
        return [*self._alive(), self._ask(Command.SELECT, now)]

    def _none_found(self, now: float) -> list[Output]:
        """Gone, or selected since before: neither is a new card."""
        self._card_read = self._card_failed = False
        if self._lying_is_found:  # so this one is gone; elsewhere only its photo's time ends it
            self._drop_photo()
        if not self._sam_asked:
            self._sam_asked = True
            return [*self._alive(), self._ask(Command.SAM_ID, now)]
        self._wait(now)
        return self._alive()

    def _read(self, data: bytes, now: float) -> list[Output]:
        self._wait(now)
        read = parse_read(data)
        self._drop_photo()
        if read is None:
            return self._unreadable(OK)
        self._card_read = True
        card = read.card
        if not card.fields:
            return [*self._alive(), Occurred(self._id, "card_unsupported", {"layout": card.layout})]
        self._photo, self._photo_until = read.photo, now + PHOTO_S
        self._card = {"card_type": card.card_type, **card.fields}
        if self._wants_address:
            return [*self._alive(), self._ask(Command.ADDED_ADDRESS, now)]
        return self._tell(None, now)

    def _tell(self, address: str | None, now: float) -> list[Output]:
        self._wait(now)
        detail, self._card = self._card or {}, None
        if address:
            detail["address_added"] = address
        self._cards += 1
        return [Occurred(self._id, "card_read", detail), self._counts()]

    def _unreadable(self, sw3: int) -> list[Output]:
        """A card that lies badly fails at every poll; until it is lifted that is one failure."""
        if self._card_failed:
            return self._alive()
        self._card_failed = True
        self._failures += 1
        detail = {"sw3": f"{sw3:02X}", "meaning": SW3.get(sw3, "unknown code")}
        return [Occurred(self._id, "card_unreadable", detail), self._counts()]

    def _unanswered(self, now: float) -> list[Output]:
        """No fault of its own: the next search shows whether the reader is still there."""
        asked, self._asked = self._asked, None
        if asked is Command.ADDED_ADDRESS:
            return self._tell(None, now)
        if asked is Command.SET_BAUD:
            self._baud = None
            return [Occurred(self._id, "baud_refused", {"meaning": "no answer"})]
        return []

    def _baud_answered(self, sw3: int, now: float) -> list[Output]:
        self._wait(now)
        baud, self._baud = self._baud or 0, None
        if sw3 == OK:
            return [*self._alive(), Occurred(self._id, "baud_changed", {"baud": baud})]
        return [*self._alive(), Occurred(self._id, "baud_refused", {"meaning": SW3.get(sw3, "unknown code")})]

    def _alive(self) -> list[Output]:
        return [Heard(self._id) if self._counts_known else self._counts()]

    def _counts(self) -> Measured:
        self._counts_known = True
        return Measured(self._id, {"Reader/Cards Read": self._cards, "Reader/Read Failures": self._failures})

    def _faulted(self, reason: str) -> list[Output]:
        self._counts_known = self._sam_asked = False
        return [Faulted(self._id, reason)]


def _flag(device: DeviceSettings, key: str) -> bool:
    value = device.options.get(key, False)
    if not isinstance(value, bool):
        raise BadOption(f"{device.id}: option '{key}' is {value!r}; write true or false")
    return value


def _frame_length(buffer: bytearray) -> int | None:
    if len(buffer) < _PAYLOAD_AT:
        return None
    length = int.from_bytes(buffer[5:7], "big")
    return _PAYLOAD_AT + length if _SHORTEST <= length <= _LONGEST else IMPOSSIBLE


def _valid(frame: bytes) -> bool:
    return reduce(xor, frame[5:]) == 0


_COMMANDS = {
    b"\x10\xff": "复位 reset",
    b"\x11\xff": "状态 status",
    b"\x12\xff": "读模块号 SAM id",
    b"\x20\x01": "寻卡 find",
    b"\x20\x02": "选卡 select",
    b"\x30\x01": "读卡 read",
    b"\x30\x03": "读追加地址 added address",
    b"\x30\x10": "读卡和指纹 read with fingerprints",
}


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: FBT001 - the driver's interface
    """What a card says is hidden; so is everything as long as an address."""
    end = len(frame) - 1
    if len(frame) < _PAYLOAD_AT + (3 if sent else _SHORTEST):
        return [Part(0, len(frame), "其余 rest", f"(hidden) {len(frame)} B")] if frame else []
    parts = [
        Part(0, 5, "帧头 header", frame[:5].hex(" ").upper()),
        Part(5, _PAYLOAD_AT, "长度 length", str(int.from_bytes(frame[5:_PAYLOAD_AT], "big"))),
    ]
    if sent:
        code = frame[_PAYLOAD_AT:end]
        known = "设置波特率 set baud" if code[:1] == Command.SET_BAUD.value[0] else "未知 unknown"
        text = _shown(code)
        parts.append(Part(_PAYLOAD_AT, end, "命令 command", f"{text} {_COMMANDS.get(code, known)}"))
    else:
        sw3, data = frame[_SW3_AT], frame[_DATA_AT:end]
        meaning = {OK: "ok", FOUND: "card found"}.get(sw3) or SW3.get(sw3, "unknown code")
        parts.append(Part(_PAYLOAD_AT, _DATA_AT, "状态 SW1 SW2 SW3", f"{sw3:02X} {meaning}"))
        if data:
            parts.append(Part(_DATA_AT, end, "数据 data", _shown(data)))
    return [*parts, Part(end, len(frame), "校验 checksum", f"{frame[end]:02X}")]


def _shown(data: bytes) -> str:
    return data.hex(" ").upper() if len(data) < ADDRESS_BYTES else f"(hidden) {len(data)} B"


DRIVER = Driver(
    name="id_card_reader",
    zh="居民身份证阅读器",
    en="ID-card reader",
    line=Line(115200),
    metrics=("Reader/Cards Read", "Reader/Read Failures"),
    silence_s=10.0,
    life_safety=False,
    session=IdCardReader,
    private=True,
    actions={
        "set_baud": Action("设置波特率", "Set the reader's speed", {"baud": "115200, 57600, 38400, 19200, 9600"}),
    },
    explain=explain,
)
