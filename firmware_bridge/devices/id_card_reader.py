"""Reader of second-generation resident ID cards with a SAM_A/SAM_V security module, on UART or USB serial.

Source: GA/T 467 (SAM_A interface) and GA/T 490 (card contents), as public descriptions of the protocol give them.

    host -> reader  AA AA AA 96 69 | length (2) | CMD PARA           | XOR
    reader -> host  AA AA AA 96 69 | length (2) | SW1 SW2 SW3 [data] | XOR

length is big endian and counts everything after itself; XOR covers everything from length on. The data of a read is
text length (2), photo length (2), text (256 bytes UTF-16LE), photo. The photo is ignored and never leaves this file.
"""

from collections.abc import Sequence
from enum import Enum
from functools import reduce
from operator import xor

from firmware_bridge.framing import IMPOSSIBLE, FrameDecoder
from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import (
    Counters,
    DeviceSettings,
    Driver,
    Faulted,
    Heard,
    Line,
    Measured,
    Occurred,
    Output,
    Send,
)

HEADER = bytes.fromhex("AA AA AA 96 69")
POLL_S, TRIES, GAP_S = 0.4, 3, 0.2

_PAYLOAD_AT, _SW3_AT, _DATA_AT, _TEXT_AT = 7, 9, 10, 14
_TEXT_BYTES, _KIND_AT = 256, 248
_SHORTEST, _LONGEST = 4, 0x0508  # values of `length` in an answer: status only; text and photo


class Command(Enum):
    """CMD PARA, and how long the reader may think before it answers."""

    FIND = (b"\x20\x01", 1.0)
    SELECT = (b"\x20\x02", 1.0)
    READ = (b"\x30\x01", 2.0)  # the card itself is read over the air meanwhile


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

OTHER_LAYOUTS = frozenset("IJY")  # foreign permanent resident; Hong Kong, Macao, Taiwan resident; foreign since 2023

RESIDENT_CARD = {  # field: (offset, bytes)
    "name": (0, 30),
    "sex": (30, 2),  # GB/T 2261.1
    "ethnic": (32, 4),  # GB/T 3304
    "birth": (36, 16),
    "address": (52, 70),
    "id_number": (122, 36),
    "issuer": (158, 30),
    "valid_from": (188, 16),
    "valid_to": (204, 16),  # YYYYMMDD or 长期 (open-ended)
}


def encode(payload: bytes) -> bytes:
    """Wrap CMD PARA, or SW1 SW2 SW3 and data, into a frame."""
    body = (len(payload) + 1).to_bytes(2, "big") + payload
    return HEADER + body + bytes([reduce(xor, body)])


def parse_text(text: bytes) -> tuple[str, dict[str, str]] | None:
    """(layout letter, fields); layout "" is the resident card, the only one with fields. None: malformed."""
    if len(text) != _TEXT_BYTES:
        return None
    try:
        layout = text[_KIND_AT : _KIND_AT + 2].decode("utf-16-le")
        if layout in OTHER_LAYOUTS:
            return layout, {}
        # Cut as bytes: a rare character of a name, outside the basic plane, takes the room of two.
        cut = {name: text[at : at + size].decode("utf-16-le") for name, (at, size) in RESIDENT_CARD.items()}
    except UnicodeDecodeError:  # not passed on: it would carry the text
        return None
    return "", {name: value.strip(" \0") for name, value in cut.items()}


