"""A box with simulated devices: its field process and its console, each a process of its own."""

import contextlib
import os
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import httpx

from edge.adapters.control_client import ControlClient
from simulators.bench import Bench
from tests.architecture.tree import ROOT
from tests.system.installation import eventually


@dataclass
class Box:
    address: str
    profile: Path
    store: Path
    bench: Bench
    control: ControlClient

    @contextlib.contextmanager
    def console(self) -> Iterator[None]:
        with _process([sys.executable, "-m", "onetrip", "console", "--config", str(self.profile)]):
            eventually("the console", self.answers, 20)
            yield

    @contextlib.contextmanager
    def field(self) -> Iterator[None]:
        with _process([sys.executable, "-m", "onetrip", "field", "--config", str(self.profile)]):
            eventually("on line", self.is_up, 30)
            yield

    def answers(self) -> bool:
        try:
            return httpx.get(self.address + "/login").status_code == 200
        except httpx.TransportError:
            return False

    def is_up(self) -> bool:
        try:
            status = self.control.ask({"do": "status"})
        except (OSError, ValueError):
            return False
        return all(device["online"] for port in status["ports"] for device in port["devices"])


@contextlib.contextmanager
def _process(command: list[str]) -> Iterator[None]:
    process = subprocess.Popen(command, cwd=ROOT, env={**os.environ, "PYTHONUNBUFFERED": "1"})
    try:
        yield
    finally:
        process.terminate()
        process.wait(20)
