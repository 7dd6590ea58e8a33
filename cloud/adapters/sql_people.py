"""Who works for the city and may log in: accounts with Argon2id passwords, and their sessions.

A session of a browser ends after 30 minutes without a touch and after 8 hours. A department's program has a token
that lasts as long as it was given. What is kept of both is a hash.
"""

import hashlib
import secrets
from collections.abc import Callable
from dataclasses import dataclass

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from sqlalchemy import Engine, delete, select, update

from cloud.adapters import city_tables as c
from cloud.adapters.sql_database import available, insert_once, upsert
from cloud.domain.actor import ROLES, Actor, Role, level_of

SHORTEST = 10
LONGEST = 256
IDLE_MS, LASTS_MS = 30 * 60_000, 8 * 3_600_000
_FREE_TRIES, _FIRST_WAIT_MS, _LONGEST_WAIT_MS = 5, 30_000, 3_600_000
_MOST_DOUBLINGS = 16
_a, _s = c.staff_account.c, c.staff_session.c


class BadAccount(ValueError):
    """The account cannot be so; the text says what to write instead."""


class MustWait(Exception):
    """After wrong passwords: not before `ms` have passed."""

    def __init__(self, ms: int) -> None:
        super().__init__(f"too many wrong passwords: try again in {-(-ms // 1000)} s")
        self.ms = ms


@dataclass(frozen=True, slots=True)
class LoggedIn:
    actor: Actor
    name: str
    csrf: str


class SqlPeople:
    """Each method raises RecordsUnavailable."""

    def __init__(self, engine: Engine, clock: Callable[[], int], hasher: PasswordHasher | None = None) -> None:
        """`hasher`: another cost than the library's own, which follows RFC 9106."""
        self._engine, self._clock = engine, clock
        self._hasher = hasher or PasswordHasher()
        self._nobody = self._hasher.hash(secrets.token_hex())

    def add(self, number: str, name: str, role: str, area: str, unit: str, password: str) -> None:
        """New, or all of it changed: sessions of before are over. Raises BadAccount."""
        if role not in ROLES or role in ("applicant", "system"):
            raise BadAccount(f"no role {role!r} for staff")
        try:
            level_of(area)
        except ValueError as wrong:
            raise BadAccount(str(wrong)) from None
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadAccount(f"the password has {len(password)} characters; choose {SHORTEST} to {LONGEST}")
        if not number.strip() or not name.strip():
            raise BadAccount("an account needs a staff number and a name")
        row = {
            "number": number.strip(), "name": name.strip(), "role": role, "area": area, "unit": unit.strip(),
            "password": self._hasher.hash(password), "wrong": 0, "not_before_ms": 0,
        }  # fmt: skip
        with available(), self._engine.begin() as db:
            upsert(db, c.staff_account, [row])
            db.execute(delete(c.staff_session).where(_s.number == row["number"]))

    def log_in(self, number: str, password: str) -> str | None:
        """The session's token; None for a wrong number or password, which take the same time. Raises MustWait."""
        now_ms = self._clock()
        with available(), self._engine.connect() as db:
            row = db.execute(select(c.staff_account).where(_a.number == number)).first()
        if row is not None and row.not_before_ms > now_ms:
            raise MustWait(row.not_before_ms - now_ms)
        if not self._is_right(row.password if row else self._nobody, password) or row is None:
            if row is not None:
                self._count_wrong(number, row.wrong + 1, now_ms)
            return None
        with available(), self._engine.begin() as db:
            db.execute(update(c.staff_account).where(_a.number == number).values(wrong=0, not_before_ms=0))
        return self._begin(number, LASTS_MS)

    def token(self, number: str, lasts_ms: int) -> str:
        """For a department's program. Raises BadAccount."""
        with available(), self._engine.connect() as db:
            if db.execute(select(_a.number).where(_a.number == number)).first() is None:
                raise BadAccount(f"no account has the number {number}; add it first")
        return self._begin(number, lasts_ms)

    def _begin(self, number: str, lasts_ms: int) -> str:
        token, now_ms = secrets.token_urlsafe(32), self._clock()
        row = {
            "token": _hashed(token), "number": number, "csrf": secrets.token_urlsafe(32), "begun_at_ms": now_ms,
            "used_at_ms": now_ms, "until_ms": now_ms + lasts_ms,
        }  # fmt: skip
        with available(), self._engine.begin() as db:
            db.execute(delete(c.staff_session).where(_s.until_ms < now_ms))
            insert_once(db, c.staff_session, row)
        return token

    def find(self, token: str) -> LoggedIn | None:
        now_ms = self._clock()
        wanted = select(
            _a.number, _a.role, _a.area, _a.unit, _a.name, _s.csrf, _s.used_at_ms, _s.until_ms, _s.begun_at_ms
        ).join_from(c.staff_session, c.staff_account, _s.number == _a.number)
        with available(), self._engine.begin() as db:
            row = db.execute(wanted.where(_s.token == _hashed(token))).first()
            if row is None or row.until_ms < now_ms:
                return None
            is_browser = row.until_ms - row.begun_at_ms <= LASTS_MS
            if is_browser and now_ms - row.used_at_ms > IDLE_MS:
                return None
            if now_ms - row.used_at_ms > IDLE_MS // 30:
                db.execute(update(c.staff_session).where(_s.token == _hashed(token)).values(used_at_ms=now_ms))
        role: Role = row.role
        return LoggedIn(Actor(row.number, role, row.area, row.unit), row.name, row.csrf)

    def log_out(self, token: str) -> None:
        with available(), self._engine.begin() as db:
            db.execute(delete(c.staff_session).where(_s.token == _hashed(token)))

    def _is_right(self, kept: str, password: str) -> bool:
        try:
            return len(password) <= LONGEST and self._hasher.verify(kept, password)
        except (VerificationError, InvalidHashError):
            return False

    def _count_wrong(self, number: str, wrong: int, now_ms: int) -> None:
        wait = 0
        if wrong >= _FREE_TRIES:
            wait = min(_LONGEST_WAIT_MS, _FIRST_WAIT_MS * 2 ** min(wrong - _FREE_TRIES, _MOST_DOUBLINGS))
        with available(), self._engine.begin() as db:
            which = update(c.staff_account).where(_a.number == number)
            db.execute(which.values(wrong=wrong, not_before_ms=now_ms + wait))


def _hashed(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
