"""A device that listens: Modbus TCP, a door controller, a serial server. The newest connection is the one it serves."""

import contextlib
import select
import socket
from pathlib import Path

from simulators.wires import free_port

CHUNK = 4096


class TcpServer:
    def __init__(self, port: int) -> None:
        self._port = port
        self.link = f"tcp://127.0.0.1:{port}"
        self._server: socket.socket | None = None
        self._peer: socket.socket | None = None
        self._ready: select.epoll | None = None  # of the server and its peer: one descriptor for both
        self.overruns = 0  # bytes dropped because nobody read them in time

    def fileno(self) -> int:
        return self._ready.fileno() if self._ready else -1

    def plug(self) -> None:
        if self._server is None:
            self._server = socket.create_server(("127.0.0.1", self._port), backlog=4)
            self._server.setblocking(False)
            self._ready = select.epoll()
            self._ready.register(self._server, select.EPOLLIN)

    def unplug(self) -> None:
        self._hang_up()
        if self._server is not None and self._ready is not None:
            self._server.close()
            self._ready.close()
        self._server = self._ready = None

    def read(self) -> bytes:
        self._accept()
        if self._peer is None:
            return b""
        try:
            data = self._peer.recv(CHUNK)
        except BlockingIOError:
            return b""
        except OSError:
            data = b""
        if not data:
            self._hang_up()
        return data

    def write(self, data: bytes) -> None:
        """What nobody is there to take is lost."""
        while data and self._peer is not None:
            try:
                data = data[self._peer.send(data) :]
            except BlockingIOError:
                self.overruns += len(data)
                return
            except OSError:
                self._hang_up()

    def _accept(self) -> None:
        while self._server is not None and self._ready is not None:
            try:
                peer, _ = self._server.accept()
            except OSError:  # nobody there, or gone again
                return
            self._hang_up()
            peer.setblocking(False)
            peer.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
            self._ready.register(peer, select.EPOLLIN)
            self._peer = peer

    def _hang_up(self) -> None:
        if self._peer is not None:
            with contextlib.suppress(OSError):
                self._peer.close()
        self._peer = None


def make(_kind: str, _more: str, _path: Path, _broker: str) -> TcpServer:
    return TcpServer(free_port())
