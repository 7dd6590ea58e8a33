import re
from datetime import UTC, datetime, timedelta
from random import Random
from typing import Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.flue_gas_hj212 import CRC_KIND
from firmware_bridge.devices.flue_gas_hj212 import FlueGasLogger as Driver
from firmware_bridge.session import DeviceSettings, Heard, Identified, Measured
from simulators.devices import Report
from simulators.devices.flue_gas_hj212 import GOOD, NUMBER, FlueGasLogger, frame, modbus_crc, standard_crc
from tests.unit.simulators.golden import VECTORS

STANDARD_FRAME, MODBUS_FRAME = (VECTORS["hj212"][name].encode() for name in ("standard_crc", "modbus_crc"))
DATA_TIME = "DataTime=20260721093000;"


def logger() -> FlueGasLogger:
    return FlueGasLogger(Random(1))


def answer(sent: bytes, command: str = "9014") -> bytes:
    """To everything that was sent, as the standard has it."""
    numbers = [piece[:17].decode() for piece in sent.split(b"QN=")[1:]]
    return b"".join(frame(f"QN={number};ST=91;CN={command};PW=123456;MN={NUMBER};Flag=4;CP=&&&&") for number in numbers)


def test_frames_are_the_golden_ones() -> None:
    assert frame(STANDARD_FRAME[6:-6].decode()) == STANDARD_FRAME
    assert frame(MODBUS_FRAME[6:-6].decode(), modbus=True) == MODBUS_FRAME
    assert (standard_crc(STANDARD_FRAME[6:-6]), modbus_crc(b"123456789")) == (0x1C80, 0x4B37)


def test_real_time_data_comes_twice_a_minute_and_means_after_each() -> None:
    model, sent = logger(), []
    for second in range(121):
        data = model.step(float(second))
        model.receive(answer(data), float(second))
        sent += [(second, command.decode()) for command in re.findall(rb";CN=(\d+);", data)]
    assert sent == [
        (0, "2011"), (30, "2011"), (60, "2051"), (60, "2011"), (90, "2011"), (120, "2051"), (120, "2011"),
    ]  # fmt: skip


def test_the_first_message_is_well_formed() -> None:
    first = logger().step(0.0)
    assert first.startswith(b"##0")
    head = f"QN=20260721093000001;ST=31;CN=2011;PW=123456;MN={NUMBER};Flag=5;CP=&&{DATA_TIME}a34013-Rtd="
    assert first[6:].startswith(head.encode())
    assert int(first[2:6]) == len(first) - 12


def test_what_is_not_answered_is_sent_again_three_times() -> None:
    model = logger()
    first = model.step(0.0)
    sent = [(second, data) for second in range(1, 30) if (data := model.step(float(second)))]
    assert sent == [(10, first), (20, first)]
    assert model.step(30.0).startswith(b"##")
    assert model.waiting == 2


@pytest.mark.parametrize("command", ["9013", "9014"])
def test_an_answer_ends_the_repeating(command: str) -> None:
    model = logger()
    model.receive(answer(model.step(0.0), command), 0.0)
    assert [model.step(float(second)) for second in range(1, 30)] == [b""] * 29


def test_maintenance_is_flagged() -> None:
    model = logger()
    model.maintain()
    first = model.step(0.0)
    assert b"-Flag=M" in first
    assert b"-Flag=N" not in first
    model.receive(answer(first), 0.0)
    model.end_maintenance()
    assert b"-Flag=M" not in model.step(30.0)


def test_a_wrong_clock_is_told() -> None:
    model = logger()
    model.set_fault("clock", {"days": -2.0})
    assert b"DataTime=20260719093000;" in model.step(0.0)
    model.set_fault("clock", None)
    assert b"DataTime=20260721093030;" in model.step(30.0)


@given(st.lists(st.binary(max_size=40) | st.just(b"##0999"), max_size=6), st.integers(1, 60))
def test_an_answer_is_understood_in_any_cutting_and_after_any_noise(noise: list[bytes], size: int) -> None:
    model = logger()
    stream = b"".join(noise) + bytes(1100) + answer(model.step(0.0))
    for at in range(0, len(stream), size):
        assert model.receive(stream[at : at + size], 0.0) == b""
    assert model.waiting == 0


@pytest.mark.parametrize("edition", ["2017", "2025"])
@pytest.mark.parametrize("modbus", [False, True])
def test_driver_and_simulator_agree_though_a_tenth_is_lost_both_ways(
    edition: Literal["2017", "2025"], modbus: bool
) -> None:
    rng = Random(3)
    model = FlueGasLogger(Random(4), edition=edition, modbus=modbus)
    driver = Driver([DeviceSettings("flue-1")])
    driver.start(0.0)
    told, kinds, numbers = set(), set(), []
    truth: list[Report] = []
    for second in range(2 * 3600 + 100):
        if second == 3000:
            model.maintain()
        if second == 3300:
            model.end_maintenance()
        sent = model.step(float(second))
        truth += model.take_reports()
        outputs = [*driver.feed(b"" if rng.random() < 0.1 else sent, second), *driver.tick(float(second))]
        for one in outputs:
            if isinstance(one, Measured):
                assert one.device_time_ms is not None
                group = next((name.partition("/")[0] for name in one.values if name != CRC_KIND), "")
                moment = datetime.fromtimestamp(one.device_time_ms / 1000, UTC) + timedelta(hours=8)
                told.add((group, f"{moment:%Y%m%d%H%M%S}"))
                kinds.add(one.values[CRC_KIND])
        numbers += [one.fingerprint for one in outputs if isinstance(one, Identified)]
        confirms = b"".join(one.confirm for one in outputs if isinstance(one, Heard))
        model.receive(b"" if rng.random() < 0.1 else confirms, float(second))
    groups = {"2011": "Flue", "2051": "Flue Minute", "2061": "Flue Hour"}
    expected = {(groups[what[:4]], what[5:]) for _, what in (report for report in truth[:-2])}
    flagged = {time for group, time in told if not group}
    assert {(group, time) for group, time in expected if time not in flagged} <= told
    assert {time for _, time in expected} <= {time for _, time in told}
    assert len([1 for group, _ in told if group == "Flue Hour"]) == 2
    assert 10 <= len(flagged) <= 20  # five minutes of maintenance: heard, but nothing measured
    assert kinds == {2 if modbus else 1}
    assert numbers == [f"MN {NUMBER}"]
    assert driver.counters.crc_errors == 0


def test_driver_and_simulator_agree_on_the_values() -> None:
    model, driver = logger(), Driver([DeviceSettings("flue-1")])
    model.set_level("a21002", 260.0)
    measured = next(one for one in driver.feed(model.step(0.0), 0.0) if isinstance(one, Measured))
    assert measured.values["Flue/Nitrogen Oxides"] == pytest.approx(260, rel=0.02)
    assert measured.values["Flue/Oxygen"] == pytest.approx(GOOD["a19001"], rel=0.021)


def test_same_seed_same_bytes() -> None:
    assert logger().step(0.0) == logger().step(0.0)
    assert logger().step(0.0) != FlueGasLogger(Random(2)).step(0.0)


def test_a_logger_that_is_switched_on_late_has_nothing_to_make_up_for() -> None:
    model = logger()
    sent = b""
    for second in range(50):
        said = model.step(4.9 * 3600 + second)  # 17640 s: a whole minute of the logger's clock
        model.receive(answer(said), 4.9 * 3600 + second)
        sent += said
    assert sent.count(b"CN=2011") == 2
    assert sent.count(b"##") == 2  # no mean of a minute that it did not measure
