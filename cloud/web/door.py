"""Who asks: a member of staff with a session, or a department's program with a token. Nobody else gets in here."""

from collections.abc import Callable
from typing import Annotated, Protocol

from fastapi import Cookie, Header, HTTPException, Request

from cloud.domain.actor import Actor

SESSION = "onetrip_city"  # cookie
_BEARER = "bearer "
_SAFE = ("GET", "HEAD")


class LoggedIn(Protocol):
    @property
    def actor(self) -> Actor: ...
    @property
    def csrf(self) -> str: ...


Find = Callable[[str], LoggedIn | None]
"""By what the browser or program holds. Raises RecordsUnavailable."""


class Door:
    """A router's dependency."""

    def __init__(self, find: Find) -> None:
        self._find = find

    def __call__(
        self,
        request: Request,
        onetrip_city: Annotated[str, Cookie(include_in_schema=False)] = "",
        authorization: Annotated[str, Header(include_in_schema=False)] = "",
        x_csrf: Annotated[str, Header(include_in_schema=False)] = "",
    ) -> None:
        """A browser sends its cookie by itself, so what it does must also carry the page's own secret."""
        is_program = authorization.lower().startswith(_BEARER)
        token = authorization[len(_BEARER) :] if is_program else onetrip_city
        found = self._find(token) if token else None
        if found is None:
            raise HTTPException(401, "log in at /login, or send a department's token as Authorization: Bearer …")
        if not is_program and request.method not in _SAFE and x_csrf != found.csrf:
            raise HTTPException(403, "the form is older than your session; load the page again")
        request.state.actor = found.actor


def actor_of(request: Request) -> Actor:
    """Who asks, behind a door."""
    actor: Actor = request.state.actor
    return actor
