"""The facility's HMAC key: 32 random bytes in a file that only the agent may read, made at the first start."""

import os
import secrets
from pathlib import Path

_BYTES = 32


class SiteKeyDamaged(OSError):
    """The key file does not hold a key; a new one would make every visitor a new person."""


def site_key(directory: Path) -> bytes:
    """Raises SiteKeyDamaged."""
    path = directory / "site.key"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _make(path)
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise SiteKeyDamaged(
            f"{path}: {len(key)} bytes, not {_BYTES}; restore it from the backup (tokens depend on it)"
        )
    return key


def _make(path: Path) -> None:
    """The name appears with the whole key behind it, or not at all: a power cut leaves no half of a key."""
    fresh = path.with_suffix(".new")
    fresh.unlink(missing_ok=True)
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(secrets.token_bytes(_BYTES))
        file.flush()
        os.fsync(file.fileno())
    fresh.rename(path)
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
