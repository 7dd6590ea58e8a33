"""Our Modbus masters and simulated devices against an independent implementation, pymodbus: real bytes, real sockets.

Masters: our sessions ask a pymodbus server, over TCP and over a serial line. Devices: a pymodbus client asks our
simulators, over TCP and over a serial line.
"""

import contextlib
import socket
import time
from collections.abc import Iterator
from random import Random
from typing import Any

import pytest
from pymodbus import ModbusException
from pymodbus.client import ModbusSerialClient, ModbusTcpClient
from pymodbus.client.mixin import ModbusClientMixin
from pymodbus.constants import ExcCodes

from firmware_bridge.links import open_link
from firmware_bridge.links.pseudo_terminal import PseudoTerminal
from firmware_bridge.registry import find
from firmware_bridge.session import DeviceSettings, Faulted, Line, Measured, Occurred, Output, Send, Session
from simulators.devices import DeviceModel, Report
from simulators.devices.corridor_lamp_modbus import CorridorLampLine
from simulators.devices.cremator_sim_crem_1 import MAIN_BURN, Cremator
from simulators.devices.modbus_rtu import ModbusRtuLine, Unit
from simulators.devices.modbus_tcp import ModbusTcpGateway
from tests.interop.modbus_peer import (
    DEAD,
    ENOUGH_S,
    bits,
    device,
    registers,
    running,
    serial_server,
    tcp_server,
)

LINE = Line(9600)

FLOAT32 = ModbusClientMixin.DATATYPE.FLOAT32


# our masters


class Master:
    """A session on a real port."""

    def __init__(self, driver: str, url: str, *devices: DeviceSettings) -> None:
        self.session: Session = find(driver).session(devices)
        self._link = open_link(url, LINE)
        self.heard: list[Output] = []
        self.do(self.session.start(time.monotonic()))

    def __enter__(self) -> "Master":
        return self

    def __exit__(self, *_: object) -> None:
        self._link.close()

    def do(self, outputs: Any) -> None:
        for output in outputs:
            if isinstance(output, Send):
                self._link.write(output.data)
            else:
                self.heard.append(output)

    def until(self, *wanted: Output) -> None:
        """Work until all of `wanted` were told since the last call."""
        begun, end = len(self.heard), time.monotonic() + ENOUGH_S
        while not all(any(one == output for output in self.heard[begun:]) for one in wanted):
            assert time.monotonic() < end, self.heard[begun:]
            data = self._link.read(0.01)
            self.do(self.session.feed(data, time.monotonic()))
            self.do(self.session.tick(time.monotonic()))


def settings(name: str, unit: int, **options: bool | float | str) -> DeviceSettings:
    return DeviceSettings(name, {"unit": unit, **options})


ROOM = device(1, holding=registers(0, 0x0292, 0xFF9B))
ROOM_MEASURED = Measured("room", {"Air/Humidity": 65.8, "Air/Temperature": -10.1})
SMOKE = device(5, inputs=bits(0, False, True, False, False, False, False, False, False))


def test_our_tcp_master_reads_several_units_of_a_pymodbus_server() -> None:
    with (
        tcp_server(ROOM, SMOKE, device(17, holding=registers(0, 0x02C8, 0xFF49))) as peer,
        Master(
            "modbus_tcp",
            f"tcp://127.0.0.1:{peer.port}",
            settings("room", 1, model="rs_ws_n01"),
            settings("freezer", 17, model="rs_ws_n01"),
            settings("smoke-0", 5, model="smoke_contact", input=0),
            settings("smoke-1", 5, model="smoke_contact", input=1),
        ) as master,
    ):
        master.until(
            ROOM_MEASURED,
            Measured("freezer", {"Air/Humidity": 71.2, "Air/Temperature": -18.3}),
            Measured("smoke-0", {"Smoke/Detected": False}),
            Occurred("smoke-1", "fire", {"input": 1}),
            Measured("smoke-1", {"Smoke/Detected": True}),
        )
        assert set(peer.functions) == {2, 3}
        assert master.session.counters.resyncs == 0


