"""One file per simulated device, named like its driver. A model knows no wire and no clock: time is an argument."""

from typing import Any, NamedTuple, Protocol


class Report(NamedTuple):
    """What the bytes just returned told the host: the ground truth of the simulation.

    `key` names the device on a port that has several: the Modbus unit or the button's code, "" where there is one.
    """

    key: str
    what: str


def within(what: str, value: float, low: float, high: float) -> None:
    """Raises ValueError when no such device could be told, or tell, this value."""
    if not low <= value <= high:
        raise ValueError(f"{what} is {value}; write {low} to {high}")


class DeviceModel(Protocol):
    def step(self, now: float) -> bytes:
        """The bytes the device sends of its own accord."""

    def receive(self, data: bytes, now: float) -> bytes:
        """The device's answers to what the host sent, however the host's bytes were cut."""

    def take_reports(self) -> list[Report]:
        """What the last `step` or `receive` told the host for the first time."""


class FaultyModel(DeviceModel, Protocol):
    """A model that can have faults of its own: those of `firmware_bridge.faults.DEVICE_FAULTS` named in `FAULTS`."""

    FAULTS: frozenset[str]

    def set_fault(self, *about: Any) -> None:
        """`set_fault(name, parameters)` begins it, (name, None) ends it.

        Where each device on the port has it for itself, the device's key comes first: three arguments.
        """
