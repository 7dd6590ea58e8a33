"""A funeral home: its cold store and its reception."""

from simulators.facilities.facility import Facility
from simulators.facilities.ports import COLD_C, Sensor, card_reader, temperature_line

FUNERAL_HOME = Facility(
    "330800-funeral-01",
    "funeral_home",
    "衢州市样例殡仪馆(模拟)",
    "Quzhou Sample Funeral Home (simulated)",
    (
        temperature_line(
            "FUNERAL-COLD",
            Sensor("cold-1", "冷藏间1号柜", 17, "rs_ws_n01", COLD_C, 3.6, 71.2),
            Sensor("cold-2", "冷藏间2号柜", 18, "rs_ws_n01", COLD_C, 4.1, 70.4),
        ),
        card_reader("FUNERAL-RECEPTION", "reception-reader", "业务大厅接待台"),
    ),
)
