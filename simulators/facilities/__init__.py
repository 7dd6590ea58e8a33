"""The facilities that exist only in software: one file for each says what stands where."""

from simulators.facilities.care_home import CARE_HOME
from simulators.facilities.facility import Device, Facility, Port
from simulators.facilities.facility_file import write_profile
from simulators.facilities.fair import DEVICE_FAIR
from simulators.facilities.funeral_home import FUNERAL_HOME
from simulators.facilities.large_home import LARGE_HOME
from simulators.facilities.marriage_office import MARRIAGE_OFFICE
from simulators.facilities.relief_station import RELIEF_STATION

__all__ = ["ALL", "CARE_HOME", "DEVICE_FAIR", "FACILITIES", "FUNERAL_HOME", "LARGE_HOME", "MARRIAGE_OFFICE",
           "RELIEF_STATION", "Device", "Facility", "Port", "write_profile"]  # fmt: skip

FACILITIES = (MARRIAGE_OFFICE, CARE_HOME, FUNERAL_HOME, RELIEF_STATION)  # the city of the demo
ALL = (*FACILITIES, DEVICE_FAIR, LARGE_HOME)
