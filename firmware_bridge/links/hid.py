"""`hid:///dev/hidraw0`: the raw reports of a USB human-interface device, as the kernel hands them out."""

import os

from firmware_bridge.links.descriptor import DescriptorLink
from firmware_bridge.links.link import BadLink, Link, LinkUnavailable
from firmware_bridge.session import Line

EXAMPLE = "hid:///dev/hidraw0"


def check(place: str) -> None:
    if not place.startswith("/"):
        raise BadLink("a HID device is a path")


def open_link(place: str, line: Line) -> Link:  # noqa: ARG001 - USB has no line settings
    try:
        device = _Device(os.open(place, os.O_RDWR | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY))
    except OSError as error:
        raise LinkUnavailable(
            f"Cannot open {place}: {error}. Check that the device is plugged in and that a udev rule lets this user in"
        ) from error
    return DescriptorLink(place, device)


class _Device:
    def __init__(self, descriptor: int) -> None:
        self._descriptor = descriptor

    def fileno(self) -> int:
        return self._descriptor

    def close(self) -> None:
        descriptor, self._descriptor = self._descriptor, -1
        if descriptor >= 0:
            os.close(descriptor)
