import struct
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from simulators.devices import Report
from simulators.devices.modbus_temperature import FRAME_GAP_S, ModbusTemperatureLine, Unit, crc
from tests.unit.simulators.golden import VECTORS, hex_bytes

REQUEST = hex_bytes(VECTORS["modbus"]["req_th"])
ANSWER = hex_bytes(VECTORS["modbus"]["rsp_th"])


def request(unit: int, function: int, first: int, count: int) -> bytes:
    body = struct.pack(">BBHH", unit, function, first, count)
    return body + crc(body)


def make_line() -> ModbusTemperatureLine:
    units = {
        1: Unit("rs_ws_n01", -10.1, humidity=65.8),
        2: Unit("xy_md02", 4.5, humidity=45.0),
        0x11: Unit("rs_ws_n01", -18.3, humidity=71.2),
    }
    return ModbusTemperatureLine(units, Random(1))


def temperature(line: ModbusTemperatureLine, now: float) -> float:
    """Of unit 2, as a host reads it."""
    celsius: int = struct.unpack(">h", line.receive(request(2, 4, 1, 1), now)[3:5])[0]
    return celsius / 10


def test_golden_answers() -> None:
    line = make_line()
    assert line.receive(REQUEST, 1.0) == ANSWER
    assert line.receive(request(0x11, 3, 0, 2), 2.0) == hex_bytes(VECTORS["modbus"]["freezer"])
    assert line.receive(request(1, 3, 9, 1), 3.0) == hex_bytes(VECTORS["modbus"]["exception"])


def test_xy_md02_has_the_temperature_first() -> None:
    said = make_line().receive(hex_bytes("02 04 00 01 00 02") + crc(hex_bytes("02 04 00 01 00 02")), 1.0)
    assert said[:-2] == bytes([2, 4, 4, 0, 45, 450 >> 8, 450 & 0xFF])


@pytest.mark.parametrize(
    ("asked", "exception"),
    [
        (request(1, 6, 0, 1), bytes([1, 0x86, 1])),
        (request(1, 4, 0, 2), bytes([1, 0x84, 2])),
        (request(2, 3, 1, 2), bytes([2, 0x83, 2])),
        (request(2, 4, 0, 2), bytes([2, 0x84, 2])),
        (request(1, 3, 0xFFFF, 2), bytes([1, 0x83, 2])),
        (request(1, 3, 0, 0), bytes([1, 0x83, 3])),
        (request(1, 3, 0, 126), bytes([1, 0x83, 3])),
    ],
)
def test_wrong_requests_are_answered_with_an_exception(asked: bytes, exception: bytes) -> None:
    assert make_line().receive(asked, 1.0) == exception + crc(exception)


@pytest.mark.parametrize("unheard", [request(9, 3, 0, 2), request(0, 3, 0, 2), REQUEST[:-1] + b"\x00"])
def test_line_keeps_quiet(unheard: bytes) -> None:
    assert make_line().receive(unheard, 1.0) == b""


def test_unit_without_power_does_not_answer() -> None:
    line = make_line()
    line.power_off(1)
    assert line.receive(REQUEST, 1.0) == b""
    line.power_on(1)
    assert line.receive(REQUEST, 2.0) == ANSWER


def test_open_door_warms_and_a_closed_one_cools_again() -> None:
    line = make_line()
    line.step(0.0)
    line.open_door(2)
    line.step(5.0)
    assert temperature(line, 5.0) > 8.0
    line.close_door(2)
    line.step(65.0)
    assert temperature(line, 65.0) == pytest.approx(4.5, abs=0.3)
    assert line.take_reports() == [Report("2", "door_open"), Report("2", "door_closed")]


def test_door_is_told_with_the_next_reading() -> None:
    line = make_line()
    line.open_door(2)
    line.receive(REQUEST, 1.0)
    assert line.take_reports() == []
    temperature(line, 2.0)
    assert line.take_reports() == [Report("2", "door_open")]


def test_warmth_passes_unless_held() -> None:
    line = make_line()
    line.step(0.0)
    line.set_temperature(2, 12.0)
    assert temperature(line, 0.0) == 12.0
    line.step(100.0)
    assert temperature(line, 100.0) == 4.5
    line.set_temperature(2, 12.0, hold=True)
    line.step(200.0)
    assert temperature(line, 200.0) == 12.0


def test_a_drifting_sensor_runs_away_from_the_air_and_comes_back() -> None:
    line = make_line()
    line.step(0.0)
    line.set_fault(2, "drift", {"per_minute": 3.0})
    line.step(120.0)
    assert temperature(line, 120.0) == 10.5
    line.step(1e9)
    assert temperature(line, 1e9) == 3276.7  # as far as the register goes
    line.set_fault(2, "drift", None)
    assert temperature(line, 1e9) == 4.5


def test_one_long_step_is_as_good_as_many_short_ones() -> None:
    short, long = make_line(), make_line()
    for line in (short, long):
        line.step(0.0)
        line.open_door(2)
    for second in range(1, 11):
        short.step(float(second))
    long.step(10.0)
    assert short.units[2].temperature == pytest.approx(long.units[2].temperature)


def readings(seed: int) -> list[bytes]:
    line = ModbusTemperatureLine({1: Unit(wobble=0.5)}, Random(seed))
    said = []
    for second in range(60):
        line.step(float(second))
        said.append(line.receive(REQUEST, float(second)))
    return said


def test_same_seed_same_bytes() -> None:
    assert readings(1) == readings(1)
    assert readings(1) != readings(2)


@given(st.binary(max_size=20), st.integers(1, 8))
def test_request_is_found_in_any_cutting_and_noise(noise: bytes, size: int) -> None:
    line, stream, said = make_line(), noise + REQUEST, b""
    for start in range(0, len(stream), size):
        said += line.receive(stream[start : start + size], 1.0)
    assert said.endswith(ANSWER)


@given(st.lists(st.binary(max_size=64)))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    line = make_line()
    for chunk in chunks:
        line.receive(chunk, 1.0)
    assert line.receive(REQUEST, 1.1 + FRAME_GAP_S) == ANSWER
