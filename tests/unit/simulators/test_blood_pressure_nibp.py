from random import Random

from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.blood_pressure_nibp import BloodPressureModule as Driver
from firmware_bridge.session import DeviceSettings, Measured, Occurred, Output, Send
from simulators.devices import Report
from simulators.devices.blood_pressure_nibp import BloodPressureModule, checked

MEASURE, STATUS = b"\x0201;;D7\x03", b"\x0218;;DF\x03"
GOOD = b"\x02S1;A0;C03;M00;P125080090;R075;T0005;;40\x03\r"  # the manufacturer's example, with its own rule's checksum
END = b"\x02999\x03\r"


def module() -> BloodPressureModule:
    return BloodPressureModule(Random(1))


def measure(model: BloodPressureModule, begin: float = 0.0) -> list[bytes]:
    """All it says until the end."""
    sent = []
    for step in range(400):
        if one := model.step(begin + step / 10):
            sent.append(one)
        if one.endswith(END):
            return sent
    raise AssertionError("the measurement does not end")


def test_an_answer_has_the_golden_checksum() -> None:
    assert checked("S1;A0;C03;M00;P125080090;R075;T0005;;") == GOOD


def test_a_measurement_streams_the_cuffs_pressure_and_ends() -> None:
    model = module()
    assert model.step(0.0) == b""
    assert model.receive(MEASURE, 0.0) == b""
    sent = measure(model)
    assert sent[0] == b"\x02160C0S3\x03\r"
    assert sent[-1] == b"\x02008C0S3\x03\r" + END
    assert model.step(100.0) == b""


def test_the_result_is_told_when_it_is_asked_for_and_reported_once() -> None:
    model = module()
    assert model.receive(STATUS, 0.0) == checked("S1;A0;C00;M00;P---------;R---;T----;;")
    model.set_patient(125, 80, 75)
    model.receive(MEASURE, 0.0)
    measure(model)
    assert model.take_reports() == []
    for _ in range(2):
        assert model.receive(STATUS, 60.0) == checked("S1;A0;C00;M00;P125080095;R075;T----;;")
    assert model.take_reports() == [Report("", "125/080/095 075")]


def test_a_loose_cuff_is_an_error_and_the_pressures_of_before_stay() -> None:
    model = module()
    model.set_patient(120, 78, 60)
    model.receive(MEASURE, 0.0)
    measure(model)
    model.receive(STATUS, 60.0)
    model.loosen_cuff()
    model.receive(MEASURE, 100.0)
    assert len(measure(model, 100.0)) < 10
    assert model.receive(STATUS, 120.0) == checked("S2;A0;C00;M06;P120078092;R060;T----;;")
    assert model.take_reports()[-1] == Report("", "failed")


def test_x_alone_stops_it() -> None:
    model = module()
    assert model.receive(b"X", 0.0) == b""
    model.receive(MEASURE, 0.0)
    model.step(0.0)
    assert model.receive(b"X", 1.0) == END
    assert model.step(2.0) == b""


def test_a_command_with_a_wrong_checksum_is_not_obeyed() -> None:
    model = module()
    model.receive(MEASURE.replace(b"D7", b"D8"), 0.0)
    assert model.step(0.0) == b""


@given(st.lists(st.binary(max_size=20), max_size=6), st.integers(1, 9))
def test_a_command_is_understood_in_any_cutting_and_after_any_noise(noise: list[bytes], size: int) -> None:
    model, stream = module(), b"".join(noise) + STATUS
    answers = b"".join(model.receive(stream[at : at + size], 0.0) for at in range(0, len(stream), size))
    assert answers.endswith(checked("S1;A0;C00;M00;P---------;R---;T----;;"))


def test_driver_and_simulator_agree_on_results_failures_and_aborts() -> None:
    rng = Random(5)
    model, driver = BloodPressureModule(Random(6)), Driver([DeviceSettings("")])
    heard: list[Output] = []
    truth: list[str] = []
    aborted = 0

    def exchange(outputs: list[Output], now: float) -> None:
        heard.extend(outputs)
        for output in outputs:
            if isinstance(output, Send) and (answer := model.receive(output.data, now)):
                exchange(list(driver.feed(answer, now)), now)

    exchange(list(driver.start(0.0)), 0.0)
    for number in range(30):
        begin = number * 100.0
        (model.loosen_cuff if rng.random() < 0.3 else model.tighten_cuff)()
        if number % 2:
            model.press_start()
        else:
            exchange(list(driver.act("", "measure", {}, begin)), begin)
        abort_at = rng.randint(2, 60) if rng.random() < 0.2 else None
        for step in range(1000):
            now = begin + step / 10
            if step == abort_at:
                aborted += 1
                exchange(list(driver.act("", "abort", {}, now)), now)
            exchange([*driver.feed(model.step(now), now), *driver.tick(now)], now)
        truth += [report.what for report in model.take_reports()]
    told = []
    for output in heard:
        if isinstance(output, Occurred):
            told.append("failed")
        elif isinstance(output, Measured) and "Blood Pressure/Mean" in output.values:
            high, low, mean, pulse = (int(v) for name, v in output.values.items() if name != "Blood Pressure/Measuring")
            told.append(f"{high:03}/{low:03}/{mean:03} {pulse:03}")
    assert told == truth
    assert len(truth) == 30 - aborted
    assert aborted
    assert {"failed"} < set(truth)
    assert driver.counters.crc_errors == driver.counters.resyncs == 0
