from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from firmware_bridge.devices.modbus_tcp import DRIVER
from firmware_bridge.session import DeviceSettings, Faulted, Measured, Occurred, Output, Send
from simulators.devices import Report
from simulators.devices.modbus_rtu import Unit
from simulators.devices.modbus_tcp import ModbusTcpGateway
from tests.unit.simulators.golden import hex_bytes

REQUEST = hex_bytes("0001 0000 0006 01 03 0000 0002")
ANSWER = hex_bytes("0001 0000 0007 01 03 04 0292 FF9B")


def make_gateway() -> ModbusTcpGateway:
    units = {
        1: Unit("rs_ws_n01", {"humidity": 65.8, "temperature": -10.1}),
        255: Unit("ups", {"input_voltage": 230.0, "output_voltage": 220.0, "battery": 100}),
    }
    return ModbusTcpGateway(units, Random(1))


def test_golden_answers() -> None:
    assert make_gateway().receive(REQUEST, 1.0) == ANSWER
    assert make_gateway().receive(REQUEST * 2, 1.0) == ANSWER * 2


@pytest.mark.parametrize(
    ("request_", "answer"),
    [
        ("0007 0000 0006 01 03 0009 0001", "0007 0000 0003 01 83 02"),
        ("0007 0000 0006 01 06 0000 0001", "0007 0000 0003 01 86 01"),
        ("0007 0000 0002 01 2B", "0007 0000 0003 01 AB 01"),
        ("0007 0000 0006 09 03 0000 0001", "0007 0000 0003 09 83 0B"),  # no such unit behind the gateway
    ],
)
def test_wrong_requests_are_answered_with_an_exception(request_: str, answer: str) -> None:
    assert make_gateway().receive(hex_bytes(request_), 1.0) == hex_bytes(answer)


@given(st.integers(1, 12))
def test_a_request_is_found_however_it_is_cut(size: int) -> None:
    gateway, stream = make_gateway(), REQUEST * 3
    pieces = [stream[start : start + size] for start in range(0, len(stream), size)]
    assert b"".join(gateway.receive(piece, 1.0) for piece in pieces) == ANSWER * 3


@given(st.lists(st.binary(max_size=64)))
def test_any_bytes_are_survived(chunks: list[bytes]) -> None:
    gateway = make_gateway()
    for chunk in chunks:
        gateway.receive(chunk, 1.0)
    assert len(gateway._wire._received) <= 512  # type: ignore[attr-defined]


def test_the_driver_hears_what_the_simulator_tells() -> None:
    gateway = make_gateway()
    session = DRIVER.session(
        [
            DeviceSettings("room", {"unit": 1, "model": "rs_ws_n01"}),
            DeviceSettings("255", {"unit": 255, "model": "ups"}),
        ]
    )
    outputs: list[Output] = list(session.start(0.0))
    for n in range(400):
        if n == 100:
            gateway.set_value(255, "on_battery", 1)
        if n == 200:
            gateway.set_value(255, "battery_low", 1)
        if n == 300:
            gateway.power_off(1)
        sent = [output.data for output in outputs if isinstance(output, Send)]
        outputs = [output for output in outputs if not isinstance(output, Send)]
        for data in sent:
            outputs += session.feed(gateway.receive(data, n / 20), n / 20)
        outputs += session.tick(n / 20 + 0.04)
    occurred = [Report(one.device, one.what) for one in outputs if isinstance(one, Occurred)]
    assert occurred == gateway.take_reports() == [Report("255", "power_lost"), Report("255", "battery_low")]
    assert Measured("room", {"Air/Humidity": 65.8, "Air/Temperature": -10.1}) in outputs
    assert Faulted("room", "exception 11: gateway target did not answer") in outputs
