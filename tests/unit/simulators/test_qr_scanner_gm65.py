from collections.abc import Iterable

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.qr_scanner_gm65 import QrScanner as Driver
from firmware_bridge.session import DeviceSettings, Occurred, Output, Send
from simulators.devices import Report
from simulators.devices.qr_scanner_gm65 import LOOK_S, QrScanner, acknowledgement, crc
from tests.unit.simulators.golden import VECTORS, hex_bytes

TRIGGER, ACK, SAVE = (hex_bytes(VECTORS["gm65"][name]) for name in ("trigger", "ack", "save"))
SET_CR = bytes.fromhex("7E 00 08 01 00 60 01 AB CD")
SET_TAB = bytes.fromhex("7E 00 08 01 00 60 41 27 56")


def test_golden_bytes() -> None:
    assert acknowledgement() == ACK
    assert crc(b"123456789") == b"\x31\xc3"  # the check value of CRC-16/XMODEM
    scanner = QrScanner()
    assert [scanner.receive(command, 0.0) for command in (TRIGGER, SET_TAB, SAVE)] == [ACK] * 3


def test_a_code_that_lies_there_comes_with_the_acknowledgement_and_in_gbk() -> None:
    scanner = QrScanner(end=0x01)
    scanner.scan("衢州民政A012")
    assert scanner.receive(TRIGGER, 0.0) == ACK + bytes.fromhex("E1 E9 D6 DD C3 F1 D5 FE") + b"A012\r"
    assert scanner.step(0.1) == b""
    assert scanner.take_reports() == [Report("", "code_scanned")]


def test_a_look_ends_after_five_seconds_or_with_a_code() -> None:
    scanner = QrScanner(end=0x01)
    scanner.receive(TRIGGER, 0.0)
    scanner.scan("A012", times=3)
    assert scanner.step(LOOK_S + 0.1) == b""
    scanner.receive(TRIGGER, 10.0)
    assert scanner.step(10.0) == b""
    scanner.receive(TRIGGER, 20.0)
    scanner.scan("A013")
    assert scanner.step(20.1) == b""
    assert scanner.receive(TRIGGER, 30.0) == ACK + b"A013\r"


@pytest.mark.parametrize(
    ("end", "tail"), [(0x00, b""), (0x01, b"\r"), (0x21, b"\r\n"), (0x41, b"\t"), (0x61, b""), (0x40, b"")]
)
def test_address_0060_says_what_ends_a_text(end: int, tail: bytes) -> None:
    scanner = QrScanner(end=end)
    scanner.scan("A")
    assert scanner.receive(TRIGGER, 0.0) == ACK + b"A" + tail
    assert scanner.take_reports() == [Report("", "code_scanned")] * bool(tail)


def test_what_is_not_saved_is_lost_with_the_power() -> None:
    scanner = QrScanner()
    scanner.receive(SET_CR, 0.0)
    scanner.lose_power()
    scanner.scan("A")
    assert scanner.receive(TRIGGER, 0.0) == ACK + b"A"
    scanner.receive(SET_CR, 1.0)
    scanner.receive(SAVE, 1.0)
    scanner.lose_power()
    scanner.scan("A")
    assert scanner.receive(TRIGGER, 2.0) == ACK + b"A\r"


def test_a_wrong_checksum_is_not_obeyed() -> None:
    assert QrScanner().receive(SAVE[:-1] + b"\0", 0.0) == b""


@given(st.lists(st.integers(1, 12), min_size=1))
def test_answers_do_not_depend_on_the_cutting(sizes: list[int]) -> None:
    stream, scanner, answers = b"\x7e\x01" + TRIGGER + SET_CR + SAVE, QrScanner(), b""
    for size in [*sizes, len(stream)]:
        answers += scanner.receive(stream[:size], 0.0)
        stream = stream[size:]
    assert answers == ACK * 3


@given(st.lists(st.binary(max_size=64)))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    scanner = QrScanner()
    for chunk in chunks:
        scanner.receive(chunk, 1.0)
    assert scanner.receive(bytes(9) + TRIGGER, 9.0).endswith(ACK)


def test_a_new_module_is_told_to_end_its_texts_and_then_the_driver_tells_what_the_simulator_says_it_told() -> None:
    scanner, driver = QrScanner(), Driver([DeviceSettings("kiosk-1")])
    told: list[tuple[str, object]] = []

    def take(outputs: Iterable[Output], now: float) -> None:
        for output in outputs:
            if isinstance(output, Send):
                take(driver.feed(scanner.receive(output.data, now), now), now)
            elif isinstance(output, Occurred):
                told.append((output.what, output.detail.get("text", "")))

    take(driver.start(0.0), 0.0)
    for step in range(1, 1200):
        now = step * 0.05
        if step == 20:
            scanner.scan("LOST")
        if step == 200:
            take(driver.act("kiosk-1", "set_ends_cr", {}, now), now)
        if step == 300:
            scanner.scan("衢州民政A012", times=3)
        if step == 600:
            scanner.scan("A013")
        if step == 900:
            scanner.lose_power()
            scanner.scan("衢州民政A012")
        take(driver.feed(scanner.step(now), now), now)
        take(driver.tick(now), now)
    assert told == [
        ("ends_set", ""),
        ("code_scanned", "衢州民政A012"),
        ("code_scanned", "A013"),
        ("code_scanned", "衢州民政A012"),
    ]
    assert scanner.take_reports() == [Report("", "code_scanned")] * 3
