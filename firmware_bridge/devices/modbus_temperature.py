"""Temperature and humidity sensors on Modbus RTU: `modbus_rtu` with only the two profiles a fridge or a room needs.

Source: Modbus over Serial Line 1.02 and Modbus Application Protocol 1.1b3; the models' manuals.

    master -> unit  unit | function | first register (2) | count (2)     | CRC (2)
    unit -> master  unit | function | bytes              | registers     | CRC (2)
                    unit | function | 0x80               | exception (1) | CRC (2)
"""

from firmware_bridge.modbus.explain import explain_rtu
from firmware_bridge.modbus.frames import RTU
from firmware_bridge.modbus.line import SILENCE_S
from firmware_bridge.modbus.profile import SHIPPED
from firmware_bridge.modbus.sensors import sensors
from firmware_bridge.session import Driver, Line

MODELS = {name: SHIPPED[name] for name in ("rs_ws_n01", "xy_md02")}

DRIVER = Driver(
    name="modbus_temperature",
    zh="温湿度传感器",
    en="Temperature and humidity sensor",
    line=Line(9600),
    metrics=("Air/Temperature", "Air/Humidity"),
    silence_s=SILENCE_S,
    life_safety=False,
    session=sensors(RTU, MODELS, ("unit", "model", "poll_s")),
    explain=explain_rtu,
)
