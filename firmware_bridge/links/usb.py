"""`usb://serial=FT12345`: a USB serial port by what it says about itself, or by the socket it is in.

The kernel numbers ttyUSB0, ttyUSB1 … in the order of discovery, so the node is looked up in sysfs at every opening:
`/sys/class/tty/<name>/device` leads to the interface (`1-1.4:1.0`, which is bus, chain of sockets, configuration and
interface), and its parent, the USB device, has `idVendor`, `idProduct`, `serial` and `product`
(Linux, Documentation/ABI/stable/sysfs-bus-usb).
"""

import logging
import re
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

from firmware_bridge.links import serial_line
from firmware_bridge.links.link import BadLink, Link, LinkUnavailable
from firmware_bridge.session import Line

log = logging.getLogger(__name__)

EXAMPLE = "usb://serial=FT12345"
_ROOT = Path("/")
_HEX = re.compile(r"[0-9A-Fa-f]{4}")
_SOCKET = re.compile(r"\d+-\d+(?:\.\d+)*(?::\d+\.\d+)?")
_RULES = {
    "vid": (_HEX, "four hexadecimal digits, such as vid=0403"),
    "pid": (_HEX, "four hexadecimal digits, such as pid=6001"),
    "serial": (re.compile(r".+"), "the serial number, such as serial=FT12345"),
    "path": (_SOCKET, "the socket, such as path=1-1.4 or path=1-1.4:1.0"),
}

_told: set[tuple[str, str]] = set()  # (address, path): units in other sockets than written, said once


class UsbPort(NamedTuple):
    """`path`: socket and interface. `serial` and `product` are "" where the adapter states none."""

    node: str
    vid_pid: str
    serial: str
    path: str
    product: str

    @property
    def socket(self) -> str:
        return self.path.partition(":")[0]

    @property
    def interface(self) -> str:
        return self.path.partition(":")[2]

    def __str__(self) -> str:
        about = f"{self.serial or 'no serial number'} ({self.vid_pid}, {self.path}, {self.node})"
        return f"{about} {self.product}".rstrip()


def check(place: str) -> None:
    _wanted(place)


def open_link(place: str, line: Line, root: Path = _ROOT) -> Link:
    """`root`: where sys/ and dev/ are."""
    return serial_line.open_link(find(place, root).node, line)


def find(place: str, root: Path = _ROOT) -> UsbPort:
    """The one port that is meant. Raises LinkUnavailable with what is plugged in instead, and BadLink."""
    wanted, ports = _wanted(place), list_usb_ports(root)
    path = wanted.pop("path", "")
    alike = [port for port in ports if all(_says(port, key, value) for key, value in wanted.items())]
    found = [port for port in alike if path in ("", port.path, port.socket)]
    if not found and "serial" in wanted:
        found = _moved(alike, path)
        for port in found:
            _tell_once(place, port)
    if len(found) == 1:
        return found[0]
    what = f"{len(found)} USB serial ports are" if found else "No USB serial port is"
    advice = "add the path of the one that is meant" if found else "check the plug, or write what is plugged in"
    seen = "; ".join(map(str, found or ports)) or "nothing"
    raise LinkUnavailable(f"{what} {place}; {advice}. Plugged in: {seen}")


def list_usb_ports(root: Path = _ROOT) -> list[UsbPort]:
    """By path. An adapter that is being pulled out may be missing."""
    found = (_describe(tty, root) for tty in (root / "sys/class/tty").glob("*/device"))
    return sorted((port for port in found if port), key=lambda port: _numbers(port.path))


def _wanted(place: str) -> dict[str, str]:
    wanted: dict[str, str] = {}
    for part in place.split(","):
        key, equals, value = part.partition("=")
        if not equals or key not in _RULES or key in wanted:
            raise BadLink(f"{part!r} is not one of serial=…, path=…, vid=…, pid=…, each at most once, between commas")
        pattern, instead = _RULES[key]
        if not pattern.fullmatch(value):
            raise BadLink(f"{part!r} is not {instead}")
        wanted[key] = value
    return wanted


def _says(port: UsbPort, key: str, value: str) -> bool:
    vid, _, pid = port.vid_pid.partition(":")
    stated: Mapping[str, str] = {"vid": vid, "pid": pid, "serial": port.serial}
    return stated[key].lower() == value.lower() if key in ("vid", "pid") else stated[key] == value


def _moved(alike: Sequence[UsbPort], path: str) -> list[UsbPort]:
    """The unit is in another socket; of several ports on it the same one is meant."""
    interface = path.partition(":")[2]
    return [port for port in alike if port.interface == interface] if interface and len(alike) > 1 else list(alike)


def _tell_once(place: str, port: UsbPort) -> None:
    if (place, port.path) not in _told:
        _told.add((place, port.path))
        log.warning("usb://%s: the unit is in socket %s now; write path=%s", place, port.path, port.path)


def _describe(tty: Path, root: Path) -> UsbPort | None:
    inner = tty.resolve()
    interface = next((folder for folder in (inner, *inner.parents) if _SOCKET.fullmatch(folder.name)), None)
    if interface is None:
        return None  # a serial line of the board, a virtual console
    device = interface.parent if ":" in interface.name else interface
    vid, pid = _read(device / "idVendor"), _read(device / "idProduct")
    if not (vid and pid):
        return None
    node = str(root / "dev" / tty.parent.name)
    return UsbPort(node, f"{vid}:{pid}", _read(device / "serial"), interface.name, _read(device / "product"))


def _read(file: Path) -> str:
    try:
        return file.read_text("utf-8", "replace").strip()
    except OSError:
        return ""


def _numbers(path: str) -> list[int]:
    return [int(number) for number in re.findall(r"\d+", path)]
