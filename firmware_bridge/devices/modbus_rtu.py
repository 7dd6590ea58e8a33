"""Sensors, meters and contacts on Modbus RTU; several units share one RS-485 line, and we are the master.

Source: Modbus over Serial Line 1.02, Modbus Application Protocol 1.1b3; the devices' profiles name theirs.

    master -> unit  unit | function | first (2) | count (2)  | CRC (2)
    unit -> master  unit | function | bytes     | data       | CRC (2)
                    unit | function | 0x80      | exception  | CRC (2)

The engine is in `firmware_bridge/modbus/`; it only reads.
"""

from firmware_bridge.modbus.explain import explain_rtu
from firmware_bridge.modbus.frames import RTU
from firmware_bridge.modbus.line import SILENCE_S
from firmware_bridge.modbus.sensors import METRICS, PROVEN_BY, sensors
from firmware_bridge.session import Driver, Line

DRIVER = Driver(
    name="modbus_rtu",
    zh="Modbus RTU 传感器",
    en="Modbus RTU sensor",
    line=Line(9600),
    metrics=METRICS,
    silence_s=SILENCE_S,
    life_safety=False,
    session=sensors(RTU),
    proven_by=PROVEN_BY,
    explain=explain_rtu,
)
