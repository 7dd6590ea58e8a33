"""Two rooms with four beds of a care home."""

from simulators.facilities.facility import Facility
from simulators.facilities.ports import COLD_C, Sensor, bathroom, bed, buttons, temperature_line

CARE_HOME = Facility(
    "330803-care-01",
    "care_home",
    "衢江区样例养老院(模拟)",
    "Qujiang Sample Care Home (simulated)",
    (
        bed("CARE-BED-101-1", "bed-101-1", "101室1床"),
        bed("CARE-BED-101-2", "bed-101-2", "101室2床"),
        bed("CARE-BED-102-1", "bed-102-1", "102室1床"),
        bed("CARE-BED-102-2", "bed-102-2", "102室2床"),
        bathroom("CARE-FALL-101", "fall-101", "101室卫生间"),
        bathroom("CARE-FALL-102", "fall-102", "102室卫生间"),
        buttons(
            "CARE-CALL",
            ("call-101-1", "101室1床床头", "1A2B3"),
            ("call-101-2", "101室2床床头", "1A2C4"),
            ("call-102-1", "102室1床床头", "5D0E7"),
            ("call-102-2", "102室2床床头", "9F318"),
        ),
        temperature_line("CARE-FRIDGE", Sensor("fridge-1", "药房药品冰箱", 1, "xy_md02", COLD_C, 4.5, 45.0)),
    ),
)
