"""The control socket of the field process: a Unix socket beside the store, JSON lines, only for this user (mode 0600).

One request is one line; one answer is one line, but for `watch`, which answers until the client goes away.
"""

import contextlib
import json
import logging
import os
import socketserver
import threading
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Any, Self

from edge.ports import StoreUnavailable

MAX_REQUEST = 8 * 1024 * 1024  # a firmware image in base64 goes through here
NAME = "field.sock"
STARTING = "the field process is starting"
_IDLE_S = 3600.0
log = logging.getLogger(__name__)

Answer = Callable[[Mapping[str, Any]], Iterator[Mapping[str, Any]]]
"""Answers a request; raises ValueError with what is wrong with it."""


class ControlSocket:
    def __init__(self, directory: Path, answer: Answer) -> None:
        self._path, self._answer = directory / NAME, answer

    def __enter__(self) -> Self:
        directory = self._path.parent
        try:
            directory.mkdir(parents=True, exist_ok=True, mode=0o700)
        except OSError as error:
            raise StoreUnavailable(f"cannot open the store in {directory}: {error}") from error
        answer = self._answer

        class Handler(socketserver.StreamRequestHandler):
            timeout = _IDLE_S

            def handle(self) -> None:
                with contextlib.suppress(OSError):
                    while line := self.rfile.readline(MAX_REQUEST):
                        for told in _answers(answer, line):
                            self.wfile.write(json.dumps(told, ensure_ascii=False).encode() + b"\n")

        with _in(directory) as name:  # a Unix socket's whole path may have only 108 bytes
            Path(name).unlink(missing_ok=True)
            self._server = _Server(name, Handler)
            Path(name).chmod(0o600)
            self._made = Path(name).stat().st_ino
        self._thread = threading.Thread(target=self._server.serve_forever, name="control socket", daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._server.shutdown()
        self._server.server_close()
        self._thread.join()
        with contextlib.suppress(FileNotFoundError):
            if self._path.stat().st_ino == self._made:  # else another process answers here by now
                self._path.unlink()


class _Server(socketserver.ThreadingUnixStreamServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128

    def handle_error(self, request: object, client_address: object) -> None:  # noqa: ARG002
        log.exception("control socket: a request failed")  # noqa: LOG004 - called inside an exception handler


@contextlib.contextmanager
def _in(directory: Path) -> Iterator[str]:
    """A short name for the socket, by the directory's descriptor."""
    folder = os.open(directory, os.O_RDONLY | os.O_DIRECTORY)
    try:
        yield f"/proc/self/fd/{folder}/{NAME}"
    finally:
        os.close(folder)


def _answers(answer: Answer, line: bytes) -> Iterator[Mapping[str, Any]]:
    try:
        request = json.loads(line)
        if not isinstance(request, dict):
            raise TypeError("a request is a JSON object")
        yield from answer(request)
    except RecursionError:
        yield {"error": "a request is not nested that deep"}
    except (ValueError, TypeError, KeyError, OverflowError) as wrong:
        missing = f"the request lacks {wrong}" if isinstance(wrong, KeyError) else str(wrong)
        yield {"error": missing}
