"""A dry run of a new facility file: its field process, with simulated devices at the other end of each port."""

import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path
from random import Random

from edge.adapters.control_client import ControlClient, NoFieldProcess, Refused
from edge.compose import run_field
from edge.settings import Port, Profile, load
from simulators.bench import Bench
from simulators.facilities import Device as Simulated
from simulators.facilities import Port as Plug
from simulators.port_simulator import PortSimulator
from simulators.stand_ins import Build, stand_in
from simulators.wires.pseudo import PseudoWire

REHEARSAL_S = 20.0
_LOOK_S = 0.2
_SEED = 2018


class RehearsalFailed(ValueError):
    """With simulated devices the new file does not do what it should; the text says what."""


def rehearse(file: Path, meanwhile: Callable[[], object] = lambda: None) -> None:
    """Every device that can be simulated must come on line. Raises RehearsalFailed. `meanwhile` is called often."""
    profile = load(file)
    builds = {
        n: stand_in(port.driver, [device.options for device in port.device]) for n, port in enumerate(profile.port)
    }
    with tempfile.TemporaryDirectory(prefix="onetrip-rehearsal-") as name:
        directory = Path(name)
        plugged = [
            _plug(port, build, directory / f"tty{n}") for n, port in enumerate(profile.port) if (build := builds[n])
        ]
        rehearsed = _on_simulators(profile, plugged, directory)
        wanted = {device.id for port in rehearsed.port for device in port.device}
        with Bench([simulator for _, simulator in plugged]):
            _run(rehearsed, wanted, directory, meanwhile)


def _plug(port: Port, build: Build, link: Path) -> tuple[Port, PortSimulator]:
    devices = tuple(Simulated(device.id, device.location) for device in port.device)
    plug = Plug(link.name, port.driver, devices, build)
    return port, PortSimulator("rehearsal", plug, build(Random(_SEED)), PseudoWire("serial", link))  # noqa: S311


def _on_simulators(profile: Profile, plugged: list[tuple[Port, PortSimulator]], directory: Path) -> Profile:
    ports = [port.model_copy(update={"link": simulator.link}) for port, simulator in plugged]
    store = profile.store.model_copy(update={"directory": directory})
    return profile.model_copy(update={"port": ports, "store": store})


def _run(profile: Profile, wanted: set[str], directory: Path, meanwhile: Callable[[], object]) -> None:
    stopping, problems = threading.Event(), []

    def field() -> None:
        try:
            run_field(profile, stopping)
        except Exception as error:  # noqa: BLE001 - whatever it is, the file is not fit to run
            problems.append(error)

    thread = threading.Thread(target=field, name="rehearsal")
    thread.start()
    try:
        missing = _missing(ControlClient(directory), wanted, problems, meanwhile)
    finally:
        stopping.set()
        thread.join()
    if problems:
        raise RehearsalFailed(f"the field process failed with simulated devices: {problems[0]}")
    if missing:
        raise RehearsalFailed(f"with simulated devices these stay off line: {', '.join(sorted(missing))}")


def _missing(
    client: ControlClient, wanted: set[str], problems: list[Exception], meanwhile: Callable[[], object]
) -> set[str]:
    until, missing = time.monotonic() + REHEARSAL_S, set(wanted)
    while missing and not problems and time.monotonic() < until:
        time.sleep(_LOOK_S)
        meanwhile()
        try:
            status = client.ask({"do": "status"})
        except (NoFieldProcess, Refused, OSError):
            continue
        missing = wanted - {d["id"] for port in status["ports"] for d in port["devices"] if d["online"]}
    return missing
