"""Who is logged in: sessions in memory, and the growing wait after wrong passwords. Pure; time is an argument."""

import hmac
import secrets
from dataclasses import dataclass, field

from edge.adapters.technician_account import Account

LONGEST_S, IDLE_S = 8 * 3600.0, 30 * 60.0
FREE_TRIES = 5
FIRST_WAIT_S, LONGEST_WAIT_S = 30.0, 3600.0
_MOST = 32  # sessions; the longest idle one goes


@dataclass(slots=True)
class Session:
    """`said`: (whether it was done, what to say about it) for the next page of a browser without scripts."""

    account: Account
    csrf: str
    begun: float
    used: float
    said: tuple[bool, str] | None = field(default=None)


class Sessions:
    def __init__(self) -> None:
        self._sessions: dict[str, Session] = {}

    def begin(self, account: Account, now: float) -> tuple[str, Session]:
        """The cookie's secret, and the session."""
        self._drop_old(now)
        while len(self._sessions) >= _MOST:
            del self._sessions[min(self._sessions, key=lambda token: self._sessions[token].used)]
        token, session = secrets.token_urlsafe(32), Session(account, secrets.token_urlsafe(32), now, now)
        self._sessions[token] = session
        return token, session

    def find(self, token: str, account: Account | None, now: float, *, use: bool) -> Session | None:
        """`account` as it is now: a session from before a change of the password is over. `use`: a person did it."""
        self._drop_old(now)
        session = self._sessions.get(token)
        if session is None:
            return None
        if session.account != account:
            del self._sessions[token]
            return None
        if use:
            session.used = now
        return session

    def name_of(self, token: str) -> str:
        """Whose session it is; "" for none."""
        session = self._sessions.get(token)
        return session.account.name if session else ""

    def end(self, token: str) -> None:
        self._sessions.pop(token, None)

    def _drop_old(self, now: float) -> None:
        for token, session in list(self._sessions.items()):
            if now - session.begun >= LONGEST_S or now - session.used >= IDLE_S:
                del self._sessions[token]


class Lockout:
    """After five wrong passwords each further one doubles the wait, from half a minute to an hour."""

    def __init__(self) -> None:
        self._wrong = 0
        self._until = 0.0

    def wait_s(self, now: float) -> float:
        return max(0.0, self._until - now)

    def on_wrong(self, now: float) -> None:
        self._wrong += 1
        if self._wrong >= FREE_TRIES:
            doublings = min(self._wrong - FREE_TRIES, 16)
            self._until = now + min(LONGEST_WAIT_S, FIRST_WAIT_S * 2**doublings)

    def on_right(self) -> None:
        self._wrong, self._until = 0, 0.0


def same(given: str, wanted: str) -> bool:
    return bool(wanted) and hmac.compare_digest(given.encode(), wanted.encode())
