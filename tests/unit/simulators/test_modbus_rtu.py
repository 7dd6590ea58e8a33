import struct
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.modbus_rtu import DRIVER
from firmware_bridge.session import DeviceSettings, Faulted, Measured, Occurred, Output, Send
from simulators.devices import Report
from simulators.devices.modbus_rtu import LAYOUTS, ModbusRtuLine, Unit
from simulators.modbus import FRAME_GAP_S, crc
from tests.unit.simulators.golden import VECTORS, hex_bytes

REQUEST, ANSWER = hex_bytes(VECTORS["modbus"]["req_th"]), hex_bytes(VECTORS["modbus"]["rsp_th"])
SMOKE = dict.fromkeys(range(8), "fire")


def asked(unit: int, function: int, first: int, count: int) -> bytes:
    body = struct.pack(">BBHH", unit, function, first, count)
    return body + crc(body)


def make_line() -> ModbusRtuLine:
    return ModbusRtuLine(
        {
            1: Unit("rs_ws_n01", {"humidity": 65.8, "temperature": -10.1}),
            2: Unit("contacts", contacts=SMOKE),
            3: Unit("ups", {"input_voltage": 230.0, "battery": 100}),
            4: Unit("sdm230", {"voltage": 230.5, "power": 1000.0, "energy": 7.0}),
            0x11: Unit("rs_ws_n01", {"humidity": 71.2, "temperature": -18.3}),
            0x61: Unit("scd30", {"co2": 439.09, "temperature": 27.24, "humidity": 48.8}),
        },
        Random(1),
    )


def test_golden_answers() -> None:
    line = make_line()
    line.close_contact("2/0")
    line.close_contact("2/2")
    assert line.receive(REQUEST, 1.0) == ANSWER
    assert line.receive(asked(0x11, 3, 0, 2), 2.0) == hex_bytes(VECTORS["modbus"]["freezer"])
    assert line.receive(asked(1, 3, 9, 1), 3.0) == hex_bytes(VECTORS["modbus"]["exception"])
    assert line.receive(hex_bytes("02 02 00 00 00 08 79 FF"), 4.0) == hex_bytes("02 02 01 05 61 CF")


def test_golden_bytes_of_a_cabinet_and_of_a_sensor_with_the_temperature_first() -> None:
    line = ModbusRtuLine(
        {
            1: Unit("xy_md02", {"humidity": 45.0, "temperature": 4.5}),
            0x11: Unit("rs_ws_n01", {"humidity": 71.2, "temperature": 2.6}),
        },
        Random(1),
    )
    assert line.receive(asked(0x11, 3, 0, 2), 1.0) == hex_bytes("11 03 04 02 C8 00 1A EA 7F")
    assert line.receive(hex_bytes("01 04 00 01 00 02 20 0B"), 2.0) == hex_bytes("01 04 04 00 2D 01 C2 EB 8C")


def test_floats_come_with_the_high_word_first() -> None:
    said = make_line().receive(hex_bytes("61 03 00 28 00 06 4C 60"), 1.0)
    assert struct.unpack(">fff", said[3:-2]) == pytest.approx((439.09, 27.24, 48.8))


@pytest.mark.parametrize(
    ("request_", "exception"),
    [
        (asked(1, 5, 0, 0xFF00), "01 85 01"),  # nothing of these devices can be written
        (asked(1, 6, 0, 1), "01 86 01"),
        (asked(1, 7, 0, 1), ""),  # a function whose length is unknown cannot be told from noise
        (asked(1, 4, 0, 2), "01 84 02"),
        (asked(1, 3, 0, 0), "01 83 03"),
        (asked(1, 3, 0, 126), "01 83 03"),
        (asked(2, 2, 7, 2), "02 82 02"),
        (asked(9, 3, 0, 2), ""),
    ],
)
def test_wrong_requests_are_answered_as_a_device_does(request_: bytes, exception: str) -> None:
    body = hex_bytes(exception)
    assert make_line().receive(request_, 1.0) == (body + crc(body) if body else b"")


def test_a_contact_is_told_when_it_is_read_and_once() -> None:
    line = make_line()
    line.close_contact("2/5")
    line.receive(asked(2, 2, 0, 4), 1.0)
    assert line.take_reports() == []
    for n in range(2):
        line.receive(asked(2, 2, 5, 1), 2.0 + n)
    assert line.take_reports() == [Report("2/5", "fire")]


def test_a_contact_that_opened_before_it_was_read_was_never_told() -> None:
    line = make_line()
    line.close_contact("2/5")
    line.open_contact("2/5")
    line.receive(asked(2, 2, 0, 8), 1.0)
    assert line.take_reports() == []


def test_a_meter_counts_what_is_used() -> None:
    line = make_line()
    line.step(0.0)
    line.step(3600.0)
    assert struct.unpack(">f", line.receive(asked(4, 4, 342, 2), 1.0)[3:7]) == pytest.approx((8.0,))


