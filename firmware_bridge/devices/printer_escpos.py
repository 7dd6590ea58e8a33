"""Ticket printer, 80 mm, ESC/POS, on UART or USB serial. What it prints is made in `ticket.py`.

Source: ESC/POS command reference, as printers' manuals give it.

    host -> printer  10 04 n       how are you: 1 printer, 2 why off line, 3 which error, 4 paper
    printer -> host  one byte      0xx1xx10 in bits; answered at once, even in the middle of a ticket

    n  bits 6 5 3 2
    1  3 off line
    2  2 cover open, 5 stopped for want of paper, 6 error
    3  3 cutter, 5 cannot recover, 6 recovers by itself (too hot)
    4  2 and 3 near end, 5 and 6 out

An answer does not say which question it answers, so one is asked at a time, and after a lost one everything that
arrives is dropped before the next. A job is printed when the printer says that all is well after it had time to print.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from firmware_bridge.options import refuse_others, sole_device
from firmware_bridge.session import (
    Action,
    CannotAct,
    Counters,
    DeviceSettings,
    Driver,
    Faulted,
    Heard,
    Line,
    Measured,
    Occurred,
    Output,
    Part,
    Send,
    Value,
)
from firmware_bridge.ticket import (
    ALIGN,
    CHINESE,
    CUT,
    INIT,
    QR,
    SIZE,
    BadTicket,
    Row,
    encode,
    holds_citizen_number,
    parse,
)

ASK = b"\x10\x04"
PRINTER, OFFLINE_CAUSE, ERROR, PAPER = QUESTIONS = (1, 2, 3, 4)
PAPER_OK, PAPER_NEAR_END, PAPER_OUT = 0, 1, 2

POLL_S, POLL_JOB_S, ANSWER_S, TRIES = 1.0, 0.3, 0.5, 3
PRINT_S = 3.0  # for the longest ticket, after its last byte arrived
GIVE_UP_S = 20.0
MOST_JOB = 64  # characters of a job's name

_LINE = Line(9600)
_FIXED, _FIXED_IS = 0x93, 0x12
_ERRORS = {0x08: "cutter", 0x20: "cannot recover", 0x40: "recovers by itself"}


@dataclass(frozen=True, slots=True)
class Status:
    online: bool
    paper: int
    cover_open: bool
    error: str

    @property
    def trouble(self) -> str:
        """Why nothing can be printed; "" when it can, or soon can."""
        if self.paper == PAPER_OUT:
            return "paper out"
        return "cover open" if self.cover_open else self.error and f"error: {self.error}"


class Job(NamedTuple):
    name: str
    done_at: float
    until: float


def question(n: int) -> bytes:
    return ASK + bytes([n])


def is_answer(byte: int) -> bool:
    return byte & _FIXED == _FIXED_IS


def decode(answers: Mapping[int, int]) -> Status:
    """The four answers, by question."""
    cause = answers[OFFLINE_CAUSE]
    errors = [text for bit, text in _ERRORS.items() if answers[ERROR] & bit]
    if not errors and cause & 0x40:
        errors = ["not named"]
    paper = PAPER_NEAR_END if answers[PAPER] & 0x0C else PAPER_OK
    if answers[PAPER] & 0x60 or cause & 0x20:
        paper = PAPER_OUT
    return Status(
        online=not answers[PRINTER] & 0x08, paper=paper, cover_open=bool(cause & 0x04), error=", ".join(errors)
    )


class TicketPrinter:
    """Asks how the printer is, round after round. One job at a time, and none while something is wrong."""

    def __init__(self, devices: Sequence[DeviceSettings]) -> None:
        device = sole_device(devices, "ticket printer")
        refuse_others(device, ())
        self._id = device.id
        self.counters = Counters()
        self._printed = 0
        self._job: Job | None = None
        self._reset()

    def _reset(self) -> None:
        self._answers: dict[int, int] = {}
        self._asked = 0
        self._due = self._round_at = 0.0
        self._missed = 0
        self._status: Status | None = None
        self._skipping = False

    def start(self, now: float) -> Sequence[Output]:
        lost = self._job_failed("the port was lost while printing")
        self._reset()
        return [*lost, self._ask(PRINTER, now)]

    def feed(self, data: bytes, now: float) -> Sequence[Output]:
        return [output for byte in data for output in self._byte(byte, now)]

    def tick(self, now: float) -> Sequence[Output]:
        if now < self._due:
            return []
        if not self._asked:
            return [self._ask(PRINTER, now)]
        self._asked = 0
        self._due = now + POLL_JOB_S
        self._missed += 1
        if self._missed < TRIES:
            return []
        self._missed = 0
        self._status = None
        return [Faulted(self._id, "no answer"), *self._job_failed("no answer")]

    def act(self, device: str, action: str, arguments: Mapping[str, Value], now: float) -> Sequence[Output]:
        if device != self._id or action not in DRIVER.actions:
            raise CannotAct(f"{device}: no action {action!r}; write print or print_test for {self._id}")
        wanted = DRIVER.actions[action].arguments
        if set(arguments) != set(wanted):
            raise CannotAct(f"{device}: '{action}' takes {' and '.join(wanted) or 'no arguments'}")
        self._refuse_when_unable()
        if action == "print_test":
            return self._print("test", [Row("测试", centre=True, double=True), Row(self._id, centre=True)], now)
        name = str(arguments["job"])
        if not 0 < len(name) <= MOST_JOB:
            raise CannotAct(f"{device}: 'job' has 1 to {MOST_JOB} characters")
        ticket = str(arguments["ticket"])
        if holds_citizen_number(ticket) or holds_citizen_number(name):
            raise CannotAct(f"{device}: a whole citizen number is never printed; mask it, as in 330899********0016")
        try:
            return self._print(name, parse(ticket), now)
        except BadTicket as wrong:
            raise CannotAct(f"{device}: {wrong}") from None

    def _refuse_when_unable(self) -> None:
        """What is sent to a printer in trouble stays in its memory and comes out later, for somebody else to take."""
        if self._job:
            raise CannotAct(f"{self._id}: job {self._job.name!r} is being printed; wait until it is")
        if self._status is None:
            raise CannotAct(f"{self._id}: it has not said how it is; check its power and its line")
        if self._status.trouble:
            raise CannotAct(f"{self._id}: {self._status.trouble}; put that right first")
        if not self._status.online:
            raise CannotAct(f"{self._id}: it is off line; wait until it is ready")

    def _print(self, name: str, rows: Sequence[Row], now: float) -> list[Output]:
        ticket = encode(rows)
        sent_at = now + len(ticket) * 10 / _LINE.baud
        self._job = Job(name, sent_at + PRINT_S, sent_at + GIVE_UP_S)
        self._due = max(self._due, sent_at + ANSWER_S)  # the question waits in line behind the ticket
        return [Send(ticket)]

    def _ask(self, n: int, now: float) -> Send:
        if n == PRINTER:
            self._round_at = now
            self._answers.clear()
        self._asked, self._due = n, now + ANSWER_S
        return Send(question(n))

    def _byte(self, byte: int, now: float) -> list[Output]:
        if not self._asked or not is_answer(byte):
            self.counters.on_skipped(bytes([byte]), new_run=not self._skipping)
            self._skipping = True
            return []
        self.counters.on_frame(bytes([byte]))
        self._skipping = False
        self._answers[self._asked] = byte
        self._missed = 0
        if self._asked < PAPER:
            return [self._ask(self._asked + 1, now)]
        self._asked = 0
        return self._round_done(now)

    def _round_done(self, now: float) -> list[Output]:
        status, before = decode(self._answers), self._status
        self._status = status
        outputs = [*self._changes(status, before), *self._judge_job(status, now)]
        self._due = now + (POLL_JOB_S if self._job else POLL_S)
        if status == before and not outputs:
            return [Heard(self._id)]
        values = {
            "Printer/Paper": status.paper,
            "Printer/Cover Open": status.cover_open,
            "Printer/Online": status.online,
            "Printer/Jobs Printed": self._printed,
        }
        return [*outputs, Measured(self._id, values)]

    def _changes(self, status: Status, before: Status | None) -> list[Output]:
        paper = before.paper if before else PAPER_OK
        outputs: list[Output] = []
        if status.paper == PAPER_NEAR_END != paper:
            outputs.append(Occurred(self._id, "printer_paper_near_end"))
        if status.paper == PAPER_OUT != paper:
            outputs.append(Occurred(self._id, "printer_paper_out"))
        if status.cover_open and not (before and before.cover_open):
            outputs.append(Occurred(self._id, "printer_cover_open"))
        if status.error and status.error != (before.error if before else ""):
            outputs.append(Occurred(self._id, "printer_error", {"cause": status.error}))
        return outputs

    def _judge_job(self, status: Status, now: float) -> list[Output]:
        if self._job is None:
            return []
        if status.trouble:
            return self._job_failed(status.trouble)
        if status.online and self._round_at >= self._job.done_at:
            name, self._job = self._job.name, None
            self._printed += 1
            return [Occurred(self._id, "printed", {"job": name})]
        return self._job_failed("off line") if now >= self._job.until else []

    def _job_failed(self, reason: str) -> list[Output]:
        job, self._job = self._job, None
        return [Occurred(self._id, "print_failed", {"job": job.name, "reason": reason})] if job else []


_COMMANDS = {  # start: (bytes, name)
    INIT: (2, "初始化 init"),
    CHINESE: (2, "汉字模式 Chinese"),
    ALIGN: (3, "对齐 align"),
    SIZE: (3, "字号 size"),
    CUT[:3]: (4, "切纸 cut"),
    ASK: (3, "查询状态 ask status"),
}


def explain(frame: bytes, sent: bool) -> Sequence[Part]:  # noqa: FBT001 - the driver's interface
    """What stands on a ticket is hidden."""
    if not sent:
        return [Part(i, i + 1, "状态 status", f"{byte:02X} {byte:08b}") for i, byte in enumerate(frame)]
    parts: list[Part] = []
    at = 0
    while at < len(frame):
        size, name = _command(frame, at)
        end = min(at + size, len(frame))
        shown = f"(hidden) {end - at} B" if name in _HIDDEN else frame[at:end].hex(" ").upper()
        parts.append(Part(at, end, name, shown))
        at = end
    return parts


_TEXT, _QR_CODE = _HIDDEN = ("文字 text", "二维码 QR")


def _command(frame: bytes, at: int) -> tuple[int, str]:
    """(bytes, name) of what stands at `at`."""
    if frame.startswith(QR, at):
        return len(QR) + 2 + int.from_bytes(frame[at + len(QR) : at + len(QR) + 2], "little"), _QR_CODE
    for start, command in _COMMANDS.items():
        if frame.startswith(start, at):
            return command
    rest = (frame.find(lead, at + 1) for lead in (b"\x10", b"\x1b", b"\x1c", b"\x1d"))
    return min((found for found in rest if found > 0), default=len(frame)) - at, _TEXT


DRIVER = Driver(
    name="printer_escpos",
    zh="热敏打印机",
    en="Ticket printer",
    line=_LINE,
    metrics=("Printer/Paper", "Printer/Cover Open", "Printer/Online", "Printer/Jobs Printed"),
    silence_s=10.0,
    life_safety=False,
    session=TicketPrinter,
    private=True,
    actions={
        "print": Action(
            "打印",
            "Print a ticket",
            {"job": "a name for it", "ticket": "lines of text, with [centre], [double] or [qr] before them"},
        ),
        "print_test": Action("打印测试页", "Print a test page"),
    },
    explain=explain,
)
