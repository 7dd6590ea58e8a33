"""How a device pushes over HTTP: one request after another, each again until it is answered with 200.

What it sends are the raw bytes of requests; whoever carries them opens a connection for each.
"""

from collections import deque
from collections.abc import Callable
from dataclasses import dataclass

TIMEOUT_S = 5.0  # without an answer the connection is given up
RETRY_S = 2.0


@dataclass(slots=True)
class Push:
    """`on_done` is told the body of the answer 200; `on_sent` is called when it is sent for the first time."""

    request: bytes
    on_done: Callable[[bytes], None] = lambda _body: None
    on_sent: Callable[[], None] = lambda: None
    sent: bool = False


def request(method: str, target: str, body: bytes = b"", content_type: str = "") -> bytes:
    head = f"{method} {target} HTTP/1.1\r\nHost: 192.0.2.10\r\nConnection: close\r\n"
    if body:
        head += f"Content-Type: {content_type}\r\nContent-Length: {len(body)}\r\n"
    return head.encode("ascii") + b"\r\n" + body


class HttpPusher:
    def __init__(self) -> None:
        self._waiting: deque[Push] = deque()
        self._answer = b""
        self._asked_at: float | None = None
        self._not_before = 0.0

    def push(self, one: Push) -> None:
        self._waiting.append(one)

    @property
    def idle(self) -> bool:
        return not self._waiting

    def hang_up(self) -> None:
        """The connection is gone; what was not confirmed is sent again."""
        self._asked_at, self._answer, self._not_before = None, b"", 0.0

    def step(self, now: float) -> bytes:
        if self._asked_at is not None and now >= self._asked_at + TIMEOUT_S:
            self.hang_up()
        if self._asked_at is not None or not self._waiting or now < self._not_before:
            return b""
        one = self._waiting[0]
        if not one.sent:
            one.sent = True
            one.on_sent()
        self._asked_at = now
        return one.request

    def receive(self, data: bytes, now: float) -> None:
        if self._asked_at is None:
            return
        self._answer += data
        head, separator, body = self._answer.partition(b"\r\n\r\n")
        if separator and head.split(b" ")[1:2] == [b"100"]:
            self._answer = body
            self.receive(b"", now)
            return
        if not separator or len(body) < _length(head):
            return
        good = head.split(b" ")[1:2] == [b"200"]
        self.hang_up()
        if good:
            self._waiting.popleft().on_done(body)
        else:
            self._not_before = now + RETRY_S


def _length(head: bytes) -> int:
    for line in head.lower().split(b"\r\n"):
        if line.startswith(b"content-length:"):
            return int(line.partition(b":")[2])
    return 0
