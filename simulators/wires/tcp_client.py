"""A device that pushes to the host (HTTP terminals): it connects when it has something to say."""

import contextlib
import socket
from pathlib import Path

from simulators.wires import free_port

CHUNK = 4096
MOST_UNREAD = 256 * 1024
_CONNECT_S = 0.2  # on the loopback a connection is made or refused at once


class TcpClient:
    def __init__(self, port: int) -> None:
        self._port = port
        self.link = f"listen://127.0.0.1:{port}"
        self._plugged = False
        self._host: socket.socket | None = None
        self._unread = b""

    def fileno(self) -> int:
        return self._host.fileno() if self._host else -1

    def plug(self) -> None:
        self._plugged = True

    def unplug(self) -> None:
        self._plugged = False
        self._unread = b""
        self._hang_up()

    def read(self) -> bytes:
        self._receive()
        taken, self._unread = self._unread, b""
        return taken

    def write(self, data: bytes) -> None:
        """What the host is not there to take is lost."""
        if not self._plugged or not data:
            return
        self._receive()  # notices a host that has closed the connection since
        if self._host is None:
            self._connect()
        while data and self._host is not None:
            try:
                data = data[self._host.send(data) :]
            except BlockingIOError:
                return
            except OSError:
                self._hang_up()

    def _connect(self) -> None:
        with contextlib.suppress(OSError):
            self._host = socket.create_connection(("127.0.0.1", self._port), timeout=_CONNECT_S)
            self._host.setblocking(False)
            self._host.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)

    def _receive(self) -> None:
        while self._host is not None and len(self._unread) < MOST_UNREAD:
            try:
                data = self._host.recv(CHUNK)
            except BlockingIOError:
                return
            except OSError:
                data = b""
            self._unread += data
            if not data:
                self._hang_up()

    def _hang_up(self) -> None:
        if self._host is not None:
            self._host.close()
        self._host = None


def make(_kind: str, _more: str, _path: Path, _broker: str) -> TcpClient:
    return TcpClient(free_port())
