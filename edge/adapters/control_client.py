"""Speaks to a field process through its control socket."""

import json
import os
import socket
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from edge.adapters.control_socket import NAME

_ANSWER_S = 30.0


class NoFieldProcess(OSError):
    """Nobody answers at the socket; the text says what to start."""


class Refused(ValueError):
    """The field process refused the request; the text says why."""


class ControlClient:
    def __init__(self, directory: Path) -> None:
        """`directory`: the store's."""
        self._directory = directory

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Raises NoFieldProcess, Refused."""
        for answer in self.follow(request):
            return answer
        raise NoFieldProcess("the field process ended before it answered; look at its log")

    def follow(self, request: Mapping[str, Any]) -> Iterator[dict[str, Any]]:
        """Answers until one side goes away; a watch also ends when the ports begin afresh.

        Raises NoFieldProcess, Refused.
        """
        with self._connect() as connection, connection.makefile("rwb") as stream:
            stream.write(json.dumps(request).encode() + b"\n")
            stream.flush()
            for line in stream:
                answer = json.loads(line)
                if "error" in answer:
                    raise Refused(answer["error"])
                if answer.get("what") == "ended":
                    return
                yield answer

    def _connect(self) -> socket.socket:
        connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
        connection.settimeout(_ANSWER_S)
        try:
            folder = os.open(self._directory, os.O_RDONLY | os.O_DIRECTORY)
            try:
                connection.connect(f"/proc/self/fd/{folder}/{NAME}")
            finally:
                os.close(folder)
        except OSError as error:
            connection.close()
            raise NoFieldProcess(
                f"no field process answers in {self._directory} ({error.strerror or error}); "
                "start it with: onetrip edge --config FILE"
            ) from error
        return connection