class IdCardReader:
    """find -> select -> read, over and over. A card is read once, however long it lies there."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "ID-card reader")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._decoder = FrameDecoder(
            HEADER, _frame_length, _valid, max_length=_PAYLOAD_AT + _LONGEST, gap_s=GAP_S, counters=self.counters
        )
        self._cards = self._failures = 0
        self._reset()

    def _reset(self) -> None:
        self._asked: Command | None = None
        self._tries = 0
        self._due = 0.0  # of the answer, or of the next poll when nothing was asked
        self._card_read = self._card_failed = False  # of the card that lies there now
        self._counts_known = False  # since the start or the last fault

    def start(self, now: float) -> Sequence[Output]:
        self._reset()
        self._decoder.clear()
        return [self._ask(Command.FIND, now)]

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return self._answers(self._decoder.feed(data, now), now)

    def tick(self, now: float) -> Sequence[Output]:
        outputs = self._answers(self._decoder.expire(now), now)
        if now < self._due:
            return outputs
        if self._asked is None:
            return [*outputs, self._ask(Command.FIND, now)]
        if self._tries < TRIES:
            return [*outputs, self._ask(self._asked, now)]
        self._asked = None
        return [*outputs, *self._faulted("no answer"), self._ask(Command.FIND, now)]

    def _ask(self, command: Command, now: float) -> Send:
        payload, answer_s = command.value
        self._tries = self._tries + 1 if command is self._asked else 1
        self._asked, self._due = command, now + answer_s
        return Send(encode(payload))

    def _wait(self, now: float) -> None:
        self._asked, self._due = None, now + POLL_S

    def _answers(self, frames: list[bytes], now: float) -> list[Output]:
        return [output for frame in frames for output in self._answer(frame, now)]

    def _answer(self, frame: bytes, now: float) -> list[Output]:
        sw3 = frame[_SW3_AT]
        match self._asked:
            case Command.FIND if sw3 == FOUND:
                return self._found(now)
            case Command.FIND if sw3 == NO_CARD:
                self._card_read = self._card_failed = False  # gone, or selected since before: neither is a new card
                self._wait(now)
            case Command.FIND if sw3 in READER_FAULTS:
                self._wait(now)
                return self._faulted(f"{SW3[sw3]} (SW3 {sw3:02X})")
            case Command.SELECT if sw3 == OK:
                return [*self._alive(), self._ask(Command.READ, now)]
            case Command.READ if sw3 == OK and len(frame) > _TEXT_AT + _TEXT_BYTES:
                self._wait(now)
                return self._read(frame[_DATA_AT:])
            case Command.SELECT | Command.READ if sw3 not in (OK, FOUND):
                self._wait(now)
                return self._unreadable(sw3)
        return self._alive()  # or a late answer to a question that was asked again

    def _found(self, now: float) -> list[Output]:
        if self._card_read:  # some readers find a card again that has not been lifted
            self._wait(now)
            return self._alive()
        return [*self._alive(), self._ask(Command.SELECT, now)]

    def _read(self, data: bytes) -> list[Output]:
        text_bytes = int.from_bytes(data[:2], "big")
        parsed = parse_text(data[4 : 4 + _TEXT_BYTES]) if text_bytes == _TEXT_BYTES else None
        if parsed is None:
            return self._unreadable(OK)
        self._card_read = True
        layout, fields = parsed
        if layout:
            return [*self._alive(), Occurred(self._id, "card_unsupported", {"layout": layout})]
        self._cards += 1
        return [Occurred(self._id, "card_read", fields), self._counts()]

    def _unreadable(self, sw3: int) -> list[Output]:
        """A card that lies badly fails at every poll; until it is lifted that is one failure."""
        if self._card_failed:
            return self._alive()
        self._card_failed = True
        self._failures += 1
        detail = {"sw3": f"{sw3:02X}", "meaning": SW3.get(sw3, "unknown code")}
        return [Occurred(self._id, "card_unreadable", detail), self._counts()]

    def _alive(self) -> list[Output]:
        return [Heard(self._id) if self._counts_known else self._counts()]

    def _counts(self) -> Measured:
        self._counts_known = True
        return Measured(self._id, {"Reader/Cards Read": self._cards, "Reader/Read Failures": self._failures})

    def _faulted(self, reason: str) -> list[Output]:
        self._counts_known = False
        return [Faulted(self._id, reason)]


def _frame_length(buffer: bytearray) -> int | None:
    if len(buffer) < _PAYLOAD_AT:
        return None
    length = int.from_bytes(buffer[5:7], "big")
    return _PAYLOAD_AT + length if _SHORTEST <= length <= _LONGEST else IMPOSSIBLE


def _valid(frame: bytes) -> bool:
    return reduce(xor, frame[5:]) == 0


DRIVER = Driver(
    name="id_card_reader",
    zh="居民身份证阅读器",
    en="ID-card reader",
    line=Line(115200),
    metrics=("Reader/Cards Read", "Reader/Read Failures"),
    silence_s=10.0,
    life_safety=False,
    session=IdCardReader,
)