def test_our_tcp_master_understands_the_exceptions_of_a_pymodbus_server() -> None:
    with (
        tcp_server(
            ROOM,
            device(8, holding=registers(0, 1, 2), refuses=ExcCodes.DEVICE_BUSY),
            device(9, holding=registers(0, 1, 2), refuses=ExcCodes.GATEWAY_NO_RESPONSE),
        ) as peer,
        Master(
            "modbus_tcp",
            f"tcp://127.0.0.1:{peer.port}",
            settings("no-register", 1, model="xy_md02"),
            settings("busy", 8, model="rs_ws_n01"),
            settings("no-unit", 9, model="rs_ws_n01"),
        ) as master,
    ):
        master.until(
            Faulted("no-register", "exception 2: illegal data address"),
            Faulted("busy", "exception 6: device busy"),
            Faulted("no-unit", "exception 11: gateway target did not answer"),
        )


@pytest.mark.parametrize(("order", "word_order"), [("ABCD", "big"), ("CDAB", "little")])
@pytest.mark.parametrize(("kind", "value"), [("float32", 612.5), ("u32", 3_000_000_000), ("s32", -7)])
def test_both_word_orders_of_pymodbus_are_read(kind: str, value: float, order: str, word_order: Any) -> None:
    datatype = {"float32": FLOAT32, "u32": ModbusClientMixin.DATATYPE.UINT32, "s32": ModbusClientMixin.DATATYPE.INT32}
    words = ModbusClientMixin.convert_to_registers(value, datatype[kind], word_order=word_order)
    profile = f"""
        zh = "示例"
        en = "sample"
        source = "(P)"
        [[read]]
        function = 4
        quantity = [{{ register = 100, type = "{kind}", order = "{order}", metric = "Air/Carbon Dioxide" }}]
    """
    with (
        tcp_server(device(3, input_registers=registers(100, *words))) as peer,
        Master("modbus_tcp", f"tcp://127.0.0.1:{peer.port}", settings("co2", 3, profile=profile)) as master,
    ):
        master.until(Measured("co2", {"Air/Carbon Dioxide": value}))


def test_our_rtu_master_reads_a_pymodbus_server_on_a_serial_line_and_a_dead_unit_is_faulted() -> None:
    with (
        serial_server(ROOM, SMOKE) as (peer, path),
        Master(
            "modbus_rtu",
            f"serial://{path}",
            settings("room", 1, model="rs_ws_n01", poll_s=0.5),
            settings("smoke", 5, model="smoke_contact", input=1, poll_s=0.5),
            settings("dead", DEAD, model="ups", poll_s=0.5),
        ) as master,
    ):
        master.until(ROOM_MEASURED, Occurred("smoke", "fire", {"input": 1}), Faulted("dead", "no answer"))
        master.until(ROOM_MEASURED, Measured("smoke", {"Smoke/Detected": True}), Faulted("dead", "no answer"))
        assert set(peer.functions) == {2, 3}
        assert master.session.counters.crc_errors == 0


def test_modbus_temperature_reads_a_pymodbus_server_on_a_serial_line() -> None:
    with (
        serial_server(ROOM, device(2, input_registers=registers(1, 45, 450))) as (_, path),
        Master(
            "modbus_temperature",
            f"serial://{path}",
            settings("room", 1, model="rs_ws_n01"),
            settings("fridge", 2, model="xy_md02"),
        ) as master,
    ):
        master.until(ROOM_MEASURED, Measured("fridge", {"Air/Temperature": 4.5, "Air/Humidity": 45.0}))


def test_our_master_switches_a_lamp_of_a_pymodbus_server_and_reads_it_back() -> None:
    relay = device(2, coils=bits(0, *[False] * 8), inputs=bits(0, *[False] * 8))
    with (
        serial_server(relay) as (peer, path),
        Master("corridor_lamp_modbus", f"serial://{path}", settings("lamp", 2)) as master,
    ):
        master.until(Measured("lamp", {"Lamp/On": False}))
        for action, is_on in (("on", True), ("off", False)):
            master.do(master.session.act("lamp", action, {}, time.monotonic()))  # type: ignore[attr-defined]
            master.until(Measured("lamp", {"Lamp/On": is_on}))
        assert set(peer.functions) == {1, 2, 5}
        assert not any(isinstance(output, Occurred | Faulted) for output in master.heard)


def test_a_pymodbus_server_sees_nothing_but_reads_of_a_cremator() -> None:
    table = registers(0, 3, 820, 905, 0xFFDD, 84, 315, 62, 0, 1, 2, 0, 1830, 168)
    with (
        tcp_server(device(1, holding=table, coils=bits(0, *[False] * 8))) as peer,
        Master("cremator_sim_crem_1", f"tcp://127.0.0.1:{peer.port}", settings("c1", 1, poll_s=0.5)) as master,
    ):
        master.until(Occurred("c1", "cremation_started", {"batch": 65538}))
        master.until(master.heard[-1])
        master.until(master.heard[-1])
        assert len(peer.functions) >= 3
        assert set(peer.functions) == {3}


