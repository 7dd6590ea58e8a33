"""A relief station: its intake, its gate and a room."""

from simulators.facilities.facility import Facility
from simulators.facilities.ports import bed, buttons, card_reader

RELIEF_STATION = Facility(
    "330802-relief-01",
    "relief_station",
    "衢州市救助管理站(模拟)",
    "Quzhou Relief Station (simulated)",
    (
        card_reader("RELIEF-INTAKE", "intake-reader", "接待室"),
        buttons("RELIEF-GATE", ("gate-help", "大门口求助按钮", "C4A96")),
        bed("RELIEF-BED-201-1", "bed-201-1", "201室1床"),
        bed("RELIEF-BED-201-2", "bed-201-2", "201室2床"),
    ),
)
