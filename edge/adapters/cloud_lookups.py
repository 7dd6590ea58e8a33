"""Asks the cloud what only the cloud knows (docs/edge-api.md), over HTTP or HTTPS.

A network that swallows everything must not hold a visitor up: each question has an end, whatever the socket, the name
server or a server that sends a byte now and then do. A thread asks; who gives up leaves it to end by itself.
"""

import contextlib
import http.client
import json
import logging
import socket
import ssl
import threading
import time
from collections.abc import Mapping, Sequence
from http import HTTPStatus
from pathlib import Path
from typing import Any, TypeVar
from urllib.parse import quote, urlsplit

from pydantic import TypeAdapter, ValidationError

from contract import web_drafts
from contract.events.envelope import explain
from contract.lookups import (
    Asked,
    AskedPersons,
    CertificateEntry,
    Clear,
    Conflict,
    PaymentAsked,
    PaymentState,
    RefundAsked,
    RefundState,
    Sealing,
    certificates_about,
    check_about,
)
from contract.sealing import seal
from contract.web_drafts import WebDraft
from edge.ports import CloudUnreachable, GoesOnElsewhere

_CONNECT_S, _TOTAL_S, _PING_S = 3.0, 10.0, 3.0
_PAY_LOOK_S = 0.5
_MOST_BYTES = 1 << 20
_CHECK: TypeAdapter[Clear | Conflict] = TypeAdapter(Clear | Conflict)
_ENTRIES = TypeAdapter(list[CertificateEntry])
_PAYMENT = TypeAdapter(PaymentState)
_REFUND = TypeAdapter(RefundState)
_WEB = TypeAdapter(WebDraft)
T = TypeVar("T")
log = logging.getLogger(__name__)


def read_token(path: Path) -> str:
    """The secret that the cloud was given too (`onetrip cloud --edge-token`). Raises OSError."""
    token = path.read_text(encoding="ascii", errors="replace").strip()
    if not token or not token.isascii() or not token.isprintable():
        raise OSError(f"{path}: no token; write one line of printable ASCII, the same as the cloud's")
    return token


class _NotTaken(CloudUnreachable):
    """It answered, and said no."""

    def __init__(self, where: str, status: int, detail: str) -> None:
        super().__init__(f"{where}: {status}: {detail}")
        self.status, self.detail = status, detail


