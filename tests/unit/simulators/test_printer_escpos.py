from collections.abc import Iterable, Mapping
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.printer_escpos import TicketPrinter as Driver
from firmware_bridge.session import CannotAct, DeviceSettings, Occurred, Output, Send, Value
from simulators.devices import Report
from simulators.devices.printer_escpos import PRINT_S, TicketPrinter, text_of

TICKET = bytes.fromhex("1B 40 1C 26 1B 61 01 1D 21 11 E1 E9 D6 DD C3 F1 D5 FE 0A 41 30 31 32 0A 1D 56 42 00")
QUESTIONS = [bytes([0x10, 0x04, n]) for n in (1, 2, 3, 4)]


def status(printer: TicketPrinter) -> bytes:
    return b"".join(printer.receive(question, 1.0) for question in QUESTIONS)


def test_the_golden_ticket_lies_in_the_tray_when_it_had_time_to_print() -> None:
    printer = TicketPrinter()
    assert printer.receive(TICKET, 0.0) == b""
    printer.step(0.0)
    printer.step(PRINT_S / 2)
    assert printer.tickets == []
    printer.step(PRINT_S)
    assert printer.tickets == [["衢州民政", "A012"]]


def test_a_qr_code_is_read() -> None:
    code = "1D286B 0400 31413200 1D286B 0300 314306 1D286B 0700 315030 41303132 1D286B 0300 315130"
    assert text_of(b"\x1b\x40a\n" + bytes.fromhex(code) + b"b\n") == ["a", "<A012>", "b"]


def test_it_says_how_it_is_in_the_golden_bytes() -> None:
    printer = TicketPrinter()
    assert status(printer) == b"\x12\x12\x12\x12"
    printer.paper_low()
    assert status(printer)[3:] == b"\x1e"
    printer.paper_out()
    assert status(printer) == b"\x1a\x32\x12\x72"
    printer.refill()
    printer.open_cover()
    assert status(printer) == b"\x1a\x16\x12\x12"
    printer.close_cover()
    printer.jam()
    assert status(printer) == b"\x1a\x52\x1a\x12"
    printer.clear_jam()
    assert status(printer) == b"\x12\x12\x12\x12"
    printer.power_off()
    assert status(printer) == b""
    assert [report.what for report in printer.take_reports()] == [
        "printer_paper_near_end",
        "printer_paper_out",
        "printer_cover_open",
        "printer_error",
    ]


def test_a_trouble_is_told_once_for_each_time_it_begins() -> None:
    printer = TicketPrinter()
    for _ in range(2):
        printer.open_cover()
        status(printer)
        status(printer)
        printer.close_cover()
        status(printer)
    assert printer.take_reports() == [Report("", "printer_cover_open")] * 2


def test_without_paper_a_ticket_waits_in_memory_and_without_power_it_is_gone() -> None:
    printer = TicketPrinter()
    printer.paper_out()
    printer.receive(TICKET, 0.0)
    for now in range(5):
        printer.step(float(now))
    assert printer.tickets == []
    printer.refill()
    printer.step(5.0)
    printer.step(5.0 + PRINT_S)
    assert len(printer.tickets) == 1
    printer.receive(TICKET, 6.0)
    printer.power_off()
    printer.power_on()
    for now in range(7, 12):
        printer.step(float(now))
    assert len(printer.tickets) == 1


@given(st.lists(st.integers(1, 7), min_size=1))
def test_a_question_in_the_middle_of_a_ticket_is_answered_in_any_cutting(sizes: list[int]) -> None:
    printer, answers = TicketPrinter(), b""
    stream = TICKET[:12] + QUESTIONS[0] + TICKET[12:] + QUESTIONS[3]
    for size in [*sizes, len(stream)]:
        answers += printer.receive(stream[:size], 0.0)
        stream = stream[size:]
    assert answers == b"\x12\x12"
    printer.step(0.0)
    printer.step(PRINT_S)
    assert printer.tickets == [["衢州民政", "A012"]]


class Kiosk:
    """Simulator and driver, joined by bytes in memory."""

    def __init__(self) -> None:
        self.printer, self.driver = TicketPrinter(), Driver([DeviceSettings("printer-1")])
        self.now = 0.0
        self.told: list[tuple[str, Value]] = []
        self.take(self.driver.start(0.0))

    def run(self, seconds: float) -> None:
        until = self.now + seconds
        while self.now < until:
            self.now += 0.05
            self.printer.step(self.now)
            self.take(self.driver.tick(self.now))

    def take(self, outputs: Iterable[Output]) -> None:
        for output in outputs:
            if isinstance(output, Send):
                self.take(self.driver.feed(self.printer.receive(output.data, self.now), self.now))
            elif isinstance(output, Occurred):
                self.told.append((output.what, output.detail.get("job", "")))

    def act(self, action: str, arguments: Mapping[str, Value]) -> None:
        self.take(self.driver.act("printer-1", action, arguments, self.now))


def test_what_is_told_as_printed_lies_in_the_tray_and_every_trouble_is_told() -> None:
    kiosk, rng = Kiosk(), Random(11)
    kiosk.run(1.0)
    troubles = [
        (kiosk.printer.paper_out, kiosk.printer.refill),
        (kiosk.printer.open_cover, kiosk.printer.close_cover),
        (kiosk.printer.jam, kiosk.printer.clear_jam),
        (kiosk.printer.paper_low, kiosk.printer.refill),
    ]
    for number in range(40):
        begin, end = rng.choice(troubles)
        before = len(kiosk.printer.tickets)
        kiosk.act("print", {"job": f"q-{number}", "ticket": f"[centre]测试\n[qr]q-{number}"})
        if rng.random() < 0.5:
            kiosk.run(rng.choice((0.1, 0.6)))
            begin()
        kiosk.run(5.0)
        what = kiosk.told[-1][0] if kiosk.told[-1] != ("printer_paper_near_end", "") else kiosk.told[-2][0]
        assert (what == "printed") == (len(kiosk.printer.tickets) > before)
        end()
        kiosk.run(5.0)
    printed = [job for what, job in kiosk.told if what == "printed"]
    failed = [job for what, job in kiosk.told if what == "print_failed"]
    assert len(printed) + len(failed) == 40
    assert len(failed) > 5
    assert {f"<{job}>" for job in printed} <= {ticket[-1] for ticket in kiosk.printer.tickets}
    truth = [report.what for report in kiosk.printer.take_reports()]
    assert [what for what, _ in kiosk.told if what.startswith("printer_")] == truth


def test_an_unplugged_printer_refuses_jobs_until_it_is_back() -> None:
    kiosk = Kiosk()
    kiosk.run(1.0)
    kiosk.printer.power_off()
    kiosk.run(5.0)
    with pytest.raises(CannotAct, match="check its power"):
        kiosk.act("print_test", {})
    kiosk.printer.power_on()
    kiosk.run(2.0)
    kiosk.act("print_test", {})
    kiosk.run(5.0)
    assert kiosk.told == [("printed", "test")]
    assert kiosk.printer.tickets == [["测试", "printer-1"]]
