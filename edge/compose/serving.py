"""Pages of a box over HTTP, until the process is told to stop."""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator

import uvicorn
from starlette.types import ASGIApp

_LINGER_S = 2


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """The command has its own handlers: they end the streams first."""
        yield


def listen(address: str) -> socket.socket:
    """`address`: host:port; the host may be an IPv6 address in brackets. Raises OSError."""
    host, _, port = address.rpartition(":")
    host = host.strip("[]")
    listening = socket.create_server((host, int(port)), family=socket.AF_INET6 if ":" in host else socket.AF_INET)
    # each connection inherits it: else a page's body waits some 40 ms for the browser to acknowledge its head
    listening.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listening


def serve(
    app: ASGIApp, listening: socket.socket, stopping: threading.Event, on_stop: Callable[[], None] = lambda: None
) -> None:
    """`on_stop`: ends the streams, so that the server need not wait for them."""
    server = _Server(
        uvicorn.Config(
            app, log_level="warning", access_log=False, timeout_graceful_shutdown=_LINGER_S,
            proxy_headers=False, server_header=False, ws="none",
        )
    )  # fmt: skip

    def end() -> None:
        stopping.wait()
        on_stop()
        server.should_exit = True

    threading.Thread(target=end, name="end of pages", daemon=True).start()
    server.run(sockets=[listening])
