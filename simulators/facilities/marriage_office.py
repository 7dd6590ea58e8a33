"""A district's marriage registration office."""

from simulators.facilities.facility import Facility
from simulators.facilities.ports import HALL_C, Sensor, card_reader, temperature_line

MARRIAGE_OFFICE = Facility(
    "330802-marriage-01",
    "marriage_office",
    "柯城区婚姻登记处(模拟)",
    "Kecheng Marriage Registration Office (simulated)",
    (
        card_reader("MARRIAGE-KIOSK-1", "kiosk-1-reader", "大厅1号自助机"),
        temperature_line("MARRIAGE-HALL", Sensor("hall-temperature", "登记大厅", 1, "rs_ws_n01", HALL_C, 22.5, 55.0)),
    ),
)