class CloudLookups:
    """Implements edge.ports.CloudLookups. Safe to use from several threads."""

    def __init__(
        self,
        api: str,
        token: str,
        city_key: bytes,
        facility: str,
        *,
        connect_s: float = _CONNECT_S,
        total_s: float = _TOTAL_S,
    ) -> None:
        """`api`: http(s)://host[:port]; `city_key`: 32 bytes, what persons are sealed for."""
        self._url, self._city_key, self._facility = urlsplit(api), city_key, facility
        self._headers = {"Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        self._connect_s, self._total_s = connect_s, total_s

    def online_check(self, case: str, persons: Sequence[Mapping[str, Any]], turn: int = 1) -> Clear | Conflict:
        asked = {"persons": [_asked(person) for person in persons]}
        AskedPersons.model_validate(asked)
        sealed = self._sealed(case, check_about(case), asked)
        asked_now = {**sealed, "turn": turn} if turn > 1 else sealed  # a cloud that knows no turns takes the first
        return self._answer(_CHECK, "POST", "/api/edge/online-checks", asked_now, self._total_s)

    def certificates(self, case: str, person: Mapping[str, Any]) -> list[CertificateEntry]:
        sealed = self._sealed(case, certificates_about(case), _asked(person))
        return self._answer(_ENTRIES, "POST", "/api/edge/certificates", sealed, self._total_s)

    def pay(self, order: str, amount_fen: int, case: str) -> PaymentState:
        until = time.monotonic() + self._total_s
        asked = PaymentAsked(facility=self._facility, case=case, order=order, amount_fen=amount_fen)
        state = self._answer(_PAYMENT, "POST", "/api/edge/payments", asked.model_dump(), self._total_s)
        path = self._path_of(order)
        while state["state"] == "created" and time.monotonic() + _PAY_LOOK_S < until:
            time.sleep(_PAY_LOOK_S)
            state = self._answer(_PAYMENT, "GET", path, None, until - time.monotonic())
        return state

    def payment(self, order: str) -> PaymentState | None:
        path = self._path_of(order)
        try:
            return self._answer(_PAYMENT, "GET", path, None, self._total_s)
        except _NotTaken as error:
            if error.status == HTTPStatus.NOT_FOUND and error.detail.startswith("no order "):
                return None  # its own words: another page that is not found says nothing of the order
            raise

    def refund(self, order: str, case: str) -> RefundState:
        asked = RefundAsked(facility=self._facility, case=case, order=order)
        return self._answer(_REFUND, "POST", "/api/edge/refunds", asked.model_dump(), self._total_s)

    def web_draft(self, code: str) -> WebDraft | None:
        """What was begun on the web. Raises GoesOnElsewhere, CloudUnreachable."""
        asked = web_drafts.Asked(facility=self._facility, code=code)
        try:
            return self._answer(_WEB, "POST", "/api/edge/web-drafts", asked.model_dump(), self._total_s)
        except _NotTaken as error:
            if error.status == HTTPStatus.CONFLICT:
                raise GoesOnElsewhere from None
            if error.status == HTTPStatus.NOT_FOUND and error.detail.startswith("no draft "):
                return None
            raise

    def _path_of(self, order: str) -> str:
        return f"/api/edge/payments/{quote(order, safe='')}?facility={quote(self._facility, safe='')}"

    def reachable(self) -> bool:
        try:
            self._ask("GET", "/api/edge/ping", None, min(_PING_S, self._total_s))
        except CloudUnreachable as error:
            log.info("look-ups: %s", error)
            return False
        return True

    def _sealed(self, case: str, about: str, fields: Mapping[str, Any]) -> dict[str, Any]:
        return Sealing(facility=self._facility, case=case, sealed=seal(self._city_key, about, fields)).model_dump()

    def _answer(self, shape: TypeAdapter[T], method: str, path: str, body: Any, within_s: float) -> T:
        answer = self._ask(method, path, body, within_s)
        try:
            return shape.validate_json(answer)
        except ValidationError as wrong:
            raise CloudUnreachable(
                f"{self._where}: {path} was answered otherwise than agreed: {explain(wrong)}"
            ) from None

    def _ask(self, method: str, path: str, body: Any, within_s: float) -> bytes:
        """The body of a 200. Raises CloudUnreachable for everything else."""
        data = None if body is None else json.dumps(body).encode()
        exchange = _Exchange(self._connection(), method, path, data, self._headers)
        status, answer = exchange.within(within_s, self._where)
        if status != HTTPStatus.OK:
            raise _NotTaken(self._where, status, _detail(answer))
        return answer

    def _connection(self) -> http.client.HTTPConnection:
        host, port = self._url.hostname or "", self._url.port
        if self._url.scheme == "https":
            context = ssl.create_default_context()
            return http.client.HTTPSConnection(host, port, timeout=self._connect_s, context=context)
        return http.client.HTTPConnection(host, port, timeout=self._connect_s)

    @property
    def _where(self) -> str:
        return f"cloud {self._url.netloc.rpartition('@')[2]}"


class _Exchange:
    """One request and its answer, in a thread of its own that nobody has to wait for."""

    def __init__(
        self,
        connection: http.client.HTTPConnection,
        method: str,
        path: str,
        data: bytes | None,
        headers: Mapping[str, str],
    ) -> None:
        self._connection, self._request = connection, (method, path, data, dict(headers))
        self._status, self._answer = 0, b""
        self._error: Exception | None = None
        self._thread = threading.Thread(target=self._run, name="look-up", daemon=True)

    def within(self, seconds: float, where: str) -> tuple[int, bytes]:
        """Status and body. Raises CloudUnreachable."""
        self._thread.start()
        self._thread.join(max(0.0, seconds))
        if self._thread.is_alive():
            self._cut()
            raise CloudUnreachable(f"{where}: no answer within {seconds:.3g} s")
        if self._error is not None:
            raise CloudUnreachable(f"{where}: {self._error}") from self._error
        return self._status, self._answer

    def _run(self) -> None:
        method, path, data, headers = self._request
        try:
            self._connection.connect()
            self._connection.sock.settimeout(_TOTAL_S)  # from here on, whoever waits has the say
            self._connection.request(method, path, data, headers)
            with self._connection.getresponse() as response:
                self._status, self._answer = response.status, response.read(_MOST_BYTES + 1)
            if len(self._answer) > _MOST_BYTES:
                raise http.client.HTTPException(f"an answer of more than {_MOST_BYTES} bytes")
        except (OSError, http.client.HTTPException, UnicodeError) as error:
            self._error = error
        finally:
            self._connection.close()

    def _cut(self) -> None:
        """Wakes the thread where it waits for the other side."""
        sock = self._connection.sock
        if sock is not None:
            with contextlib.suppress(OSError):
                sock.shutdown(socket.SHUT_RDWR)


def _asked(person: Mapping[str, Any]) -> dict[str, Any]:
    """What is asked about of all that is known of a person."""
    return Asked(**{name: person[name] for name in Asked.model_fields if name in person}).model_dump()


def _detail(answer: bytes) -> str:
    """What the cloud says is wrong, in one line."""
    try:
        said = json.loads(answer)["detail"]
    except (ValueError, KeyError, TypeError):
        said = answer[:200].decode("utf-8", "replace")
    return " ".join(str(said).split())[:300]
