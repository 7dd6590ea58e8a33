from datetime import datetime
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.blood_pressure_2a35 import BloodPressureMonitor as Driver
from firmware_bridge.session import DeviceSettings, Heard, Measured
from simulators.devices import Report
from simulators.devices.blood_pressure_2a35 import BloodPressureMonitor, indication, value
from tests.unit.simulators.golden import VECTORS, hex_bytes

GOLDEN = VECTORS["ble_2a35"]
START_MS = 1_784_597_400_000  # 2026-07-21 09:30 in China


def test_a_value_is_the_golden_one() -> None:
    pressures = (GOLDEN["sys"], GOLDEN["dia"], GOLDEN["map"])
    assert value(pressures, datetime.fromisoformat(GOLDEN["time"]), GOLDEN["pulse"]) == hex_bytes(GOLDEN["value"])
    assert indication(b"\x06\xff") == b"IND 2A35 06FF\r\n"


def test_a_measurement_is_told_once_with_the_monitors_time() -> None:
    monitor = BloodPressureMonitor(Random(1))
    assert monitor.step(0.0) == b""
    monitor.measure(120, 80, 72)
    assert monitor.step(90.0) == b"IND 2A35 06780050005D00EA070715091F1E4800\r\n"
    assert monitor.step(91.0) == b""
    assert monitor.take_reports() == [Report("", "120/80 (93) 72")]
    assert monitor.take_reports() == []


def test_a_failure_has_no_numbers() -> None:
    monitor = BloodPressureMonitor(Random(1))
    monitor.fail()
    assert monitor.step(0.0) == b"IND 2A35 16FF07FF07FF07EA070715091E00FF070200\r\n"


@pytest.mark.parametrize("days", [1, -3650])
def test_a_wrong_clock_is_told(days: float) -> None:
    monitor, driver = BloodPressureMonitor(Random(1)), Driver([DeviceSettings("")])
    monitor.set_fault("clock", {"days": days})
    monitor.measure()
    (measured,) = driver.feed(monitor.step(0.0), 0.0)
    assert isinstance(measured, Measured)
    assert measured.device_time_ms == START_MS + days * 86_400_000
    monitor.set_fault("clock", None)
    monitor.measure()
    (measured,) = driver.feed(monitor.step(0.0), 0.0)
    assert isinstance(measured, Measured)
    assert measured.device_time_ms == START_MS


@given(st.integers(0, 2**32), st.lists(st.sampled_from(["measure", "fail"]), max_size=8), st.integers(1, 60))
def test_driver_and_simulator_agree_on_every_measurement(seed: int, deeds: list[str], cut: int) -> None:
    monitor, driver = BloodPressureMonitor(Random(seed)), Driver([DeviceSettings("")])
    sent = b""
    for second, deed in enumerate(deeds):
        getattr(monitor, deed)()
        sent += monitor.step(float(second))
    outputs = [output for at in range(0, len(sent), cut) for output in driver.feed(sent[at : at + cut], 0.0)]
    told = []
    for output in outputs:
        assert isinstance(output, Measured | Heard)
        v = output.values if isinstance(output, Measured) else {}
        told.append(
            f"{v['Blood Pressure/Systolic']:g}/{v['Blood Pressure/Diastolic']:g} ({v['Blood Pressure/Mean']:g}) "
            f"{v['Blood Pressure/Pulse Rate']:g}"
            if v
            else "failed"
        )
    assert told == [report.what for report in monitor.take_reports()]
    times = [one.device_time_ms for one in outputs if isinstance(one, Measured)]
    assert times == [START_MS + second * 1000 for second, deed in enumerate(deeds) if deed == "measure"]


def test_same_seed_same_bytes_and_nothing_is_heard() -> None:
    def drive(seed: int) -> bytes:
        monitor = BloodPressureMonitor(Random(seed))
        monitor.measure()
        assert monitor.receive(b"\x00", 0.0) == b""
        return monitor.step(0.0)

    assert drive(3) == drive(3)
    assert drive(3) != drive(4)
