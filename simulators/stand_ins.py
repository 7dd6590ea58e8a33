"""A simulated device for any port of a facility file, made from its driver's name and its devices' options."""

from collections.abc import Callable, Mapping, Sequence
from random import Random

from simulators.devices import DeviceModel
from simulators.devices.call_button_ev1527 import CallButtonBridge
from simulators.devices.corridor_lamp_modbus import CorridorLampLine
from simulators.devices.modbus_temperature import MODELS, ModbusTemperatureLine, Unit
from simulators.devices.reader_osdp import OsdpReaders
from simulators.facilities import DEVICE_FAIR

Options = Mapping[str, bool | int | float | str]
Build = Callable[[Random], DeviceModel]


def stand_in(driver: str, devices: Sequence[Options]) -> Build | None:
    """None where there is none: a driver without a simulator, or options that ours cannot imitate."""
    match driver:
        case "call_button_ev1527":
            codes = [str(options["code"]) for options in devices]
            return lambda _rng: CallButtonBridge(codes)
        case "modbus_temperature" if all(options["model"] in MODELS for options in devices):
            units = {int(options["unit"]): Unit(str(options["model"])) for options in devices}
            return lambda rng: ModbusTemperatureLine(units, rng)
        case "corridor_lamp_modbus":
            numbers = [int(options["unit"]) for options in devices]
            return lambda _rng: CorridorLampLine(numbers)
        case "reader_osdp":
            addresses = tuple(int(options["address"]) for options in devices)
            return lambda _rng: OsdpReaders(addresses)
    return _from_the_fair(driver, devices)


def _from_the_fair(driver: str, devices: Sequence[Options]) -> Build | None:
    """The fair's device of this driver, where its address is the same or it has none."""
    for port in DEVICE_FAIR.ports:
        if port.driver == driver and port.wire in ("serial", "tcp", "listen", "hid"):
            known = [dict(device.options) for device in port.devices]
            if all(dict(options) in known for options in devices) or known == [{}]:
                return port.build
    return None
