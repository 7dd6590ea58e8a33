"""Four facilities of the simulated city: what stands where, and the edge's facility file for each."""

import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from random import Random

from simulators.devices import DeviceModel
from simulators.devices.call_button_ev1527 import CALL_KEY, CANCEL_KEY, CallButtonBridge
from simulators.devices.id_card_reader import IdCardReader
from simulators.devices.modbus_temperature import ModbusTemperatureLine, Unit
from simulators.devices.radar_r60abd1 import R60abd1Radar

BARE_KEY = re.compile(r"[A-Za-z0-9_-]+")

Option = bool | int | float | str
COLD_C = {"Air/Temperature": (2.0, 8.0)}
HALL_C = {"Air/Temperature": (16.0, 30.0)}


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
    """One serial port. `name` ends the name of its link, after `tty`."""

    name: str
    driver: str
    devices: tuple[Device, ...]
    build: Callable[[Random], DeviceModel]


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


def _reader(name: str, device_id: str, location: str) -> Port:
    return Port(name, "id_card_reader", (Device(device_id, location),), lambda _rng: IdCardReader())


def _bed(name: str, device_id: str, location: str) -> Port:
    device = Device(device_id, location, life_safety=True)
    return Port(name, "radar_r60abd1", (device,), lambda rng: R60abd1Radar("bed", rng))


def _bathroom(name: str, device_id: str, location: str) -> Port:
    device = Device(device_id, location, life_safety=True)
    return Port(name, "radar_r60abd1", (device,), lambda rng: R60abd1Radar("fall", rng))


def _buttons(name: str, *buttons: tuple[str, str, str]) -> Port:
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
class _Sensor:
    device_id: str
    location: str
    unit: int
    model: str
    limits: Mapping[str, tuple[float, float]]
    temperature: float
    humidity: float


def _temperature_line(name: str, *sensors: _Sensor) -> Port:
    devices = tuple(
        Device(
            sensor.device_id,
            sensor.location,
            options={"unit": sensor.unit, "model": sensor.model, "poll_s": 1.0},
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


MARRIAGE_OFFICE = Facility(
    "330802-marriage-01",
    "marriage_office",
    "柯城区婚姻登记处(模拟)",
    "Kecheng Marriage Registration Office (simulated)",
    (
        _reader("MARRIAGE-KIOSK-1", "kiosk-1-reader", "大厅1号自助机"),
        _temperature_line("MARRIAGE-HALL", _Sensor("hall-temperature", "登记大厅", 1, "rs_ws_n01", HALL_C, 22.5, 55.0)),
    ),
)

CARE_HOME = Facility(
    "330803-care-01",
    "care_home",
    "衢江区样例养老院(模拟)",
    "Qujiang Sample Care Home (simulated)",
    (
        _bed("CARE-BED-101-1", "bed-101-1", "101室1床"),
        _bed("CARE-BED-101-2", "bed-101-2", "101室2床"),
        _bed("CARE-BED-102-1", "bed-102-1", "102室1床"),
        _bed("CARE-BED-102-2", "bed-102-2", "102室2床"),
        _bathroom("CARE-FALL-101", "fall-101", "101室卫生间"),
        _bathroom("CARE-FALL-102", "fall-102", "102室卫生间"),
        _buttons(
            "CARE-CALL",
            ("call-101-1", "101室1床床头", "1A2B3"),
            ("call-101-2", "101室2床床头", "1A2C4"),
            ("call-102-1", "102室1床床头", "5D0E7"),
            ("call-102-2", "102室2床床头", "9F318"),
        ),
        _temperature_line("CARE-FRIDGE", _Sensor("fridge-1", "药房药品冰箱", 1, "xy_md02", COLD_C, 4.5, 45.0)),
    ),
)

FUNERAL_HOME = Facility(
    "330800-funeral-01",
    "funeral_home",
    "衢州市样例殡仪馆(模拟)",
    "Quzhou Sample Funeral Home (simulated)",
    (
        _temperature_line(
            "FUNERAL-COLD",
            _Sensor("cold-1", "冷藏间1号柜", 17, "rs_ws_n01", COLD_C, 3.6, 71.2),
            _Sensor("cold-2", "冷藏间2号柜", 18, "rs_ws_n01", COLD_C, 4.1, 70.4),
        ),
        _reader("FUNERAL-RECEPTION", "reception-reader", "业务大厅接待台"),
    ),
)

RELIEF_STATION = Facility(
    "330802-relief-01",
    "relief_station",
    "衢州市救助管理站(模拟)",
    "Quzhou Relief Station (simulated)",
    (
        _reader("RELIEF-INTAKE", "intake-reader", "接待室"),
        _buttons("RELIEF-GATE", ("gate-help", "大门口求助按钮", "C4A96")),
        _bed("RELIEF-BED-201-1", "bed-201-1", "201室1床"),
        _bed("RELIEF-BED-201-2", "bed-201-2", "201室2床"),
    ),
)

FACILITIES = (MARRIAGE_OFFICE, CARE_HOME, FUNERAL_HOME, RELIEF_STATION)


def write_profile(
    facility: Facility,
    directory: Path,
    links: Mapping[str, str],
    *,
    broker: str = "mqtt://127.0.0.1:1883",
    store: Path | None = None,
    rules: Mapping[str, object] | None = None,
) -> Path:
    """Write `directory`/<facility id>.toml. `links` has the link of each port by the port's name."""
    about = ("id", "area", "kind", "name_zh", "name_en")
    lines = ["[facility]", *(f"{key} = {_toml(getattr(facility, key))}" for key in about)]
    lines += ["simulated = true", "", "[store]", f"directory = {_toml(str(store or directory / facility.id))}"]
    lines += ["", "[uplink]", f"broker = {_toml(broker)}"]
    if rules:
        lines += ["", "[rules]", *(f"{key} = {_toml(value)}" for key, value in rules.items())]
    for port in facility.ports:
        lines += ["", "[[port]]", f"link = {_toml(links[port.name])}", f"driver = {_toml(port.driver)}"]
        for device in port.devices:
            lines += _device_lines(device)
    directory.mkdir(parents=True, exist_ok=True)
    path = directory / f"{facility.id}.toml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")
    return path


def _device_lines(device: Device) -> list[str]:
    return [
        "[[port.device]]",
        f"id = {_toml(device.id)}",
        f"location = {_toml(device.location)}",
        f"life_safety = {_toml(device.life_safety)}",
        f"options = {_inline_table(device.options)}",
        f"limits = {_inline_table({name: list(limits) for name, limits in device.limits.items()})}",
    ]


def _inline_table(values: Mapping[str, object]) -> str:
    inside = ", ".join(f"{_key(key)} = {_toml(value)}" for key, value in values.items())
    return f"{{ {inside} }}" if inside else "{ }"


def _key(key: str) -> str:
    return key if BARE_KEY.fullmatch(key) else _toml(key)


def _toml(value: object) -> str:
    """A JSON string, number, boolean or list is a TOML one too, but for DEL, which JSON leaves bare."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
