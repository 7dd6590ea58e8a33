"""Finds a device driver by the name the facility file uses, and loads only that one.

Built-in drivers are the modules of `firmware_bridge/devices/`; other packages add theirs as entry points of the group
`onetrip.devices` (name = "package.module:DRIVER").
"""

import importlib
import pkgutil
from importlib.metadata import EntryPoint, entry_points

from firmware_bridge import devices
from firmware_bridge.session import Driver

GROUP = "onetrip.devices"


class UnknownDriver(ValueError):
    """No driver has this name; the text lists those there are."""


def known() -> list[str]:
    """Every driver's name, sorted; loads none of them."""
    return sorted(_built_in() | {point.name for point in entry_points(group=GROUP)})


def find(name: str) -> Driver:
    if name in _built_in():  # a listed name, never a path
        driver = importlib.import_module(f"{devices.__name__}.{name}").DRIVER
    else:
        driver = _added(name).load()
    if not isinstance(driver, Driver) or driver.name != name:
        raise UnknownDriver(f"What is registered as device driver '{name}' is not a Driver of that name: {driver!r}")
    return driver


def _built_in() -> set[str]:
    return {module.name for module in pkgutil.iter_modules(devices.__path__)}


def _added(name: str) -> EntryPoint:
    points = list(entry_points(group=GROUP, name=name))
    if not points:
        raise _unknown(name)
    if len(points) > 1:
        values = ", ".join(sorted(point.value for point in points))
        raise UnknownDriver(f"Two packages register a device driver '{name}' ({values}); uninstall one")
    return points[0]


def _unknown(name: str) -> UnknownDriver:
    return UnknownDriver(f"There is no device driver {name!r}; known drivers: {', '.join(known())}")
