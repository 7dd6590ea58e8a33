"""The device console as a process of its own: it reaches the field process only through the control socket."""

import json
import multiprocessing
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from fastapi import FastAPI
from starlette.types import ASGIApp

from edge.adapters.control_client import ControlClient
from edge.adapters.simulator_client import SimulatorClient
from edge.adapters.site_key import site_key
from edge.adapters.system_clock import SystemClock
from edge.adapters.technician_account import TechnicianAccount, set_password
from edge.compose.commissioning import make_commissioning
from edge.compose.replay import pace, replay
from edge.compose.serving import listen, serve
from edge.console.box import Box
from edge.console.jobs import CommissionJob, ReplayJob
from edge.console.routes import Console
from edge.console.view import facility_name
from edge.settings import Profile
from edge.web.guard import LOOPBACK, Guard, host_name

__all__ = ["make_console", "run_console", "set_password"]

RECORDINGS = "recordings"


def run_console(profile: Profile, stopping: threading.Event) -> None:
    """Serves the page at [console] listen until `stopping`. Raises OSError when the address cannot be had."""
    with listen(profile.console.listen) as listening:
        app, stop = make_console(profile)
        try:
            serve(app, listening, stopping, stop)
        finally:
            stop()


def make_console(profile: Profile) -> tuple[ASGIApp, Callable[[], None]]:
    """The pages, and what ends their streams and all that goes on behind them."""
    directory, facility, clock = profile.store.directory.resolve(), profile.facility, SystemClock()
    simulator = SimulatorClient(profile.console.simulator) if profile.console.simulator else None
    box = Box(ControlClient(directory), simulator, directory / RECORDINGS, clock, simulated=facility.simulated)
    replays = ReplayJob(lambda path, speed: ReplayProcess(path, directory, speed))
    commissionings = CommissionJob(lambda device, by: make_commissioning(profile, device, by))
    title = facility_name(facility.name_zh, facility.name_en, simulated=facility.simulated)
    app = FastAPI(openapi_url=None, docs_url=None, redoc_url=None)
    account = TechnicianAccount(directory)
    Console(box, account, replays, commissionings, title, lambda: clock.now().monotonic).add_to(app)

    def stop() -> None:
        box.stopping.set()
        replays.stop()
        commissionings.stop()

    return Guard(app, {host_name(profile.console.listen), *LOOPBACK}), stop


class ReplayProcess:
    """A replay in a process of its own: the page stays quick, and it can be stopped at any point."""

    def __init__(self, path: Path, store: Path, speed: float | None) -> None:
        context = multiprocessing.get_context("spawn")
        self._told, telling = context.Pipe(duplex=False)
        self._process = context.Process(target=_replay, args=(path, store, speed, telling), daemon=True)
        self._process.start()
        telling.close()

    def told(self) -> Iterator[Mapping[str, Any]]:
        with self._told, suppress(EOFError, OSError):
            while True:
                yield json.loads(self._told.recv_bytes())
        self._process.join()

    def stop(self) -> None:
        self._process.terminate()


def _replay(path: Path, store: Path, speed: float | None, telling: Connection) -> None:
    def tell(what: Mapping[str, Any]) -> None:
        telling.send_bytes(json.dumps(what, ensure_ascii=False).encode())

    try:
        comparison = replay(
            path,
            site_key(store),
            lambda _seq, body: tell({"event": body.decode()}),
            pace(speed) if speed else lambda _entry: None,
        )
    except (ValueError, OSError) as wrong:  # BadRecording and what a driver refuses are ValueErrors
        tell({"problem": str(wrong)})
        return
    tell({
        "result": {
            "exact": comparison.is_exact,
            "recorded": len(comparison.recorded),
            "replayed": len(comparison.replayed),
            "equal": comparison.same,
            "sends": comparison.sends_differ,
            "closed": ", ".join(map(str, sorted(comparison.sealed_ports))) or 0,
            "torn": int(comparison.truncated),
        }
    })  # fmt: skip
