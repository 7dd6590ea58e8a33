"""Speaks to a field process through its control socket."""

import contextlib
import json
import os
import socket
import time
from collections.abc import Generator, Mapping
from pathlib import Path
from typing import Any

from edge.adapters.control_socket import NAME, STARTING

_ANSWER_S = 30.0
_STARTING_S, _STARTING_LOOK_S = 5.0, 0.1


class NoFieldProcess(OSError):
    """Nobody answers at the socket; the text says what to start."""


class Refused(ValueError):
    """The field process refused the request; the text says why."""


class ControlClient:
    def __init__(self, directory: Path) -> None:
        """`directory`: the store's."""
        self._directory = directory

    def ask(self, request: Mapping[str, Any]) -> dict[str, Any]:
        """Waits a little while the field process begins afresh. Raises NoFieldProcess, Refused."""
        until = time.monotonic() + _STARTING_S
        while True:
            try:
                with contextlib.closing(self.follow(request)) as answers:
                    return next(answers)
            except StopIteration:
                raise NoFieldProcess("the field process ended before it answered; look at its log") from None
            except Refused as refused:
                if STARTING not in str(refused) or time.monotonic() > until:
                    raise
            time.sleep(_STARTING_LOOK_S)

    def follow(self, request: Mapping[str, Any]) -> Generator[dict[str, Any], None, None]:
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
