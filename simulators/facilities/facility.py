"""What a simulated facility is: its ports, the devices on them, and how to build their models."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from random import Random

from simulators.devices import DeviceModel

Option = bool | int | float | str


@dataclass(frozen=True, slots=True)
class Device:
    """`key` is what the port's model calls the device: a Modbus unit, a button's code; None where it has only one."""

    id: str
    location: str
    life_safety: bool = False
    options: Mapping[str, Option] = field(default_factory=dict)
    limits: Mapping[str, tuple[float, float]] = field(default_factory=dict)
    key: int | str | None = None


@dataclass(frozen=True, slots=True)
class Port:
    """One port. `name` ends the name of its link, after `tty`; `wire` is one of `simulators/wires/`."""

    name: str
    driver: str
    devices: tuple[Device, ...]
    build: Callable[[Random], DeviceModel]
    wire: str = "serial"


@dataclass(frozen=True, slots=True)
class Facility:
    id: str
    kind: str
    name_zh: str
    name_en: str
    ports: tuple[Port, ...]

    @property
    def area(self) -> str:
        return self.id[:6]

    @property
    def devices(self) -> tuple[Device, ...]:
        return tuple(device for port in self.ports for device in port.devices)
