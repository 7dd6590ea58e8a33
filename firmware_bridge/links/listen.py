"""`listen://0.0.0.0:8091`: a TCP server for devices that connect to us and push.

One connection is served at a time, in the order of arrival; the others wait, so bytes of two never come in one read.
"""

import contextlib
import select
import socket
import time
from collections import deque
from dataclasses import dataclass

from firmware_bridge.links.descriptor import CHUNK, wait
from firmware_bridge.links.link import BadLink, Link, LinkLost, LinkUnavailable
from firmware_bridge.links.tcp import host_and_port
from firmware_bridge.session import Line

EXAMPLE = "listen://0.0.0.0:8091"
WAITING_MAX = 8
IDLE_S = 60.0
CROWDED_IDLE_S = 10.0  # while others wait
WRITE_S = 1.0  # a peer that takes no byte for this long is gone
ORPHAN_S = 5.0


def check(place: str) -> None:
    try:
        host_and_port(place)
    except BadLink:
        raise BadLink("an address of this box (0.0.0.0 for all) and a port from 1 to 65535 are needed") from None


def open_link(place: str, line: Line) -> Link:  # noqa: ARG001 - TCP has no line settings
    host, port = host_and_port(place)
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    try:
        server = socket.create_server((host, port), family=family, backlog=WAITING_MAX)
    except (OSError, UnicodeError) as error:
        raise LinkUnavailable(
            f"Cannot listen on {host}:{port}: {error}. Check that {host} is an address of this box (0.0.0.0 stands for "
            "all), that no other program or port of the facility file uses this number, and that it is above 1023"
        ) from error
    server.setblocking(False)
    return ListenLink(place, server)


@dataclass(slots=True)
class _Peer:
    connection: socket.socket
    quiet_since: float
    unanswered: bool = False  # it sent something and nothing was written since


class ListenLink:
    """A peer that closes, fails or is idle ends only its own connection.

    An answer may come when its peer has left already. It must not reach the next one, who would take it for the
    answer to what it has only just sent: the first answer within ORPHAN_S of such a parting goes to nobody.
    """

    def __init__(self, name: str, server: socket.socket) -> None:
        self._name, self._server = name, server
        self._waiting: deque[_Peer] = deque()
        self._current: _Peer | None = None
        self._orphaned_until = float("-inf")
        self._open = True

    def read(self, timeout_s: float) -> bytes:
        until = time.monotonic() + max(0.0, timeout_s)
        while True:
            self._check_open()
            self._accept()
            self._next_peer()
            if self._current is not None and (data := self._receive(self._current)):
                return data
            left = until - time.monotonic()
            if left <= 0:
                return b""
            if self._current is not None or not self._waiting:
                self._wait(left)

    def write(self, data: bytes) -> None:
        self._check_open()
        now = time.monotonic()
        if now < self._orphaned_until:
            self._orphaned_until = float("-inf")
            if self._current is not None:
                self._current.unanswered = False  # or its own parting would cost the next peer an answer
            return
        if self._current is None:
            return
        self._current.unanswered = False
        self._current.quiet_since = now
        if not _send(self._current.connection, data):
            self._drop()

    def close(self) -> None:
        self._open = False
        for peer in (*self._waiting, *([self._current] if self._current else [])):
            peer.connection.close()
        self._waiting.clear()
        self._current = None
        self._server.close()

    def _check_open(self) -> None:
        if not self._open:
            raise LinkLost(f"{self._name} is closed")

    def _accept(self) -> None:
        with contextlib.suppress(OSError):  # nobody there, or gone again
            while True:
                connection, _ = self._server.accept()
                if len(self._waiting) >= WAITING_MAX:
                    connection.close()
                    continue
                connection.setblocking(False)
                connection.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
                self._waiting.append(_Peer(connection, 0.0))

    def _next_peer(self) -> None:
        now = time.monotonic()
        if self._current is not None:
            allowed = CROWDED_IDLE_S if self._waiting else IDLE_S
            if now >= self._current.quiet_since + allowed:
                self._drop()
        if self._current is None and self._waiting:
            self._current = self._waiting.popleft()
            self._current.quiet_since = now

    def _receive(self, peer: _Peer) -> bytes:
        """b"" when there is nothing yet, or when the peer has just been dropped."""
        try:
            data = peer.connection.recv(CHUNK)
        except (BlockingIOError, InterruptedError):
            return b""
        except OSError:
            data = b""
        if data:
            peer.quiet_since, peer.unanswered = time.monotonic(), True
        else:
            self._drop()
        return data

    def _drop(self) -> None:
        if self._current is not None:
            if self._current.unanswered:
                self._orphaned_until = time.monotonic() + ORPHAN_S
            self._current.connection.close()
            self._current = None

    def _wait(self, timeout_s: float) -> None:
        poll = select.poll()
        poll.register(self._server, select.POLLIN)
        if self._current is not None:
            poll.register(self._current.connection, select.POLLIN)
        poll.poll(timeout_s * 1000)


def _send(connection: socket.socket, data: bytes) -> bool:
    """False when the peer is gone or takes no bytes."""
    try:
        while data:
            if not wait(connection.fileno(), select.POLLOUT, WRITE_S):
                return False
            with contextlib.suppress(BlockingIOError, InterruptedError):
                data = data[connection.send(data) :]
    except OSError:
        return False
    return True
