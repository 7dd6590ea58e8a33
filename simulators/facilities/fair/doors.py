"""Doors, readers, tags and position."""

from simulators.devices.face_terminal_isapi import FaceTerminal
from simulators.devices.face_terminal_zkteco import PushTerminal
from simulators.devices.gnss_nmea import GnssReceiver
from simulators.devices.reader_osdp import OsdpReaders
from simulators.devices.tag_reader_uhf import UhfReader
from simulators.devices.wiegand_bridge import WiegandBridge
from simulators.facilities.facility import Device, Port
from simulators.facilities.fair.stand import PLACE, SHANGHAI, ClockFault, clock_zero, local_clock_zero, one


class Isapi(ClockFault, FaceTerminal):
    pass


class ZkTeco(ClockFault, PushTerminal):
    pass


class Gnss(ClockFault, GnssReceiver):
    pass


PORTS = (
    one(
        "face-isapi",
        "face_terminal_isapi",
        lambda rng: Isapi(rng, began=clock_zero().astimezone(SHANGHAI)),
        wire="listen",
    ),
    one("face-zkteco", "face_terminal_zkteco", lambda rng: ZkTeco(rng, began=local_clock_zero()), wire="listen"),
    one("wiegand", "wiegand_bridge", lambda _rng: WiegandBridge()),
    Port(
        "FAIR-OSDP",
        "reader_osdp",
        tuple(Device(f"osdp-{address}", PLACE, options={"address": address}, key=address) for address in (0, 1)),
        lambda _rng: OsdpReaders((0, 1)),
    ),
    one(
        "tag-reader",
        "tag_reader_uhf",
        lambda rng: UhfReader(rng, began_ms=int(clock_zero().timestamp() * 1000)),
        wire="tcp",
    ),
    one("gnss", "gnss_nmea", lambda rng: Gnss(rng, began=clock_zero())),
)
