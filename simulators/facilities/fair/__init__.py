"""The device fair: a simulated device for every driver, for technicians to try things on. One file for each stand."""

from simulators.facilities.facility import Facility
from simulators.facilities.fair import doors, health, office, plant

DEVICE_FAIR = Facility(
    "330800-bench-01",
    "relief_station",
    "设备试验台(模拟)",
    "Device Fair (simulated)",
    (*office.PORTS, *health.PORTS, *doors.PORTS, *plant.PORTS),
)
