from random import Random
from typing import Literal

import pytest

from firmware_bridge.devices.oximeter_cms50d import Oximeter as Driver
from firmware_bridge.session import DeviceSettings, Measured, Output, Send
from simulators.devices import Report
from simulators.devices.oximeter_cms50d import LIVE_S, Oximeter, packet_45, packet_46
from tests.unit.simulators.golden import VECTORS, hex_bytes

GOLDEN = VECTORS["cms50_v45"]
ASK = hex_bytes("7D 81 A1 80 80 80 80 80 80")


def run(model: Oximeter, begin: float, end: float) -> bytes:
    return b"".join(model.step(step / 50) for step in range(round(begin * 50), round(end * 50)))


def test_packets_are_the_golden_ones() -> None:
    assert packet_45(GOLDEN["spo2"], GOLDEN["pulse"], wave=42, bar=5) == hex_bytes(GOLDEN["packet"])
    assert packet_45(97, 130, wave=42, bar=5) == hex_bytes("87 2A 45 02 61")
    assert packet_46(97, 72, wave=42, bar=5) == hex_bytes("01 80 87 AA 85 C8 E1 80 80")
    assert packet_46(97, 130, wave=42, bar=5) == hex_bytes("01 88 87 AA 85 82 E1 80 80")


def test_sixty_packets_a_second() -> None:
    assert len(run(Oximeter(Random(1)), 0, 10)) == pytest.approx(600 * 5, abs=10)


def test_a_long_pause_is_not_made_up_for() -> None:
    model = Oximeter(Random(1))
    model.step(0.0)
    assert len(model.step(100.0)) == 5


def test_firmware_4_6_sends_for_30_seconds_when_asked_however_the_question_is_cut() -> None:
    model = Oximeter(Random(1), firmware="4.6")
    assert run(model, 0, 5) == b""
    for byte in ASK:
        model.receive(bytes([byte]), 5.0)
    assert len(run(model, 5, 50)) == pytest.approx(60 * 9 * LIVE_S, rel=0.01)


def test_what_is_told_is_reported_once() -> None:
    model = Oximeter(Random(1))
    run(model, 0, 1)
    model.put_finger_in(95, 130)
    run(model, 1, 10)
    model.take_finger_out()
    run(model, 10, 11)
    whats = ["finger_out", "finger_in", "95 130", "finger_out"]
    assert model.take_reports() == [Report("", what) for what in whats]


@pytest.mark.parametrize("firmware", ["4.5", "4.6"])
def test_driver_and_simulator_agree_on_every_measurement(firmware: Literal["4.5", "4.6"]) -> None:
    rng = Random(9)
    model = Oximeter(Random(1), firmware=firmware)
    driver = Driver([DeviceSettings("", {"firmware": firmware})])
    told: list[str] = []

    def exchange(outputs: list[Output], now: float) -> None:
        for one in outputs:
            if isinstance(one, Send):
                model.receive(one.data, now)
            elif isinstance(one, Measured):
                what = "finger_in" if one.values["Oximeter/Finger In"] else "finger_out"
                if "Oximeter/Pulse Rate" in one.values:
                    what = f"{one.values['Oximeter/Oxygen Saturation']} {one.values['Oximeter/Pulse Rate']}"
                told.extend([what] if told[-1:] != [what] else [])

    exchange(list(driver.start(0.0)), 0.0)
    for step in range(12000):
        now = step / 50
        if step % 2000 == 500:
            model.put_finger_in(rng.randint(85, 100), rng.randint(45, 180))
        if step % 2000 == 1500:
            model.take_finger_out()
        sent = model.step(now)
        cut = rng.randint(0, len(sent))
        exchange([*driver.feed(sent[:cut], now), *driver.feed(sent[cut:], now), *driver.tick(now)], now)
    assert [Report("", what) for what in told] == model.take_reports()
    assert driver.counters.crc_errors == driver.counters.resyncs == 0
    assert driver.counters.frames > 12000


def test_same_seed_same_bytes() -> None:
    def drive(seed: int) -> bytes:
        model = Oximeter(Random(seed))
        model.put_finger_in()
        return run(model, 0, 6)

    assert drive(3) == drive(3)
    assert drive(3) != drive(4)
