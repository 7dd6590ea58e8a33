"""The units of `modbus_rtu` behind a Modbus TCP gateway; a unit without power is answered for with exception 11."""

from collections.abc import Mapping
from random import Random

from simulators.devices.modbus_rtu import ModbusUnits, Unit
from simulators.modbus import TcpWire


class ModbusTcpGateway(ModbusUnits):
    def __init__(self, units: Mapping[int, Unit], rng: Random) -> None:
        super().__init__(units, rng, TcpWire())
