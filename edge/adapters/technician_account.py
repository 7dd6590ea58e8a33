"""The technician's account of a box: one name and one password, kept as a scrypt hash in the store (mode 0600).

    console.json   {"name": "technician", "n": 32768, "r": 8, "p": 1, "salt": hex, "hash": hex}

There is no default password: without the file nobody can log in.
"""

import hashlib
import hmac
import json
import secrets
import threading
from dataclasses import dataclass
from pathlib import Path

from edge.adapters.durable_files import DurableFiles

NAME = "console.json"
SHORTEST, LONGEST = 10, 256
_N, _R, _P = 2**15, 8, 1  # 32 MiB and about a tenth of a second
_MOST_N, _MOST_MEMORY = 2**20, 2 * 1024**3
_SALT_BYTES, _HASH_BYTES = 16, 32
_one_at_a_time = threading.Lock()  # many tries at once must not take 32 MiB each


class BadPassword(ValueError):
    """The password cannot be used; the text says what to choose."""


class AccountDamaged(OSError):
    """The file of the account cannot be used; the text says what to do."""


@dataclass(frozen=True, slots=True)
class Account:
    """`mark` differs after each change of the password."""

    name: str
    mark: str


def set_password(directory: Path, password: str, name: str = "technician") -> None:
    """Everybody who is logged in is logged out. Raises BadPassword, OSError."""
    if not SHORTEST <= len(password) <= LONGEST:
        raise BadPassword(f"the password has {len(password)} characters; choose {SHORTEST} to {LONGEST}")
    if not name or len(name) > 64:
        raise BadPassword("give the account a name of 1 to 64 characters")
    salt = secrets.token_bytes(_SALT_BYTES)
    digest = _hash(password, salt, _N, _R, _P)
    told = {"name": name, "n": _N, "r": _R, "p": _P, "salt": salt.hex(), "hash": digest.hex()}
    files = DurableFiles()
    files.folder(directory)
    files.write(directory / NAME, json.dumps(told, ensure_ascii=False).encode() + b"\n")


class TechnicianAccount:
    def __init__(self, directory: Path) -> None:
        self._path = directory / NAME

    def find(self) -> Account | None:
        """None until a password is set. Raises AccountDamaged."""
        told = self._read()
        return None if told is None else Account(str(told["name"]), str(told["salt"]))

    def check(self, password: str) -> Account | None:
        """None when it is wrong, or none is set. Raises AccountDamaged."""
        told = self._read()
        if told is None or len(password) > LONGEST:
            return None
        n, r, p = (int(str(told[key])) for key in ("n", "r", "p"))
        if not 1 < n <= _MOST_N or 128 * n * r > _MOST_MEMORY:
            raise AccountDamaged(f"{self._path} asks for too much work; set the password again")
        digest = _hash(password, bytes.fromhex(str(told["salt"])), n, r, p)
        is_right = hmac.compare_digest(digest, bytes.fromhex(str(told["hash"])))
        return Account(str(told["name"]), str(told["salt"])) if is_right else None

    def _read(self) -> dict[str, object] | None:
        try:
            told = json.loads(self._path.read_bytes())
            return {"name": str(told["name"]), "salt": bytes.fromhex(told["salt"]).hex(),
                    "hash": bytes.fromhex(told["hash"]).hex(),
                    **{key: int(told[key]) for key in ("n", "r", "p")}}  # fmt: skip
        except FileNotFoundError:
            return None
        except (ValueError, TypeError, KeyError):
            raise AccountDamaged(f"{self._path} is damaged; set the password again") from None


def _hash(password: str, salt: bytes, n: int, r: int, p: int) -> bytes:
    with _one_at_a_time:
        return hashlib.scrypt(
            password.encode(), salt=salt, n=n, r=r, p=p, maxmem=128 * r * (n + p + 2) + 1024, dklen=_HASH_BYTES
        )