def test_a_sensor_may_drift_until_it_is_mended() -> None:
    line = make_line()
    line.step(0.0)
    line.set_fault("drift", {"per_minute": 2.0})
    line.step(90.0)
    assert line.receive(REQUEST, 90.0)[3:7] == struct.pack(">hh", 658 + 30, -101 + 30)
    line.set_fault("drift", None)
    line.step(91.0)
    assert line.receive(REQUEST, 91.0) == ANSWER


def test_a_power_supply_may_have_a_low_battery() -> None:
    line = make_line()
    line.set_fault("battery_low", {"percent": 5})
    assert line.receive(asked(3, 3, 2, 4), 1.0)[3:-2] == struct.pack(">4H", 5, 0, 0, 2)
    assert line.take_reports() == [Report("3", "battery_low")]
    line.set_fault("battery_low", None)
    assert line.receive(asked(3, 3, 2, 4), 2.0)[3:-2] == struct.pack(">4H", 100, 0, 0, 0)


def said(seed: int) -> list[bytes]:
    line = ModbusRtuLine({1: Unit("xy_md02", {"temperature": 20.0}, wobble={"temperature": 0.5})}, Random(seed))
    line.step(0.0)
    answers = []
    for second in range(30):
        line.step(float(second))
        answers.append(line.receive(asked(1, 4, 1, 2), float(second)))
    return answers


def test_same_seed_same_bytes() -> None:
    assert said(1) == said(1)
    assert said(1) != said(2)


@given(st.binary(max_size=20), st.integers(1, 8))
def test_a_request_is_found_in_any_cutting_and_noise(noise: bytes, size: int) -> None:
    line, stream, answers = make_line(), noise + bytes(300) + REQUEST, b""
    for start in range(0, len(stream), size):
        answers += line.receive(stream[start : start + size], 1.0)
    assert answers.endswith(ANSWER)


@given(st.lists(st.binary(max_size=64)))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    line = make_line()
    for chunk in chunks:
        line.receive(chunk, 1.0)
    assert line.receive(REQUEST, 1.1 + FRAME_GAP_S) == ANSWER


def joined(
    line: ModbusRtuLine, devices: list[DeviceSettings], seconds: int, acts: dict[int, list[str]]
) -> list[Output]:
    """Driver and simulator, byte by byte, in steps of 50 ms; `acts`: second -> contacts that close (+) or open (-)."""
    session = DRIVER.session(devices)
    outputs = list(session.start(0.0))
    to_line = [output.data for output in outputs if isinstance(output, Send)]
    for n in range(1, seconds * 20):
        now = n / 20
        for act in acts.get(n // 20, []) if n % 20 == 0 else []:
            (line.close_contact if act[0] == "+" else line.open_contact)(act[1:])
        line.step(now)
        new: list[Output] = []
        for data in to_line:
            for byte in line.receive(data, now):
                new += session.feed(bytes([byte]), now)
        new += session.tick(now + 0.04)
        to_line = [output.data for output in new if isinstance(output, Send)]
        outputs += new
    return outputs


def test_the_driver_hears_what_the_simulator_tells() -> None:
    line = make_line()
    devices = [DeviceSettings(f"2/{n}", {"unit": 2, "model": "smoke_contact", "input": n}) for n in range(8)]
    acts = {5: ["+2/3"], 9: ["+2/0", "-2/3"], 15: ["+2/3", "+2/7"], 20: ["-2/0"], 24: ["+2/0"]}
    outputs = joined(line, devices, 40, acts)
    heard = [Report(one.device, one.what) for one in outputs if isinstance(one, Occurred)]
    assert sorted(heard) == sorted(line.take_reports())
    assert sorted(heard) == [Report(key, "fire") for key in ("2/0", "2/0", "2/3", "2/3", "2/7")]


@pytest.mark.parametrize("model", sorted(set(LAYOUTS) - {"contacts"}))
def test_the_driver_reads_of_each_model_what_the_simulator_has(model: str) -> None:
    values = {name: 1 if cell.code == "bit" else n + 5 for n, (name, cell) in enumerate(LAYOUTS[model].items())}
    line = ModbusRtuLine({7: Unit(model, dict(values))}, Random(1))
    outputs = joined(line, [DeviceSettings("d", {"unit": 7, "model": model})], 5, {})
    measured = [output.values for output in outputs if isinstance(output, Measured)]
    assert sorted(float(value) for value in measured[0].values()) == pytest.approx(sorted(values.values()), rel=1e-3)


def test_a_unit_without_power_is_faulted_and_comes_back() -> None:
    line = make_line()
    devices = [DeviceSettings("room", {"unit": 1, "model": "rs_ws_n01"})]
    line.power_off(1)
    assert [one for one in joined(line, devices, 2, {}) if not isinstance(one, Send)] == [Faulted("room", "no answer")]
    line.power_on(1)
    assert any(isinstance(one, Measured) for one in joined(line, devices, 2, {}))
