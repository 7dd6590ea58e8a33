"""`serial:///dev/...`: a serial line with the settings of its driver."""

import termios
from pathlib import Path

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
        parity = serial.PARITY_NONE if _is_pseudo_terminal(place) else line.parity
        port = serial.Serial(place, line.baud, parity=parity, stopbits=line.stop_bits, exclusive=True)
    except (OSError, ValueError, termios.error) as error:
        raise LinkUnavailable(
            f"Cannot open {place}: {error}. Check that the device is plugged in, that this user may use it "
            "(group dialout), and that no other program has it open"
        ) from error
    return DescriptorLink(place, port)


def _is_pseudo_terminal(place: str) -> bool:
    """It has no parity: the kernel drops the setting, and the C library calls a change that changes nothing an error,
    which is what opening it for the second time is.
    """
    return Path(place).resolve().is_relative_to("/dev/pts")
