"""`serial:///dev/...`: a serial line with the settings of its driver."""

import termios

import serial

from firmware_bridge.links.descriptor import DescriptorLink
from firmware_bridge.links.link import BadLink, Link, LinkUnavailable
from firmware_bridge.session import Line

EXAMPLE = "serial:///dev/ttyUSB0"


def check(place: str) -> None:
    if not place.startswith("/"):
        raise BadLink("a serial port is a path")


def open_link(place: str, line: Line) -> Link:
    """What the port received before it was opened is stale, and is thrown away (pyserial does)."""
    try:
        port = serial.Serial(place, line.baud, parity=line.parity, stopbits=line.stop_bits, exclusive=True)
    except (OSError, ValueError, termios.error) as error:
        raise LinkUnavailable(
            f"Cannot open {place}: {error}. Check that the device is plugged in, that this user may use it "
            "(group dialout), and that no other program has it open"
        ) from error
    return DescriptorLink(place, port)
