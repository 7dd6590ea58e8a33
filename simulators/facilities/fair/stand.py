"""What the stands have in common: a port with one device, and the right time for devices that have a clock."""

import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta, timezone
from random import Random

from simulators.devices import DeviceModel
from simulators.facilities.facility import Device, Option, Port

PLACE = "试验台"
SHANGHAI = timezone(timedelta(hours=8), "Asia/Shanghai")


class ClockFault:
    """For models that began at a time of their own: the fault sets their clock some days fast."""

    FAULTS = frozenset({"clock"})
    _began: datetime
    _fast = timedelta(0)

    def set_fault(self, name: str, parameters: Mapping[str, float] | None) -> None:
        assert name in self.FAULTS
        fast = timedelta(0) if parameters is None else timedelta(days=parameters["days"])
        self._began += fast - self._fast
        self._fast = fast


def one(
    name: str,
    driver: str,
    build: Callable[[Random], DeviceModel],
    *,
    wire: str = "serial",
    life_safety: bool = False,
    options: Mapping[str, Option] | None = None,
    key: int | str | None = None,
) -> Port:
    device = Device(name, PLACE, life_safety, options or {}, key=key)
    return Port(f"FAIR-{name.upper()}", driver, (device,), build, wire)


def clock_zero() -> datetime:
    """What time it was when the bench's clock stood at 0: a device that began there has the right time now."""
    return datetime.now(UTC) - timedelta(seconds=time.monotonic())


def local_clock_zero() -> datetime:
    """The same as a device's own clock shows it: local time, without saying so."""
    return clock_zero().astimezone(SHANGHAI).replace(tzinfo=None)
