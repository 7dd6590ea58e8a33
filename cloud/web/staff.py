"""Who sits before a page: the member of staff of the session's cookie."""

from collections.abc import Mapping
from typing import Protocol

from fastapi import HTTPException, Request

from cloud.adapters.sql_people import LoggedIn
from cloud.web.door import SESSION


class Sessions(Protocol):
    def find(self, token: str) -> LoggedIn | None: ...


class Staff:
    def __init__(self, sessions: Sessions) -> None:
        self._sessions = sessions

    def of(self, request: Request) -> LoggedIn:
        """Whoever is nobody is shown the way to the log-in."""
        token = request.cookies.get(SESSION, "")
        found = self._sessions.find(token) if token else None
        if found is None:
            raise HTTPException(303, headers={"Location": "/login"})
        return found


def is_own(staff: LoggedIn, form: Mapping[str, str]) -> None:
    """A form that another site sent does not have the session's number. Raises HTTPException."""
    if form.get("csrf") != staff.csrf:
        raise HTTPException(403, "the form is older than your session; load the page again")
