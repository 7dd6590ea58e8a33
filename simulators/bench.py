"""The bench: steps device models on their wires from one thread, and writes down what happened."""

import select
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from random import Random
from typing import NamedTuple, Protocol, Self, TypeVar

from simulators.facilities import Facility
from simulators.port_simulator import PortSimulator
from simulators.scenario import Action
from simulators.wires import make_terminal

TICK_S = 0.01
BEHIND_S = 1.0  # a bench that is later than this gives up catching up
MOST_INCIDENTS = 100_000
BROKER = "mqtt://127.0.0.1:1883"

T = TypeVar("T")


class Incident(NamedTuple):
    """Ground truth: what a device told its port, at the moment it did. A fault on the wire may still have eaten it."""

    at_wall_ms: int
    facility: str
    device: str
    what: str


class Timetable(Protocol):
    """Something that is to be done to the ports by the bench's own time."""

    def advance(self, ports: Sequence[PortSimulator], elapsed: float, now: float) -> None:
        """`elapsed` since the first step, `now` on the ports' clock."""


class Bench:
    """Steps all its ports from one thread. Everything else goes through `do`, which holds that thread still.

    A port is stepped as soon as the host wrote to it, and at least every `period_s`; the ports take turns.
    """

    def __init__(
        self,
        ports: Iterable[PortSimulator] = (),
        *,
        period_s: float = TICK_S,
        timetable: Timetable | None = None,
        seed: int = 0,
        clock: Callable[[], float] = time.monotonic,
        wall_clock: Callable[[], float] = time.time,
    ) -> None:
        self.ports = list(ports)
        self._turns = max(1, round(period_s / TICK_S))
        self._timetable, self._seed = timetable, seed
        self._clock, self._wall_clock = clock, wall_clock
        self._began: float | None = None
        self._faults_begun = 0
        self._incidents: deque[Incident] = deque(maxlen=MOST_INCIDENTS)
        self._told = 0  # incidents ever
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

    @property
    def is_running(self) -> bool:
        """False before it began and after it ended. A mistake in a model ends only its own port."""
        return self._thread.is_alive()

    def close(self) -> None:
        self._stopping.set()
        if self._thread.is_alive():
            self._thread.join()
        for port in self.ports:
            port.terminal.unplug()

    def do(self, verb: Callable[[], T]) -> T:
        """Call something that touches a port, between two steps."""
        with self._lock:
            return verb()

    def act(self, facility: str, device: str, verb: str, *args: object, **options: object) -> None:
        """Raises BadVerb."""
        port = self.find(facility, device)
        self.do(lambda: port.act(device, verb, *args, **options))

    def perform(self, action: Action) -> None:
        self.act(action.facility, action.device, action.verb, *action.args)

    def begin_fault(
        self,
        port: PortSimulator,
        name: str,
        parameters: Mapping[str, object] | None = None,
        *,
        device: str = "",
        for_s: float | None = None,
    ) -> None:
        """Raises BadFault. The same faults in the same order do the same."""

        def begin() -> None:
            until = None if for_s is None else self._clock() + for_s
            self._faults_begun += 1
            rng = Random(f"{self._seed} {port.facility} {port.port.name} {self._faults_begun}")
            port.begin_fault(name, parameters or {}, rng, device=device, until=until)

        self.do(begin)

    def end_fault(self, port: PortSimulator, name: str = "", *, device: str = "") -> None:
        """All its faults when no name is given. Raises BadFault."""
        self.do(lambda: port.end_fault(name, device=device))

    def find(self, facility: str, device: str) -> PortSimulator:
        """The port a device is on."""
        for port in self.ports:
            if port.facility == facility and any(one.id == device for one in port.port.devices):
                return port
        raise KeyError(f"{facility}/{device}")

    def incidents(self) -> tuple[Incident, ...]:
        return self.do(lambda: tuple(self._incidents))

    def incidents_after(self, number: int) -> tuple[int, list[Incident]]:
        """Those after the first `number` ever, as far as they are kept, and the number of the last one."""

        def after() -> tuple[int, list[Incident]]:
            wanted = min(max(0, self._told - number), len(self._incidents))
            return self._told, list(self._incidents)[len(self._incidents) - wanted :]

        return self.do(after)

    def step(self) -> None:
        """One step of every port."""
        with self._lock:
            now = self._advance()
            for port in self.ports:
                self._step(port, now)

    def _advance(self) -> float:
        now = self._clock()
        if self._began is None:
            self._began = now
        if self._timetable:
            self._timetable.advance(self.ports, now - self._began, now)
        return now

    def _step(self, port: PortSimulator, now: float, *, readable: bool = True) -> None:
        if port.broken:
            if readable:
                port.terminal.read()  # nobody is there, but the line must not fill up
            return
        try:
            told = port.step(now, readable=readable)
        except Exception as mistake:  # noqa: BLE001 - one model's mistake is not to end the others
            port.break_down(mistake)
            return
        if told:
            at_wall_ms = int(self._wall_clock() * 1000)
            self._incidents.extend(Incident(at_wall_ms, port.facility, device, what) for device, what in told)
            self._told += len(told)

    def _run(self) -> None:
        doorbell, turn, next_tick = _Doorbell(), 0, self._clock()
        while not self._stopping.is_set():
            rung = doorbell.wait(next_tick - self._clock())
            with self._lock:
                now = self._advance()
                for port in rung:
                    self._step(port, now)
                    doorbell.listen(port)
                if now < next_tick:
                    continue
                for port in self.ports[turn :: self._turns]:
                    self._step(port, now, readable=False)
                    doorbell.listen(port)
            turn = (turn + 1) % self._turns
            next_tick = next_tick + TICK_S if now < next_tick + BEHIND_S else now + TICK_S


class _Doorbell:
    """Waits for all wires at once.

    `poll` and not `epoll`: a port that was pulled out and plugged in again often has its old descriptor's number, and
    an epoll set would have forgotten it.
    """

    def __init__(self) -> None:
        self._poll = select.poll()
        self._ports: dict[int, PortSimulator] = {}
        self._descriptors: dict[PortSimulator, int] = {}

    def listen(self, port: PortSimulator) -> None:
        """Its wire may have another descriptor since it was last stepped, or none."""
        descriptor, before = port.terminal.fileno(), self._descriptors.get(port, -1)
        if descriptor == before:
            return
        if before >= 0 and self._ports.get(before) is port:
            self._poll.unregister(before)
            del self._ports[before]
        if descriptor >= 0:
            self._poll.register(descriptor, select.POLLIN)
            self._ports[descriptor] = port
        self._descriptors[port] = descriptor

    def wait(self, seconds: float) -> list[PortSimulator]:
        """The ports to which the host wrote."""
        return [self._ports[descriptor] for descriptor, _ in self._poll.poll(max(0.0, seconds) * 1000)]


def make_ports(facility: Facility, directory: Path, seed: int, broker: str = BROKER) -> list[PortSimulator]:
    """A wire for each port of a facility, to be plugged in by the bench; serial ports appear in `directory`."""
    directory.mkdir(parents=True, exist_ok=True)
    return [
        PortSimulator(
            facility.id,
            port,
            port.build(Random(f"{seed} {facility.id} {port.name}")),
            make_terminal(port.wire, directory / f"tty{port.name}", broker),
        )
        for port in facility.ports
    ]


def links(ports: Iterable[PortSimulator]) -> dict[str, str]:
    """What `write_profile` wants to know."""
    return {port.port.name: port.link for port in ports}
