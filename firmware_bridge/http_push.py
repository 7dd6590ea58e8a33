"""The server's side of HTTP/1.1 for devices that push: bytes in, whole requests out, responses as bytes. No I/O.

The port hands over the bytes of one connection after another without saying where one ends (`links/listen.py`). So a
request is answered with `Connection: close`, and a chunk that begins with a request line is a new connection, whatever
was missing before it. Source: RFC 9112; the parsing is h11's. Multipart bodies: RFC 7578.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus

import h11

from firmware_bridge.session import Counters, Part

BODY_MAX = 1 << 20
HEAD_MAX = 16 << 10
GAP_S = 20.0  # a request that stops for this long is not completed any more
CONTINUE = b"HTTP/1.1 100 Continue\r\n\r\n"

_REQUEST_LINE = re.compile(rb"(?:GET|POST|PUT|HEAD|DELETE|OPTIONS|PATCH) [^\s]{1,2048} HTTP/1\.[01]\r?\n")
_KEPT_MAX = HEAD_MAX + 2 * BODY_MAX  # with the overhead of chunks
_LINE_MAX = 2100  # bytes of a request line
_BOUNDARY = re.compile(rb'boundary="?([^";,\s]{1,70})', re.I)
_PART_NAME = re.compile(rb'[; ]name="?([^";\r\n]{1,100})', re.I)
_PARTS_MAX = 32


@dataclass(frozen=True, slots=True)
class Request:
    """`headers` by lower-case name. `frame`: all its bytes, while somebody traces the port, else empty."""

    method: str
    target: str
    headers: Mapping[bytes, bytes]
    body: bytes
    frame: bytes = field(default=b"", repr=False)


@dataclass(frozen=True, slots=True)
class Refusal:
    """What arrived is no request that can be served: answer with this at once."""

    response: bytes


def response(status: int, body: bytes = b"", content_type: str = "text/plain") -> bytes:
    head = (
        f"HTTP/1.1 {status} {HTTPStatus(status).phrase}\r\nContent-Type: {content_type}\r\n"
        f"Content-Length: {len(body)}\r\nConnection: close\r\n\r\n"
    )
    return head.encode("ascii") + body


class HttpPush:
    """Keeps one unfinished request: at most HEAD_MAX + BODY_MAX bytes and the chunk being fed."""

    def __init__(self, counters: Counters) -> None:
        self._counters = counters
        self._arrived_at = 0.0
        self._reset()

    @property
    def waiting(self) -> int:
        """How many bytes of an unfinished request are kept."""
        return self._kept

    def feed(self, data: bytes, now: float) -> list[Request | Refusal | bytes]:
        """Requests in order; bytes are what to write at once (100 Continue)."""
        if not data:
            return []
        self._arrived_at = now
        if self._kept and _REQUEST_LINE.match(data):
            self.clear()
        if self._deaf:
            data = self._look_for_request(data)
        return self._parse(data) if data else []

    def expire(self, now: float) -> None:
        """Called often: forgets a request whose rest does not come."""
        if now >= self._arrived_at + GAP_S:
            self.clear()

    def clear(self, *, but: int = 0) -> None:
        """Forget what there is; its last `but` bytes are about to be looked at once more."""
        if self._kept > but:
            self._counters.on_skipped(bytes(self._raw[: len(self._raw) - but]))
        self._reset()

    def _reset(self) -> None:
        self._connection = h11.Connection(h11.SERVER, max_incomplete_event_size=HEAD_MAX)
        self._request: h11.Request | None = None
        self._body = bytearray()
        self._raw = bytearray()  # only while somebody traces
        self._kept = 0
        self._complete = False
        self._deaf = False  # after a refusal: until the next request line
        self._tail = b""

    def _parse(self, data: bytes) -> list[Request | Refusal | bytes]:
        found: list[Request | Refusal | bytes] = []
        while data:
            fresh = not self._kept
            self._kept += len(data)  # an upper bound: what h11 has read of a chunked body is less
            if self._counters.trace:
                self._raw += data
            try:
                if self._kept > _KEPT_MAX:
                    raise _TooLarge
                self._connection.receive_data(data)
                found += self._events()
            except _TooLarge:
                return [*found, self._refuse(413)]
            except h11.RemoteProtocolError:
                at = _find(data, 1 if fresh else 0)
                if at < 0:
                    return [*found, self._refuse(400)]
                self.clear(but=len(data) - at)
                data = data[at:]
                continue
            if not self._request or not self._complete:
                break
            rest, _ = self._connection.trailing_data
            found.append(self._take(rest))
            data = rest
        return found

    def _events(self) -> list[bytes]:
        """Go on with the request under way, to its end if that is there. Returns what to write meanwhile."""
        said: list[bytes] = []
        self._complete = False
        while True:
            event = self._connection.next_event()
            match event:
                case h11.Request():
                    self._request = event
                    if len(length := dict(event.headers).get(b"content-length", b"0")) > 9 or int(length) > BODY_MAX:
                        raise _TooLarge
                case h11.Data():
                    self._body += event.data
                    if len(self._body) > BODY_MAX:
                        raise _TooLarge
                case h11.EndOfMessage():
                    self._complete = True
                    return said
                case _:
                    break
        if self._request and not self._body and self._connection.they_are_waiting_for_100_continue:
            self._connection.send(h11.InformationalResponse(status_code=100, headers=[]))
            said.append(CONTINUE)
        return said

    def _take(self, rest: bytes) -> Request:
        head = self._request
        assert head is not None
        frame = bytes(self._raw[: len(self._raw) - len(rest)])
        request = Request(
            head.method.decode("ascii"), head.target.decode("ascii"), dict(head.headers), bytes(self._body), frame
        )
        self._reset()
        return request

    def _refuse(self, status: int) -> Refusal:
        self.clear()
        self._deaf = True
        return Refusal(response(status))

    def _look_for_request(self, data: bytes) -> bytes:
        """What the refused connection still sends is skipped, up to a request line."""
        data = self._tail + data
        at = _find(data)
        if at < 0:
            kept = min(len(data), _LINE_MAX)
            self._tail = data[len(data) - kept :]
            if skipped := data[: len(data) - kept]:
                self._counters.on_skipped(skipped, new_run=False)
            return b""
        if at:
            self._counters.on_skipped(data[:at], new_run=False)
        self._reset()
        return data[at:]


class _TooLarge(Exception):
    pass


def _find(data: bytes, start: int = 0) -> int:
    found = _REQUEST_LINE.search(data, start)
    return found.start() if found else -1


def text_parts(body: bytes, content_type: bytes) -> dict[str, bytes]:
    """The parts of a multipart/form-data body by name, without pictures: those are never looked at."""
    boundary = _BOUNDARY.search(content_type)
    if boundary is None:
        return {}
    parts: dict[str, bytes] = {}
    for piece in (b"\r\n" + body).split(b"\r\n--" + boundary[1])[1 : _PARTS_MAX + 1]:
        head, separator, content = piece.partition(b"\r\n\r\n")
        if (
            not separator
            or len(head) > HEAD_MAX
            or re.search(rb"content-type:\s*(image|video|application/octet)", head, re.I)
        ):
            continue
        name = _PART_NAME.search(head)
        parts.setdefault(name[1].decode("utf-8", "replace") if name else "", content)
    return parts


def explain_http(frame: bytes, sent: bool) -> list[Part]:  # noqa: FBT001 - the driver's interface
    """Head and body only by their size: targets and bodies can name people."""
    line_end = frame.find(b"\r\n")
    head_end = frame.find(b"\r\n\r\n")
    if line_end < 0 or head_end < 0:
        return [Part(0, len(frame), "数据 data", f"(hidden) {len(frame)} bytes")] if frame else []
    first = frame[:line_end].decode("ascii", "replace")
    name = "状态行 status" if sent else "请求行 request"
    shown = first if sent else re.sub(r"\?\S*", "?(hidden)", first)
    parts = [Part(0, line_end + 2, name, shown[:200])]
    if head_end > line_end:
        count = frame[line_end + 2 : head_end].count(b"\r\n") + 1
        parts.append(Part(line_end + 2, head_end + 4, "头部 headers", f"{count}"))
    body_at = head_end + 4
    if len(frame) > body_at:
        parts.append(Part(body_at, len(frame), "正文 body", f"(hidden) {len(frame) - body_at} bytes"))
    return parts
