"""ID-card reader module, GA/T 467 serial protocol (115200 8N1); the card and its SAM are only pretended.

host:   AA AA AA 96 69 | length (2) | command parameter [data]   | XOR
reader: AA AA AA 96 69 | length (2) | SW1 SW2 SW3        [data]  | XOR      length counts all that follows it
"""

import struct
from functools import reduce
from operator import xor

from simulators.devices import Report
from simulators.people import ForeignResident, HmtResident, Person

HEADER = bytes.fromhex("AAAAAA9669")
MAX_COMMAND_LENGTH = 64
HALF_FRAME_S = 0.5  # a command that stops in the middle is forgotten

OK, FOUND, CHECKSUM_ERROR, LENGTH_ERROR, COMMAND_ERROR = 0x90, 0x9F, 0x10, 0x11, 0x21
READ_FAILED, FIND_FAILED, SELECT_FAILED, NO_SUCH_CONTENT = 0x41, 0x80, 0x81, 0x91

TEXT_LENGTH, PHOTO_LENGTH = 256, 1024
PHOTO = b"SIM1" + bytes(PHOTO_LENGTH - 4)  # WLT photos are proprietary: ours say that they are none
SAM_ID = struct.pack("<HHIII", 5, 1, 20260101, 1, 1)  # written D2.D2-int32-int32-int32

FINGER_LENGTH, ADDRESS_LENGTH = 512, 70
BAUDS = (115200, 57600, 38400, 19200, 9600)

Holder = Person | ForeignResident | HmtResident

_BLANK = ""
_FIELDS: dict[type, tuple[tuple[str, int], ...]] = {
    Person: (
        ("name", 30),
        ("sex", 2),
        ("ethnic", 4),
        ("birth", 16),
        ("address", 70),
        ("id_number", 36),
        ("issuer", 30),
        ("valid_from", 16),
        ("valid_to", 16),
        (_BLANK, 36),
    ),
    ForeignResident: (
        ("english_name", 120),
        ("sex", 2),
        ("id_number", 30),
        ("nationality", 6),
        ("chinese_name", 30),
        ("valid_from", 16),
        ("valid_to", 16),
        ("birth", 16),
        ("version", 4),
        ("authority", 8),
        (_BLANK, 8),
    ),
    HmtResident: (
        ("name", 30),
        ("sex", 2),
        (_BLANK, 4),
        ("birth", 16),
        ("address", 70),
        ("id_number", 36),
        ("issuer", 30),
        ("valid_from", 16),
        ("valid_to", 16),
        ("pass_number", 18),
        ("issue_count", 4),
        (_BLANK, 14),
    ),
}
_LAYOUT_AT = 248
_LETTERS = {ForeignResident: "I", HmtResident: "J"}


def answer(sw3: int, data: bytes = b"") -> bytes:
    body = struct.pack(">HBBB", len(data) + 4, 0, 0, sw3) + data
    return HEADER + body + bytes([reduce(xor, body)])


def text_block(holder: Holder) -> bytes:
    """The 256 bytes of text on a card: UTF-16LE fields filled up with spaces, and the letter of the layout."""
    block = b"".join(_field(getattr(holder, name, ""), size) for name, size in _FIELDS[type(holder)])
    return _lettered(block, _LETTERS.get(type(holder), " "))


def _lettered(block: bytes, letter: str) -> bytes:
    return block[:_LAYOUT_AT] + letter.encode("utf-16-le") + block[_LAYOUT_AT + 2 :]


