"""Meters, sensors, lamps and furnaces."""

from random import Random

from simulators.devices import DeviceModel
from simulators.devices.corridor_lamp_modbus import CorridorLampLine
from simulators.devices.cremator_sim_crem_1 import Cremator
from simulators.devices.fire_panel_gb26875 import FirePanel
from simulators.devices.flue_gas_hj212 import FlueGasLogger
from simulators.devices.modbus_rtu import ModbusRtuLine, Unit
from simulators.devices.modbus_tcp import ModbusTcpGateway
from simulators.devices.sensor_node import SensorNode
from simulators.facilities.facility import Device, Port
from simulators.facilities.fair.stand import PLACE, local_clock_zero, one
from simulators.facilities.ports import COLD_C, Sensor, temperature_line

# RFC 8032, 7.1, test 1: everybody has the secret key too, to sign images for the simulated node with.
NODE_KEY = bytes.fromhex("d75a980182b10ab7d54bfed3c964073a0ee172f3daa62325af021a68f707511a")
_DETECTOR = "42-21000300"


def _rtu_line(rng: Random) -> DeviceModel:
    units = {
        1: Unit("scd30", {"co2": 640.0, "temperature": 22.5, "humidity": 48.0}, wobble={"co2": 15.0}),
        2: Unit("sdm230", {"voltage": 231.0, "current": 2.0, "power": 460.0, "energy": 1200.0}),
        5: Unit("contacts", contacts={0: "fire"}),
    }
    return ModbusRtuLine(units, rng)


def _gateway(rng: Random) -> DeviceModel:
    values = {"input_voltage": 229.0, "output_voltage": 230.0, "battery": 100.0, "load": 35.0, "runtime": 40.0}
    return ModbusTcpGateway({1: Unit("ups", values)}, rng)


PORTS = (
    temperature_line(
        "FAIR-TEMPERATURE",
        Sensor("temperature-1", PLACE, 1, "rs_ws_n01", COLD_C, 4.2, 60.0),
        Sensor("temperature-2", PLACE, 2, "xy_md02", COLD_C, 5.1, 55.0),
    ),
    Port(
        "FAIR-MODBUS-RTU",
        "modbus_rtu",
        (
            Device("co2", PLACE, options={"unit": 1, "model": "scd30"}, key=1),
            Device("meter", PLACE, options={"unit": 2, "model": "sdm230"}, key=2),
            Device("smoke", PLACE, True, {"unit": 5, "model": "smoke_contact", "input": 0}, key="5/0"),
        ),
        _rtu_line,
    ),
    one("ups", "modbus_tcp", _gateway, wire="tcp", options={"unit": 1, "model": "ups"}, key=1),
    Port(
        "FAIR-LAMPS",
        "corridor_lamp_modbus",
        tuple(Device(f"lamp-{unit}", PLACE, options={"unit": unit}, key=unit) for unit in (1, 2)),
        lambda _rng: CorridorLampLine((1, 2)),
    ),
    one("node", "sensor_node", lambda rng: SensorNode(NODE_KEY, rng)),
    Port(
        "FAIR-FIRE",
        "fire_panel_gb26875",
        (
            Device("fire-panel", PLACE, True, {"heartbeat_min": 5, "test_bit": True}),
            Device("smoke-behind-panel", PLACE, True, {"component": _DETECTOR}, key=_DETECTOR),
        ),
        lambda _rng: FirePanel({_DETECTOR: PLACE}, began=local_clock_zero()),
    ),
    one("flue-gas", "flue_gas_hj212", lambda rng: FlueGasLogger(rng, began=local_clock_zero()), wire="tcp"),
    one("cremator", "cremator_sim_crem_1", lambda rng: Cremator(rng), wire="tcp"),
)
