"""The ports that several facilities have: readers, radars, call buttons, temperature lines."""

from collections.abc import Mapping
from dataclasses import dataclass
from random import Random

from simulators.devices import DeviceModel
from simulators.devices.call_button_ev1527 import CALL_KEY, CANCEL_KEY, CallButtonBridge
from simulators.devices.id_card_reader import IdCardReader
from simulators.devices.modbus_temperature import ModbusTemperatureLine, Unit
from simulators.devices.radar_r60abd1 import R60abd1Radar
from simulators.facilities.facility import Device, Port

COLD_C = {"Air/Temperature": (2.0, 8.0)}
HALL_C = {"Air/Temperature": (16.0, 30.0)}


def card_reader(name: str, device_id: str, location: str) -> Port:
    return Port(name, "id_card_reader", (Device(device_id, location),), lambda _rng: IdCardReader())


def bed(name: str, device_id: str, location: str) -> Port:
    device = Device(device_id, location, life_safety=True)
    return Port(name, "radar_r60abd1", (device,), lambda rng: R60abd1Radar("bed", rng))


def bathroom(name: str, device_id: str, location: str) -> Port:
    device = Device(device_id, location, life_safety=True)
    return Port(name, "radar_r60abd1", (device,), lambda rng: R60abd1Radar("fall", rng))


def buttons(name: str, *buttons: tuple[str, str, str]) -> Port:
    """Buttons as (device id, location, code)."""
    devices = tuple(
        Device(
            device_id,
            location,
            life_safety=True,
            options={"code": code, "call_key": CALL_KEY, "cancel_key": CANCEL_KEY},
            key=code,
        )
        for device_id, location, code in buttons
    )
    codes = [code for _, _, code in buttons]
    return Port(name, "call_button_ev1527", devices, lambda _rng: CallButtonBridge(codes))


@dataclass(frozen=True, slots=True)
class Sensor:
    device_id: str
    location: str
    unit: int
    model: str
    limits: Mapping[str, tuple[float, float]]
    temperature: float
    humidity: float


def temperature_line(name: str, *sensors: Sensor, poll_s: float = 1.0) -> Port:
    devices = tuple(
        Device(
            sensor.device_id,
            sensor.location,
            options={"unit": sensor.unit, "model": sensor.model, "poll_s": poll_s},
            limits=sensor.limits,
            key=sensor.unit,
        )
        for sensor in sensors
    )

    def build(rng: Random) -> DeviceModel:
        units = {
            sensor.unit: Unit(sensor.model, sensor.temperature, humidity=sensor.humidity, wobble=0.2)
            for sensor in sensors
        }
        return ModbusTemperatureLine(units, rng)

    return Port(name, "modbus_temperature", devices, build)
