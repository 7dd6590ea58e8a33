"""Stands before every page: refuses foreign names of the box, and sends the headers that keep the page to itself."""

from collections.abc import Collection

from starlette.types import ASGIApp, Message, Receive, Scope, Send

HEADERS = {
    "Content-Security-Policy": (
        "default-src 'self'; img-src 'self'; object-src 'none'; base-uri 'none'; form-action 'self'; "
        "frame-ancestors 'none'"
    ),
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",  # no-referrer would make a form name its origin as "null"
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "no-store",
}
LOOPBACK = ("127.0.0.1", "localhost", "::1")
_NOT_OURS = 421


class Guard:
    """A page elsewhere could let its own name point here (DNS rebinding): only our own names are answered."""

    def __init__(self, app: ASGIApp, names: Collection[str]) -> None:
        self._app, self._names = app, frozenset(name.lower() for name in names)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        headers = dict(scope["headers"])

        async def send_guarded(message: Message) -> None:
            if message["type"] == "http.response.start":
                given = {name.lower() for name, _ in message["headers"]}
                own = ((name.lower().encode(), value.encode()) for name, value in HEADERS.items())
                message["headers"] = [*message["headers"], *(pair for pair in own if pair[0] not in given)]
            await send(message)

        host = headers.get(b"host", b"").decode("latin-1")
        if host_name(host) not in self._names:
            await _refuse(send_guarded, f"{host!r} is not a name of this page; open it by one that its settings have\n")
        elif scope["method"] == "POST" and not _is_own(headers.get(b"origin", b"").decode("latin-1"), host):
            await _refuse(send_guarded, "the form was sent by another page\n")
        else:
            await self._app(scope, receive, send_guarded)


def host_name(host: str) -> str:
    """Without the port: a tunnel may have another one."""
    host = host.lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    return host.partition(":")[0]


def _is_own(origin: str, host: str) -> bool:
    """Browsers name the origin with every POST; other programs need not."""
    return not origin or origin.lower() == f"http://{host.lower()}"


async def _refuse(send: Send, text: str) -> None:
    headers = [(b"content-type", b"text/plain; charset=utf-8")]
    await send({"type": "http.response.start", "status": _NOT_OURS, "headers": headers})
    await send({"type": "http.response.body", "body": text.encode()})