# our simulated devices


@contextlib.contextmanager
def simulated_on_tcp(model: DeviceModel) -> Iterator[ModbusTcpClient]:
    with socket.create_server(("127.0.0.1", 0)) as listening:
        client = ModbusTcpClient("127.0.0.1", port=listening.getsockname()[1], timeout=2, retries=0)
        assert client.connect()
        connection, _ = listening.accept()
    with connection:
        connection.settimeout(0.01)

        def step() -> None:
            with contextlib.suppress(TimeoutError):
                if data := connection.recv(4096):
                    connection.sendall(model.receive(data, time.monotonic()))
            model.step(time.monotonic())

        with running(step), contextlib.closing(client):
            yield client


@contextlib.contextmanager
def simulated_on_a_serial_line(model: DeviceModel) -> Iterator[ModbusSerialClient]:
    with PseudoTerminal() as terminal:

        def step() -> None:
            if data := terminal.read(0.01):
                terminal.write(model.receive(data, time.monotonic()))
            model.step(time.monotonic())

        with running(step):
            client = ModbusSerialClient(str(terminal.path), baudrate=9600, timeout=1, retries=0)
            assert client.connect()
            with contextlib.closing(client):
                yield client


def units() -> dict[int, Unit]:
    return {
        1: Unit("rs_ws_n01", {"humidity": 65.8, "temperature": -10.1}),
        2: Unit("contacts", contacts=dict.fromkeys(range(8), "fire")),
        0x61: Unit("scd30", {"co2": 612.5, "temperature": 27.25, "humidity": 48.5}),
    }


def ask_units(client: ModbusTcpClient | ModbusSerialClient) -> None:
    read = client.read_holding_registers(0, count=2, device_id=1)
    assert [client.convert_from_registers([word], client.DATATYPE.INT16) for word in read.registers] == [658, -101]
    floats = client.read_holding_registers(40, count=6, device_id=0x61).registers
    assert client.convert_from_registers(floats, FLOAT32) == [612.5, 27.25, 48.5]
    assert client.read_discrete_inputs(0, count=8, device_id=2).bits == [False, False, False, True] + [False] * 4
    assert client.read_holding_registers(9, count=1, device_id=1).exception_code == 2
    assert client.write_coil(0, True, device_id=2).exception_code == 1
    assert client.write_registers(0, [1, 2, 3], device_id=1).exception_code == 1


def test_a_pymodbus_client_reads_our_simulated_gateway() -> None:
    gateway = ModbusTcpGateway(units(), Random(1))
    gateway.close_contact("2/3")
    with simulated_on_tcp(gateway) as client:
        ask_units(client)
        assert client.read_holding_registers(0, count=1, device_id=9).exception_code == 11
    assert gateway.take_reports() == [Report("2/3", "fire")]


def test_a_pymodbus_client_reads_our_simulated_line() -> None:
    line = ModbusRtuLine(units(), Random(1))
    line.close_contact("2/3")
    with simulated_on_a_serial_line(line) as client:
        ask_units(client)
        with pytest.raises(ModbusException):
            client.read_holding_registers(0, count=1, device_id=9)
    assert line.take_reports() == [Report("2/3", "fire")]


def test_a_pymodbus_client_switches_our_simulated_lamp() -> None:
    line = CorridorLampLine([2])
    with simulated_on_a_serial_line(line) as client:
        assert not client.write_coil(0, True, device_id=2).isError()
        assert client.read_coils(0, count=1, device_id=2).bits[0] is True
        assert line.is_on(2)
        line.press(2, 5, held_s=60)
        assert client.read_discrete_inputs(0, count=8, device_id=2).bits[5] is True
    assert line.take_reports() == [Report("2", "lamp_on"), Report("2", "panel_pressed")]


def test_a_pymodbus_client_cannot_move_our_simulated_cremator() -> None:
    cremator = Cremator(Random(1))
    with simulated_on_tcp(cremator) as client:
        for refused in (
            client.write_register(0, MAIN_BURN, device_id=1),
            client.write_registers(0, [MAIN_BURN], device_id=1),
            client.write_coil(0, True, device_id=1),
            client.write_coils(0, [True], device_id=1),
        ):
            assert refused.exception_code == 1
        table = client.read_holding_registers(0, count=13, device_id=1).registers
        assert table[0] == 0
