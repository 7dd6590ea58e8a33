"""A TCP relay that keeps every byte which passes, to look at what a process really sends."""

import contextlib
import socket
import threading
from collections.abc import Iterator
from urllib.parse import urlsplit

_READ = 65_536


class WireTap:
    """`url`: to be used in place of the server's own."""

    def __init__(self, url: str) -> None:
        server = urlsplit(url)
        self._server = str(server.hostname), int(server.port or 0)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self.url = f"{server.scheme}://127.0.0.1:{self._listening.getsockname()[1]}"
        self._lock = threading.Lock()
        self._sent = bytearray()
        self._open: list[socket.socket] = []
        self._threads = [threading.Thread(target=self._accept, daemon=True)]
        self._threads[0].start()

    def sent(self) -> bytes:
        """By the clients, so far."""
        with self._lock:
            return bytes(self._sent)

    def close(self) -> None:
        for one in (self._listening, *self._open):
            with contextlib.suppress(OSError):
                one.shutdown(socket.SHUT_RDWR)
            one.close()
        for thread in self._threads:
            thread.join(10)

    def _accept(self) -> None:
        with contextlib.suppress(OSError):
            while True:
                client, _ = self._listening.accept()
                server = socket.create_connection(self._server)
                self._open += [client, server]
                for source, to, is_kept in ((client, server, True), (server, client, False)):
                    thread = threading.Thread(target=self._carry, args=(source, to, is_kept), daemon=True)
                    self._threads.append(thread)
                    thread.start()

    def _carry(self, source: socket.socket, to: socket.socket, is_kept: bool) -> None:
        with contextlib.suppress(OSError):
            while data := source.recv(_READ):
                if is_kept:
                    with self._lock:
                        self._sent += data
                to.sendall(data)
            to.shutdown(socket.SHUT_WR)


@contextlib.contextmanager
def wire_tap(url: str) -> Iterator[WireTap]:
    tap = WireTap(url)
    try:
        yield tap
    finally:
        tap.close()
