"""Ticket printer, 80 mm, ESC/POS, 9600 8N1: it prints what it is sent, as long as it has paper and its cover is shut.

host:    10 04 n             how are you; obeyed at once, wherever in the stream it stands
printer: 0xx1xx10            one byte for each question
"""

import re

from simulators.devices import Report

ASK = b"\x10\x04"
CUT = b"\x1d\x56\x42\x00"
PRINT_S = 1.0
FIXED = 0x12

OK, NEAR_END, OUT = "ok", "near end", "out"
_PAPER = {OK: 0x00, NEAR_END: 0x0C, OUT: 0x60}

_COMMAND = re.compile(rb"\x1b\x40|\x1c\x26|\x1b\x61.|\x1d\x21.", re.S)
_QR = b"\x1d\x28\x6b"
_QR_STORE = b"\x31\x50\x30"


def text_of(ticket: bytes) -> list[str]:
    """The lines a visitor reads on a ticket; a QR code as its text in angle brackets."""
    text = b""
    while ticket:
        if ticket.startswith(_QR):
            size = int.from_bytes(ticket[3:5], "little")
            function, ticket = ticket[5 : 5 + size], ticket[5 + size :]
            if function.startswith(_QR_STORE):
                text += b"<" + function[3:].decode().encode("gb18030") + b">\n"
        elif command := _COMMAND.match(ticket):
            ticket = ticket[command.end() :]
        else:
            text, ticket = text + ticket[:1], ticket[1:]
    return text.decode("gb18030").splitlines()


class TicketPrinter:
    def __init__(self) -> None:
        self.tickets: list[list[str]] = []  # what lies in the tray
        self._paper, self._cover_open, self._jammed, self._powered = OK, False, False, True
        self._memory = b""
        self._half_question = b""
        self._printing_since: float | None = None
        self._told: set[str] = set()
        self._reports: list[Report] = []

    def paper_low(self) -> None:
        self._paper = NEAR_END

    def paper_out(self) -> None:
        self._paper = OUT

    def refill(self) -> None:
        self._paper = OK

    def open_cover(self) -> None:
        self._cover_open = True

    def close_cover(self) -> None:
        self._cover_open = False

    def jam(self) -> None:
        """The cutter is stuck."""
        self._jammed = True

    def clear_jam(self) -> None:
        self._jammed = False

    def power_off(self) -> None:
        """What was in its memory is gone."""
        self._powered, self._memory, self._half_question = False, b"", b""
        self._printing_since = None

    def power_on(self) -> None:
        self._powered = True

    def step(self, now: float) -> bytes:
        if self._stopped or CUT not in self._memory:
            self._printing_since = None
            return b""
        if self._printing_since is None:
            self._printing_since = now
        elif now >= self._printing_since + PRINT_S:
            ticket, self._memory = self._memory.split(CUT, 1)
            self._printing_since = None
            self.tickets.append(text_of(ticket))
        return b""

    def receive(self, data: bytes, now: float) -> bytes:  # noqa: ARG002 - it answers at once
        if not self._powered:
            return b""
        data, self._half_question = self._half_question + data, b""
        answers = b""
        while (at := data.find(ASK)) >= 0 and at + len(ASK) < len(data):
            answers += self._answer(data[at + len(ASK)])
            data = data[:at] + data[at + len(ASK) + 1 :]
        kept = next((n for n in (2, 1) if data.endswith(ASK[:n])), 0)
        end = len(data) - kept
        data, self._half_question = data[:end], data[end:]
        self._memory = (self._memory + data)[-65536:]
        return answers

    def take_reports(self) -> list[Report]:
        taken, self._reports = self._reports, []
        return taken

    @property
    def _stopped(self) -> bool:
        return not self._powered or self._paper == OUT or self._cover_open or self._jammed

    def _answer(self, n: int) -> bytes:
        match n:
            case 1:
                return bytes([FIXED | 0x08 * self._stopped])
            case 2:
                self._tell("printer_cover_open", on=self._cover_open)
                cause = 0x04 * self._cover_open | 0x20 * (self._paper == OUT) | 0x40 * self._jammed
                return bytes([FIXED | cause])
            case 3:
                self._tell("printer_error", on=self._jammed)
                return bytes([FIXED | 0x08 * self._jammed])
            case 4:
                self._tell("printer_paper_near_end", on=self._paper == NEAR_END)
                self._tell("printer_paper_out", on=self._paper == OUT)
                return bytes([FIXED | _PAPER[self._paper]])
        return b""

    def _tell(self, what: str, *, on: bool) -> None:
        """Once for each time it begins."""
        if on and what not in self._told:
            self._reports.append(Report("", what))
        (self._told.add if on else self._told.discard)(what)
