"""Speaks to a bench of simulated devices through its control socket (JSON lines, one answer for each request)."""

import json
import os
import socket
from collections.abc import Mapping
from pathlib import Path
from typing import Any

_ANSWER_S = 5.0
_MOST_ANSWER = 16 * 1024 * 1024


class NoSimulator(OSError):
    """Nobody answers at the socket; the text says what to start."""


class SimulatorRefused(ValueError):
    """The bench refused the request; the text says why."""


class SimulatorClient:
    def __init__(self, path: Path) -> None:
        self._path = path

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Raises NoSimulator, SimulatorRefused."""
        try:
            answer = self._answer(json.dumps(request).encode() + b"\n")
        except (OSError, ValueError) as error:
            why = getattr(error, "strerror", None) or error
            raise NoSimulator(
                f"no simulator answers at {self._path} ({why}); start it with: onetrip simulate"
            ) from None
        if "error" in answer:
            raise SimulatorRefused(str(answer["error"]))
        return answer

    def _answer(self, line: bytes) -> dict[str, Any]:
        folder = os.open(self._path.parent, os.O_RDONLY | os.O_DIRECTORY)
        try:
            with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as connection:
                connection.settimeout(_ANSWER_S)
                connection.connect(f"/proc/self/fd/{folder}/{self._path.name}")  # a whole path may have 108 bytes only
                connection.sendall(line)
                with connection.makefile("rb") as stream:
                    told: dict[str, Any] = json.loads(stream.readline(_MOST_ANSWER))
                    return told
        finally:
            os.close(folder)
