"""Stands before what boxes ask: who has no token, or sends too much, is turned away before a byte of it is read."""

import hmac

from starlette.responses import JSONResponse
from starlette.types import ASGIApp, Receive, Scope, Send

PREFIX = "/api/edge/"
MOST_BYTES = 64 * 1024


class EdgeDoor:
    def __init__(self, app: ASGIApp, token: str) -> None:
        self._app, self._token = app, f"Bearer {token}".encode()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        refusal = None
        if scope["type"] == "http" and scope["path"].startswith(PREFIX):
            refusal = self._refusal(dict(scope["headers"]), scope["method"])
        await (refusal or self._app)(scope, receive, send)

    def _refusal(self, headers: dict[bytes, bytes], method: str) -> JSONResponse | None:
        if not hmac.compare_digest(headers.get(b"authorization", b""), self._token):
            told = "no token of this cloud; the box's [uplink] api_token_file must hold what --edge-token holds"
            return JSONResponse({"detail": told}, 401, {"WWW-Authenticate": "Bearer"})
        length = headers.get(b"content-length", b"")
        if method in ("GET", "HEAD") and length in (b"", b"0") and b"transfer-encoding" not in headers:
            return None
        if not length.isdigit() or b"transfer-encoding" in headers:
            return JSONResponse({"detail": "say how long it is: Content-Length"}, 411)
        if int(length[:9]) > MOST_BYTES:
            return JSONResponse({"detail": f"more than {MOST_BYTES} bytes"}, 413)
        return None
