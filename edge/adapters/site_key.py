"""The facility's HMAC key: 32 random bytes in a file that only the agent may read, made at the first start."""

import os
import secrets
from pathlib import Path

_BYTES = 32


def site_key(directory: Path) -> bytes:
    path = directory / "site.key"
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    try:
        with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(secrets.token_bytes(_BYTES))
            file.flush()
            os.fsync(file.fileno())
    except FileExistsError:
        pass
    key = path.read_bytes()
    if len(key) != _BYTES:
        raise ValueError(f"{path}: {len(key)} bytes, not {_BYTES}; restore it from the backup (tokens depend on it)")
    return key
