"""A TCP proxy that can become a black hole: connections stay up, bytes go in, and nothing ever comes out."""

import contextlib
import select
import socket
import threading
from types import TracebackType
from typing import Self

_CHUNK = 65536
_LOOK_S = 0.05


class BlackHole:
    def __init__(self, port: int) -> None:
        """`port`: of the server behind it, on the loopback."""
        self._target = ("127.0.0.1", port)
        self._listening = socket.create_server(("127.0.0.1", 0))
        self._pairs: list[tuple[socket.socket, socket.socket]] = []
        self._ended = threading.Event()
        self.swallows = threading.Event()
        self.swallowed = 0
        self._thread = threading.Thread(target=self._run, daemon=True)

    @property
    def port(self) -> int:
        return int(self._listening.getsockname()[1])

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._ended.set()
        self._thread.join()
        for one in (self._listening, *(end for pair in self._pairs for end in pair)):
            one.close()

    def _run(self) -> None:
        while not self._ended.is_set():
            ends = {end: other for pair in self._pairs for end, other in (pair, pair[::-1])}
            ready, _, _ = select.select([self._listening, *ends], [], [], _LOOK_S)
            for one in ready:
                if one is self._listening:
                    self._accept()
                else:
                    self._pass_on(one, ends[one])

    def _accept(self) -> None:
        client, _ = self._listening.accept()
        self._pairs.append((client, socket.create_connection(self._target)))

    def _pass_on(self, source: socket.socket, drain: socket.socket) -> None:
        with contextlib.suppress(OSError):
            data = source.recv(_CHUNK)
            if self.swallows.is_set():
                self.swallowed += len(data)
                if data:
                    return
            if data:
                drain.sendall(data)
                return
        self._pairs = [pair for pair in self._pairs if source not in pair]
        source.close()
        drain.close()
