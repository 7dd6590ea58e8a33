from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.reader_osdp import OsdpLine
from firmware_bridge.session import DeviceSettings, Faulted, Identified, Occurred, Output, Send
from simulators.devices import Report
from simulators.devices.reader_osdp import ACK, BUZ, ID, LED, LSTAT, LSTATR, NAK, PDID, POLL, RAW, OsdpReaders, packet
from tests.unit.simulators.golden import VECTORS, hex_bytes

GOLDEN_POLL, GOLDEN_ACK = (hex_bytes(VECTORS["osdp"][name]) for name in ("poll", "ack"))
GOLDEN_RAW = hex_bytes("53 80 10 00 05 50 00 01 1A 00 BD D9 37 40 35 85")


def command(sequence: int, code: int = POLL, data: bytes = b"", address: int = 0) -> bytes:
    return packet(address, 0x04 | sequence, code, data)


def test_packets_are_the_golden_ones() -> None:
    readers = OsdpReaders([0])
    assert command(0) == GOLDEN_POLL
    assert readers.receive(GOLDEN_POLL, 0.0) == GOLDEN_ACK
    readers.present(0, 123, 45678)
    assert readers.receive(command(1), 0.1) == GOLDEN_RAW
    assert readers.take_reports() == [Report("0", "card_presented")]


def test_the_same_number_again_gets_the_same_answer_and_is_one_card() -> None:
    readers = OsdpReaders([0])
    readers.receive(command(0), 0.0)
    readers.present(0, 123, 45678)
    assert readers.receive(command(1) + command(1), 0.1) == GOLDEN_RAW * 2
    assert readers.receive(command(2), 0.2) == packet(0x80, 0x06, ACK)
    assert len(readers.take_reports()) == 1


def test_a_wrong_number_is_refused_and_0_begins_again() -> None:
    readers = OsdpReaders([0])
    assert readers.receive(command(2), 0.0) == packet(0x80, 0x06, NAK, b"\x04")
    readers.receive(command(0), 0.0)
    assert readers.receive(command(3), 0.1) == packet(0x80, 0x07, NAK, b"\x04")
    assert readers.receive(command(0), 0.2) == GOLDEN_ACK


@pytest.mark.parametrize(
    ("code", "data", "answer", "told"),
    [
        (ID, b"\0", PDID, "00 51 4D 01 02 00 00 00 00 01 02 03"),
        (LSTAT, b"", LSTATR, "00 00"),
        (LED, bytes(14), ACK, ""),
        (BUZ, bytes(5), ACK, ""),
        (0x62, b"\0", NAK, "03"),
    ],
)
def test_other_commands(code: int, data: bytes, answer: int, told: str) -> None:
    readers = OsdpReaders([0])
    readers.receive(command(0), 0.0)
    assert readers.receive(command(1, code, data), 0.1) == packet(0x80, 0x05, answer, hex_bytes(told))


def test_a_tampered_reader_says_so_at_the_next_poll() -> None:
    readers = OsdpReaders([0])
    readers.receive(command(0), 0.0)
    readers.tamper(0)
    readers.power_fails(0)
    assert readers.receive(command(1), 0.1) == packet(0x80, 0x05, LSTATR, b"\1\0")
    assert readers.receive(command(2), 0.1) == packet(0x80, 0x06, LSTATR, b"\1\1")
    assert [report.what for report in readers.take_reports()] == ["reader_tampered", "reader_power_failed"]


def test_a_dead_reader_and_another_address_say_nothing() -> None:
    readers = OsdpReaders([0, 5])
    readers.die(0)
    assert readers.receive(command(0), 0.0) == b""
    assert readers.receive(command(0, address=7), 0.0) == b""
    assert readers.receive(command(0, address=5), 0.0) == packet(0x85, 0x04, ACK)


@given(st.lists(st.integers(1, 12), min_size=1))
def test_answers_do_not_depend_on_the_cutting(sizes: list[int]) -> None:
    stream = b"\xff\x53noise" + command(0) + command(1, ID, b"\0") + command(2)
    readers, answers = OsdpReaders([0]), b""
    for size in [*sizes, len(stream)]:
        answers += readers.receive(stream[:size], 0.0)
        stream = stream[size:]
    assert answers.count(b"\x53\x80") == 3


def talk(driver: OsdpLine, readers: OsdpReaders, outputs: list[Output], now: float, rng: Random) -> list[Output]:
    """Carry what is sent to the readers and their answers back, now and then losing an answer or a part of one."""
    told: list[Output] = []
    while outputs:
        output = outputs.pop(0)
        if isinstance(output, Send):
            answer = readers.receive(output.data, now)
            if rng.random() < 0.1:
                answer = answer[: rng.randint(0, max(0, len(answer) - 1))]
            outputs += driver.feed(answer, now)
        else:
            told.append(output)
    return told


@pytest.mark.parametrize("with_crc", [True, False])
def test_driver_and_simulator_agree_on_what_happened(with_crc: bool) -> None:
    """One answer in ten is lost or cut, and a reader is without power for a while."""
    rng = Random(11)
    readers = OsdpReaders([0, 5], with_crc=with_crc)
    driver = OsdpLine([DeviceSettings("door-0", {"address": 0}), DeviceSettings("door-5", {"address": 5})])
    told = talk(driver, readers, list(driver.start(0.0)), 0.0, rng)
    truth: list[tuple[str, str]] = []
    for turn in range(4000):
        now = turn * 0.05
        if turn < 3900 and rng.random() < 0.02:
            address = rng.choice([0, 5])
            readers.present(address, rng.randint(0, 255), rng.randint(0, 65535))
        if turn in (1000, 2000):
            readers.tamper(5, on=turn == 1000)
        if turn == 3000:
            readers.die(0)
        if turn == 3100:
            readers.revive(0)
        told += talk(driver, readers, list(driver.tick(now)), now, rng)
        truth += [(f"door-{report.key}", report.what) for report in readers.take_reports()]
    what = [(one.device, one.what) for one in told if isinstance(one, Occurred)]
    assert what[:2] == [("door-0", "secure_channel_absent"), ("door-5", "secure_channel_absent")]
    assert what[2:] == truth
    assert len(truth) > 50
    assert [one for one in told if isinstance(one, Faulted)] == [Faulted("door-0", "no answer")]
    fingerprints = {one.device: one.fingerprint for one in told if isinstance(one, Identified)}
    assert fingerprints == {
        f"door-{address}": f"vendor 00514D model 1 version 2 serial 0000000{address} firmware 1.2.3"
        for address in (0, 5)
    }


def test_the_led_is_lit() -> None:
    readers, driver, rng = OsdpReaders([0]), OsdpLine([DeviceSettings("door-0", {"address": 0})]), Random(2)
    talk(driver, readers, list(driver.start(0.0)), 0.0, rng)
    for turn in range(10):
        talk(driver, readers, list(driver.tick(turn * 0.2)), turn * 0.2, rng)
    told = talk(driver, readers, list(driver.act("door-0", "led", {"color": "red"}, 3.0)), 3.0, rng)
    for turn in range(10):
        told += talk(driver, readers, list(driver.tick(4 + turn * 0.2)), 4 + turn * 0.2, rng)
    assert Occurred("door-0", "action_done", {"action": "led"}) in told
    assert readers.shown(0) == ["led"]


def test_raw_is_the_code_of_a_card() -> None:
    assert GOLDEN_RAW[5] == RAW
