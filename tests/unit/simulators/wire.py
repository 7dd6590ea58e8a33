"""Ports of facilities with wires in memory, and a clock that stands still."""

from random import Random

from simulators.facilities import Facility
from simulators.port_simulator import PortSimulator


class Wire:
    def __init__(self, name: str = "wire") -> None:
        self.link = f"serial:///dev/{name}"
        self.from_host = b""
        self.to_host: list[bytes] = []
        self.plugged = False

    def fileno(self) -> int:
        return -1

    def read(self) -> bytes:
        taken, self.from_host = self.from_host, b""
        return taken

    def write(self, data: bytes) -> None:
        self.to_host.append(data)

    def plug(self) -> None:
        self.plugged = True

    def unplug(self) -> None:
        self.plugged = False


class Clock:
    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


def build(*facilities: Facility) -> tuple[list[PortSimulator], dict[str, Wire]]:
    wires = {port.name: Wire(port.name) for facility in facilities for port in facility.ports}
    ports = [
        PortSimulator(facility.id, port, port.build(Random(port.name)), wires[port.name])
        for facility in facilities
        for port in facility.ports
    ]
    return ports, wires
