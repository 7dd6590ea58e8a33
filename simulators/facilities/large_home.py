"""A care home of 120 single rooms on four floors: 480 devices on one box.

Each room has a radar over the bed, one in the bathroom and a button at the bed; each floor 20 more buttons, on one
bridge with those of its rooms. One fire panel knows 23 smoke detectors, and one RS-485 line 16 fridges.
"""

from collections.abc import Iterator
from random import Random

from simulators.devices import DeviceModel
from simulators.devices.fire_panel_gb26875 import FirePanel
from simulators.facilities.facility import Device, Facility, Port
from simulators.facilities.ports import COLD_C, Sensor, bathroom, bed, buttons, temperature_line

FLOORS, ROOMS, HALL_BUTTONS, DETECTORS, FRIDGES = 4, 30, 20, 23, 16
_CODES_OF_FLOOR = 0x1000
_SMOKE = 42  # a point optical smoke detector
_POLL_S = 5.0


def _floor(floor: int) -> Iterator[Port]:
    rooms = [f"{floor}{number:02}" for number in range(1, ROOMS + 1)]
    for room in rooms:
        yield bed(f"HOME-BED-{room}", f"bed-{room}", f"{room}室床位")
        yield bathroom(f"HOME-FALL-{room}", f"fall-{room}", f"{room}室卫生间")
    places = [(f"call-{room}", f"{room}室床头") for room in rooms]
    places += [(f"hall-{floor}-{n}", f"{floor}楼走廊{n}号按钮") for n in range(1, HALL_BUTTONS + 1)]
    codes = (f"{floor * _CODES_OF_FLOOR + 7 * n:05X}" for n in range(1, len(places) + 1))
    yield buttons(f"HOME-CALL-{floor}", *((*place, code) for place, code in zip(places, codes, strict=False)))


def _fire_panel() -> Port:
    places = {f"{_SMOKE}-{n:08X}": f"{n}号烟感" for n in range(1, DETECTORS + 1)}
    panel = Device("fire-panel", "消防控制室", life_safety=True, options={"heartbeat_min": 1})
    detectors = (
        Device(f"smoke-{n}", place, life_safety=True, options={"component": key}, key=key)
        for n, (key, place) in enumerate(places.items(), 1)
    )

    def build(_rng: Random) -> DeviceModel:
        return FirePanel(places)

    return Port("HOME-FIRE", "fire_panel_gb26875", (panel, *detectors), build)


def _fridges() -> Port:
    fridges = (
        Sensor(f"fridge-{n}", f"{n}号冰箱", n, "xy_md02", COLD_C, 4.0 + 0.1 * n, 45.0) for n in range(1, FRIDGES + 1)
    )
    return temperature_line("HOME-FRIDGES", *fridges, poll_s=_POLL_S)


LARGE_HOME = Facility(
    "330803-care-120",
    "care_home",
    "衢江区120床样例养老院(模拟)",
    "Qujiang Sample Care Home of 120 Beds (simulated)",
    (*(port for floor in range(1, FLOORS + 1) for port in _floor(floor)), _fire_panel(), _fridges()),
)
