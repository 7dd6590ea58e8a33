"""The demo's processes: broker, cloud, and a field and an uplink process for each facility."""

import json
import socket
import threading
import time
from collections.abc import Callable, Sequence
from pathlib import Path

import httpx

from onetrip.supervision import Supervisor
from simulators.bench import links, make_ports
from simulators.city_reference import CityReference
from simulators.demo.office import CityOffice
from simulators.demo.reference import Publishing, publishing_key
from simulators.facilities import FACILITIES, Facility, write_profile
from simulators.facilities.kiosk import add_kiosk, with_kiosk
from simulators.port_simulator import PortSimulator

_RULES = {"bed_exit_after_s": 4, "out_of_range_hold_s": 2, "stationary_after_s": 6, "bed_exit_hours": [0, 24]}
_WALL_PORT = 8080
_START_S = 60


class CityFailed(RuntimeError):
    """A process of the demo did not come up; the text says which and where to look."""


class City:
    def __init__(self, directory: Path, seed: int, facilities: Sequence[Facility] = FACILITIES) -> None:
        self.directory = directory
        self.facilities = [with_kiosk(facility, own_reader=True) for facility in facilities]
        self._broker_port, web_port = free_port(), free_port(_WALL_PORT)
        self.url = f"http://127.0.0.1:{web_port}"
        self.records = directory / "cloud" / "records.db"
        self.telemetry = directory / "cloud" / "telemetry.db"
        self.supervisor = Supervisor()
        self.ports: list[PortSimulator] = []
        self._stopping = threading.Event()
        self._profiles: dict[str, Path] = {}
        self._seed = seed
        self._publishing: Publishing | None = None
        self._key = directory / "city" / "publishing.key"
        public_key = publishing_key(self._key)
        self.office = CityOffice(directory / "city", self.records)
        self.kiosks: dict[str, str] = {}  # facility: the address of its kiosk's pages
        for facility in self.facilities:
            ports = make_ports(facility, directory / "dev", seed)
            self.ports += ports
            self._profiles[facility.id] = write_profile(
                facility,
                directory / "profiles",
                links(ports),
                broker=f"mqtt://127.0.0.1:{self._broker_port}",
                store=self.store(facility.id).parent,
                rules=_RULES,
                uplink={
                    "city_signing_key": public_key,
                    "city_key": self.office.public_key,
                    "api": self.url,
                    "api_token_file": str(self.office.token),
                },
            )
            listen = f"127.0.0.1:{free_port()}"
            add_kiosk(self._profiles[facility.id], facility, listen)
            self.kiosks[facility.id] = f"http://{listen}"

    def store(self, facility: str) -> Path:
        return self.directory / "edge" / facility / "store.db"

    def start(self, stopping: threading.Event) -> None:
        """Raises CityFailed, also when `stopping` is set before all is up."""
        self._stopping = stopping
        self.records.parent.mkdir(parents=True, exist_ok=True)
        self.supervisor.start("broker", ["broker", "--listen", f"127.0.0.1:{self._broker_port}"])
        self._wait("broker", lambda: _listens(self._broker_port))
        self.supervisor.start("cloud", self._cloud_arguments())
        self._wait("cloud", lambda: self.health() is not None)
        self.office.engage()
        publishing = self._publishing = self._publish()
        for facility, profile in self._profiles.items():
            for process in ("field", "uplink", "counter"):
                self.supervisor.start(f"{process} {facility}", [process, "--config", str(profile)])
        self.write_pids()
        devices = sum(len(port.port.devices) for port in self.ports)
        self._wait("edges", lambda: (self.health() or {}).get("devices_online") == devices)
        self._wait("reference data", lambda: _is_done(publishing))
        self._wait("kiosks", lambda: all(map(_answers, self.kiosks.values())))

    def write_pids(self) -> None:
        """Which process is which, for whoever wants to kill one."""
        text = json.dumps({"url": self.url, "pids": dict(self.supervisor.pids)}, indent=2)
        partial = self.directory / "processes.json.partial"
        partial.write_text(text)
        partial.replace(self.directory / "processes.json")

    def check(self) -> None:
        before = dict(self.supervisor.pids)
        self.supervisor.check()
        if before != dict(self.supervisor.pids):
            self.write_pids()

    def stop(self) -> None:
        if self._publishing is not None:
            self._publishing.stop()
        self.supervisor.stop()

    def health(self) -> dict[str, int] | None:
        try:
            return dict(httpx.get(f"{self.url}/api/health", timeout=2).raise_for_status().json())
        except httpx.HTTPError:
            return None

    def _cloud_arguments(self) -> list[str]:
        return [
            "cloud",
            *("--broker", f"mqtt://127.0.0.1:{self._broker_port}"),
            *("--records", f"sqlite:///{self.records}"),
            *("--telemetry", f"sqlite:///{self.telemetry}"),
            *("--listen", self.url.removeprefix("http://")),
            *self.office.arguments(),
        ]

    def _publish(self) -> Publishing:
        city = CityReference(self._seed, time.time_ns() // 1_000_000)
        broker = f"mqtt://127.0.0.1:{self._broker_port}"
        return Publishing(city, self.directory / "city" / "reference", broker, self.records, self._key)

    def _wait(self, what: str, ready: Callable[[], bool]) -> None:
        until = time.monotonic() + _START_S
        while not ready():
            if self._stopping.is_set():
                raise CityFailed("stopped before everything was up")
            if time.monotonic() > until:
                raise CityFailed(f"{what} did not come up within {_START_S} s; its messages are above")
            self.check()
            time.sleep(0.1)


def _is_done(publishing: Publishing) -> bool:
    if publishing.code:
        raise CityFailed(f"the reference data could not be published:\n{publishing.log.read_text()}")
    return publishing.code == 0


def _answers(url: str) -> bool:
    try:
        return httpx.get(url, timeout=2).is_success
    except httpx.HTTPError:
        return False


def free_port(wanted: int = 0) -> int:
    """`wanted` when it is free on the loopback, else any."""
    for port in (wanted, 0):
        with socket.socket() as probe:
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                probe.bind(("127.0.0.1", port))
            except OSError:
                continue
            return int(probe.getsockname()[1])
    raise CityFailed("no free port on 127.0.0.1")


def _listens(port: int) -> bool:
    try:
        socket.create_connection(("127.0.0.1", port), timeout=1).close()
    except OSError:
        return False
    return True
