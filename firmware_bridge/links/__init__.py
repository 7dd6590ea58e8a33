"""Ports, the only I/O of this package. One file for each kind of address; `open_link` finds it by the scheme."""

import importlib
from collections.abc import Mapping
from types import ModuleType

from firmware_bridge.links.link import BadLink, Link, LinkLost, LinkUnavailable
from firmware_bridge.session import Line

__all__ = ["BadLink", "Link", "LinkLost", "LinkUnavailable", "check_link", "open_link", "without_password"]

# Each module has EXAMPLE, check(place) raising BadLink, and open_link(place, line) raising LinkUnavailable.
_SCHEMES: Mapping[str, str] = {
    "serial": "serial_line",
    "tcp": "tcp",
    "hid": "hid",
    "usb": "usb",
    "listen": "listen",
    "mqtt": "mqtt",
}


def open_link(url: str, line: Line) -> Link:
    """Open the port with the line settings of its driver. Raises BadLink, LinkUnavailable."""
    module, place = _find(url)
    _check(module, url, place)
    opened: Link = module.open_link(place, line)
    return opened


def without_password(url: str) -> str:
    """The address as it may be shown, logged and sent."""
    scheme, separator, place = url.partition("://")
    return f"{scheme}{separator}{place.rpartition('@')[2]}" if separator else url


def check_link(url: str) -> None:
    """Opens nothing. Raises BadLink with what to write instead."""
    module, place = _find(url)
    _check(module, url, place)


def _find(url: str) -> tuple[ModuleType, str]:
    scheme, separator, place = url.partition("://")
    if not separator or scheme not in _SCHEMES:
        examples = ", ".join(_load(name).EXAMPLE for name in _SCHEMES)
        raise BadLink(f"{url!r} is no port address; write one like: {examples}")
    return _load(scheme), place


def _load(scheme: str) -> ModuleType:
    return importlib.import_module(f"{__name__}.{_SCHEMES[scheme]}")


def _check(module: ModuleType, url: str, place: str) -> None:
    try:
        module.check(place)
    except BadLink as wrong:
        raise BadLink(f"{url!r} is no port address: {wrong}; write one like {module.EXAMPLE}") from None
