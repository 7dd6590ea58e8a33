"""The accounts of a facility's staff: a number, a name, a role and a password each, in the store (mode 0600).

    desk.json   {"1023": {"name": "…", "role": "clerk", "n": 32768, "r": 8, "p": 1, "salt": hex, "hash": hex}, …}

Passwords are scrypt hashes, as the technician's. There is no default account: without the file nobody can log in.
"""

import hashlib
import hmac
import json
import re
import secrets
import threading
from pathlib import Path
from typing import Any

from edge.adapters.durable_files import DurableFiles
from edge.adapters.technician_account import LONGEST, SHORTEST, AccountDamaged, BadPassword
from edge.domain.visits.staff import ROLES, Role, Staff

NAME = "desk.json"
_NUMBER = re.compile(r"[A-Za-z0-9][A-Za-z0-9-]{1,31}")
_N, _R, _P = 2**15, 8, 1  # 32 MiB and about a tenth of a second
_SALT_BYTES, _HASH_BYTES = 16, 32
_one_at_a_time = threading.Lock()


class UnknownStaff(ValueError):
    """No account has this number."""


class StaffAccounts:
    def __init__(self, directory: Path) -> None:
        self._directory, self._path = directory, directory / NAME

    def add(self, number: str, name: str, role: Role, password: str) -> None:
        """New, or another name, role and password: sessions of before are over. Raises BadPassword, OSError."""
        if not _NUMBER.fullmatch(number):
            raise BadPassword("a staff number has 2 to 32 letters, digits and hyphens")
        if not name.strip() or len(name) > 64:
            raise BadPassword("give the account a name of 1 to 64 characters")
        if role not in ROLES:
            raise BadPassword(f"no role {role!r}; roles: {', '.join(ROLES)}")
        if not SHORTEST <= len(password) <= LONGEST:
            raise BadPassword(f"the password has {len(password)} characters; choose {SHORTEST} to {LONGEST}")
        salt = secrets.token_bytes(_SALT_BYTES)
        told = {
            "name": name.strip(), "role": role, "n": _N, "r": _R, "p": _P, "salt": salt.hex(),
            "hash": _hash(password, salt, _N, _R, _P).hex(),
        }  # fmt: skip
        self._write({**self._read(), number: told})

    def remove(self, number: str) -> None:
        """Raises UnknownStaff, AccountDamaged, OSError."""
        accounts = self._read()
        if number not in accounts:
            raise UnknownStaff(f"no account has the number {number}")
        del accounts[number]
        self._write(accounts)

    def all(self) -> list[Staff]:
        """By number. Raises AccountDamaged."""
        return [_staff(number, told) for number, told in sorted(self._read().items())]

    def find(self, number: str) -> Staff | None:
        """Raises AccountDamaged."""
        told = self._read().get(number)
        return None if told is None else _staff(number, told)

    def verify(self, number: str, password: str) -> Staff | None:
        """None when number or password is wrong; both take the same time. Raises AccountDamaged."""
        if len(password) > LONGEST:
            return None
        told = self._read().get(number)
        if told is None:
            _hash(password, b"nobody", _N, _R, _P)
            return None
        digest = _hash(password, bytes.fromhex(told["salt"]), told["n"], told["r"], told["p"])
        return _staff(number, told) if hmac.compare_digest(digest, bytes.fromhex(told["hash"])) else None

    def _read(self) -> dict[str, dict[str, Any]]:
        try:
            read = json.loads(self._path.read_bytes())
            return {str(number): _checked(told) for number, told in read.items()}
        except FileNotFoundError:
            return {}
        except (ValueError, TypeError, KeyError, AttributeError):
            raise AccountDamaged(f"{self._path} is damaged; remove it and add the accounts again") from None

    def _write(self, accounts: dict[str, dict[str, Any]]) -> None:
        files = DurableFiles()
        files.folder(self._directory)
        files.write(self._path, json.dumps(accounts, ensure_ascii=False, indent=1).encode() + b"\n")


def _checked(told: Any) -> dict[str, Any]:
    if told["role"] not in ROLES or (told["n"], told["r"], told["p"]) != (_N, _R, _P):
        raise ValueError
    return {
        "name": str(told["name"]), "role": told["role"], "n": _N, "r": _R, "p": _P,
        "salt": bytes.fromhex(told["salt"]).hex(), "hash": bytes.fromhex(told["hash"]).hex(),
    }  # fmt: skip


def _staff(number: str, told: dict[str, Any]) -> Staff:
    return Staff(number, told["name"], told["role"], told["salt"])


def _hash(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    with _one_at_a_time:
        return hashlib.scrypt(
            password.encode(), salt=salt, n=n, r=r, p=p, maxmem=128 * r * (n + p + 2) + 1024, dklen=_HASH_BYTES
        )
