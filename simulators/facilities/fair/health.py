"""Beds, falls, calls and vital signs."""

from simulators.devices.blood_pressure_2a35 import BloodPressureMonitor
from simulators.devices.blood_pressure_nibp import BloodPressureModule
from simulators.devices.lorawan_chirpstack import LorawanButtons
from simulators.devices.oximeter_cms50d import Oximeter
from simulators.devices.people_counter_ld2450 import PeopleCounter
from simulators.devices.radar_ld2410 import PresenceRadar
from simulators.facilities.facility import Device, Port
from simulators.facilities.fair.stand import PLACE, clock_zero, local_clock_zero, one
from simulators.facilities.ports import bathroom, bed, buttons

_DEV_EUIS = ("0000000000000a01", "0000000000000a02")
_RADIO = "mqtt:application/+/device/+/event/up"

PORTS = (
    bed("FAIR-RADAR-BED", "radar-bed", PLACE),
    bathroom("FAIR-RADAR-FALL", "radar-fall", PLACE),
    buttons("FAIR-CALL", ("call-1", PLACE, "1A2B3"), ("call-2", PLACE, "1A2C4")),
    one("presence-radar", "radar_ld2410", PresenceRadar),
    one("people-counter", "people_counter_ld2450", PeopleCounter, options={"line_mm": 2500}),
    one("oximeter", "oximeter_cms50d", Oximeter),
    one("blood-pressure", "blood_pressure_2a35", lambda rng: BloodPressureMonitor(rng, began=local_clock_zero())),
    one("nibp", "blood_pressure_nibp", BloodPressureModule),
    Port(
        "FAIR-LORA",
        "lorawan_chirpstack",
        tuple(
            Device(f"lora-{n}", PLACE, life_safety=True, options={"dev_eui": eui}, key=eui)
            for n, eui in enumerate(_DEV_EUIS, 1)
        ),
        lambda rng: LorawanButtons(_DEV_EUIS, rng, began=clock_zero()),
        _RADIO,
    ),
)
