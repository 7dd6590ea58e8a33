"""Sensors, meters and contacts on Modbus TCP: one device, or several units behind a gateway.

Source: Modbus Messaging on TCP/IP 1.0b, Modbus Application Protocol 1.1b3; the devices' profiles name theirs.

    master -> unit  transaction (2) | 0000 | length (2) | unit | function | first (2) | count (2)
    unit -> master  transaction (2) | 0000 | length (2) | unit | function | bytes     | data
                    transaction (2) | 0000 | 0003       | unit | function | 0x80      | exception

The engine is in `firmware_bridge/modbus/`; it only reads.
"""

from firmware_bridge.modbus.explain import explain_tcp
from firmware_bridge.modbus.frames import TCP
from firmware_bridge.modbus.line import SILENCE_S
from firmware_bridge.modbus.sensors import METRICS, PROVEN_BY, sensors
from firmware_bridge.session import Driver, Line

DRIVER = Driver(
    name="modbus_tcp",
    zh="Modbus TCP 传感器",
    en="Modbus TCP sensor",
    line=Line(9600),  # TCP has no line settings
    metrics=METRICS,
    silence_s=SILENCE_S,
    life_safety=False,
    session=sensors(TCP),
    proven_by=PROVEN_BY,
    explain=explain_tcp,
)