def _field(text: str, size: int) -> bytes:
    encoded = text.encode("utf-16-le")
    if len(encoded) > size:
        raise ValueError(f"{text!r} does not fit into {size} bytes")
    return encoded + " ".encode("utf-16-le") * ((size - len(encoded)) // 2)


class IdCardReader:
    """`tells_sam_id` is False for the readers that refuse to."""

    def __init__(self, *, tells_sam_id: bool = True) -> None:
        self._tells_sam_id = tells_sam_id
        self.baud = self._line_baud = BAUDS[0]
        self._text: bytes | None = None
        self._added_address, self._fingers, self._unread_layout = "", 0, False
        self._unreadable = False
        self._found = self._selected = self._reported = False
        self._received = b""
        self._last_byte_at = 0.0
        self._reports: list[Report] = []

    def present(self, holder: Holder, *, unreadable: bool = False, added_address: str = "", fingers: int = 0) -> None:
        """Lay a card on the reader."""
        self.remove()
        self._text, self._unreadable = text_block(holder), unreadable
        self._added_address, self._fingers, self._unread_layout = added_address, fingers, False

    def present_card_of_2023(self) -> None:
        """The newest card of foreigners; of its layout only the letter is known."""
        self.remove()
        self._text, self._unreadable, self._unread_layout = _lettered(_field("", TEXT_LENGTH), "Y"), False, True
        self._added_address, self._fingers = "", 0

    def remove(self) -> None:
        self._text = None
        self._found = self._selected = self._reported = False

    def open_line(self, baud: int) -> None:
        """The host opens its side of the line at this speed; at another than the reader's neither hears a word."""
        self._line_baud = baud

    def step(self, now: float) -> bytes:  # noqa: ARG002 - a reader speaks only when asked
        return b""

    def receive(self, data: bytes, now: float) -> bytes:
        if self.baud != self._line_baud:
            return b""
        if now - self._last_byte_at > HALF_FRAME_S:
            self._received = b""
        if data:
            self._last_byte_at = now
        self._received += data
        answers = b""
        while (one := self._next_answer()) is not None:
            answers += one
        return answers

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    def _next_answer(self) -> bytes | None:
        start = self._received.find(HEADER)
        if start < 0:
            self._received = self._received[-(len(HEADER) - 1) :]
            return None
        frame = self._received[start:]
        self._received = frame
        if len(frame) < 7:
            return None
        length = int.from_bytes(frame[5:7])
        if not 3 <= length <= MAX_COMMAND_LENGTH:
            self._received = frame[len(HEADER) :]
            return answer(LENGTH_ERROR)
        if len(frame) < 7 + length:
            return None
        self._received = frame[7 + length :]
        body = frame[5 : 7 + length]
        return answer(CHECKSUM_ERROR) if reduce(xor, body) else self._obey(body[2], body[3])

    def _obey(self, command: int, parameter: int) -> bytes:
        match command, parameter:
            case 0x10, 0xFF:
                self._found = self._selected = False
                return answer(OK)
            case 0x11, 0xFF:
                return answer(OK)
            case 0x12, 0xFF:
                return answer(OK, SAM_ID) if self._tells_sam_id else answer(COMMAND_ERROR)
            case 0x20, 0x01:
                return self._find()
            case 0x20, 0x02:
                return self._select()
            case 0x30, 0x01 | 0x03 | 0x10:
                return self._read(parameter)
            case 0x60, 0 | 1 | 2 | 3 | 4:
                self.baud = BAUDS[parameter]
                return answer(OK)
        return answer(COMMAND_ERROR)

    def _find(self) -> bytes:
        if self._text is None or self._selected:  # a selected card answers no new find until it is taken away
            return answer(FIND_FAILED)
        self._found = True
        return answer(FOUND, bytes(4))

    def _select(self) -> bytes:
        if not self._found or self._selected:
            return answer(SELECT_FAILED)
        self._selected = True
        return answer(OK, bytes(8))

    def _read(self, parameter: int) -> bytes:
        if self._text is None or not self._selected:
            return answer(READ_FAILED)
        if self._unreadable:
            self._report("card_unreadable")
            return answer(READ_FAILED)
        if parameter == 0x03:
            if not self._added_address:
                return answer(NO_SUCH_CONTENT)
            return answer(OK, _field(self._added_address, ADDRESS_LENGTH))
        prints = bytes(FINGER_LENGTH * self._fingers)
        lengths = [TEXT_LENGTH, PHOTO_LENGTH] + [len(prints)] * (parameter == 0x10)
        self._report("card_unsupported" if self._unread_layout else "card_read")
        return answer(
            OK, struct.pack(f">{len(lengths)}H", *lengths) + self._text + PHOTO + prints * (parameter == 0x10)
        )

    def _report(self, what: str) -> None:
        if not self._reported:  # reading again is no second visitor
            self._reports.append(Report("", what))
        self._reported = True
