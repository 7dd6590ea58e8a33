"""The bench: runs device models on pseudo-terminals, the one file here that does I/O, and writes down what happened."""

import threading
import time
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple, Protocol, Self, TypeVar

from firmware_bridge.links.pseudo_terminal import PseudoTerminal
from simulators.devices import DeviceModel, Report
from simulators.facilities import Facility, Port
from simulators.faults import Chain, Fault
from simulators.scenario import Action

STEP_S = 0.01

T = TypeVar("T")


class Terminal(Protocol):
    """The host's side of a pseudo-terminal: neither reading nor writing ever waits."""

    @property
    def path(self) -> Path: ...
    def read(self) -> bytes: ...
    def write(self, data: bytes) -> None: ...
    def plug(self) -> None: ...
    def unplug(self) -> None: ...


class Incident(NamedTuple):
    """Ground truth: what a device told its port, at the moment it did. A fault on the wire may still have eaten it."""

    at_wall_ms: int
    facility: str
    device: str
    what: str


class PortSimulator:
    """One port of a facility: its model, the wire, and the faults between them."""

    def __init__(
        self, facility: str, port: Port, model: DeviceModel, terminal: Terminal, faults: Sequence[Fault] = ()
    ) -> None:
        self.facility, self.port, self.model, self.terminal = facility, port, model, terminal
        self._faults = Chain(faults)
        self._ids = {"" if device.key is None else str(device.key): device.id for device in port.devices}

    @property
    def link(self) -> str:
        """What the facility file calls this port."""
        return f"serial://{self.terminal.path}"

    def set_faults(self, *faults: Fault) -> None:
        self._faults = Chain(faults)

    def act(self, device_id: str, verb: str, *args: object, **options: object) -> None:
        """Let somebody do something to one of this port's devices."""
        key = next(device.key for device in self.port.devices if device.id == device_id)
        getattr(self.model, verb)(*(() if key is None else (key,)), *args, **options)

    def step(self, now: float) -> list[tuple[str, str]]:
        """Move the bytes of this moment, and say (device id, what) of all that was told."""
        received = self.terminal.read()
        sent = (self.model.receive(received, now) if received else b"", self.model.step(now))
        for data in [burst for burst in sent if burst] or [b""]:
            for piece in self._faults.apply(data, now):
                self.terminal.write(piece)
        return [(self._id(report), report.what) for report in self.model.take_reports()]

    def _id(self, report: Report) -> str:
        return self._ids[report.key]


class Bench:
    """Steps all its ports from one thread. Everything else goes through `do`, which holds that thread still."""

    def __init__(
        self,
        ports: Iterable[PortSimulator] = (),
        *,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.ports = list(ports)
        self._clock, self._wall_clock = clock, wall_clock
        self._incidents: list[Incident] = []
        self._lock = threading.Lock()
        self._stopping = threading.Event()
        self._thread = threading.Thread(target=self._run, name="bench", daemon=True)

    def __enter__(self) -> Self:
        for port in self.ports:
            port.terminal.plug()
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def close(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        for port in self.ports:
            port.terminal.unplug()

    def do(self, verb: Callable[[], T]) -> T:
        """Call something that touches a model, between two steps."""
        with self._lock:
            return verb()

    def act(self, facility: str, device: str, verb: str, *args: object, **options: object) -> None:
        port = self.find(facility, device)
        self.do(lambda: port.act(device, verb, *args, **options))

    def perform(self, action: Action) -> None:
        self.act(action.facility, action.device, action.verb, *action.args)

    def find(self, facility: str, device: str) -> PortSimulator:
        """The port a device is on."""
        for port in self.ports:
            if port.facility == facility and any(one.id == device for one in port.port.devices):
                return port
        raise KeyError(f"{facility}/{device}")

    def incidents(self) -> tuple[Incident, ...]:
        return self.do(lambda: tuple(self._incidents))

    def step(self) -> None:
        """One step of every port; the thread does nothing else."""
        with self._lock:
            now = self._clock()
            for port in self.ports:
                told = port.step(now)
                at_wall_ms = int(self._wall_clock() * 1000)
                self._incidents += [Incident(at_wall_ms, port.facility, device, what) for device, what in told]

    def _run(self) -> None:
        while not self._stopping.wait(STEP_S):
            self.step()


def make_ports(facility: Facility, directory: Path, seed: int) -> list[PortSimulator]:
    """A pseudo-terminal for each port of a facility, to be plugged by the bench as a link in `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    return [
        PortSimulator(
            facility.id,
            port,
            port.build(Random(f"{seed} {facility.id} {port.name}")),
            PseudoTerminal(directory / f"tty{port.name}"),
        )
        for port in facility.ports
    ]


def links(ports: Iterable[PortSimulator]) -> dict[str, str]:
    """What `write_profile` wants to know."""
    return {port.port.name: port.link for port in ports}
