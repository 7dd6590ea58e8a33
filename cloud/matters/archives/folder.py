"""The folder of scanned pages: each file is named by the SHA-256 of what it holds, and encrypted (AES-256-GCM).

The key is derived from the city's person key (HKDF, RFC 5869): without it the files show nobody.
"""

import os
import secrets
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_INFO = b"onetrip/v1/archive-pages"
_NONCE = 12


class PageDamaged(Exception):
    """The file is missing, or is not what it was."""


class PageFolder:
    def __init__(self, root: Path, person_key: bytes) -> None:
        self._root = root
        self._cipher = AESGCM(HKDF(algorithm=SHA256(), length=32, salt=None, info=_INFO).derive(person_key))

    def put(self, data: bytes) -> str:
        """Its SHA-256; on disk when this returns. What is there stays. Raises OSError."""
        name = sha256(data).hexdigest()
        path = self._path(name)
        if path.exists():
            return name
        path.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
        nonce = secrets.token_bytes(_NONCE)
        half = path.with_name(f"{name}.{secrets.token_hex(4)}")
        with os.fdopen(os.open(half, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
            file.write(nonce + self._cipher.encrypt(nonce, data, name.encode()))
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
        folder = os.open(path.parent, os.O_RDONLY)
        try:
            os.fsync(folder)
        finally:
            os.close(folder)
        return name

    def get(self, name: str) -> bytes:
        """`name`: 64 hex digits of the records. Raises PageDamaged."""
        try:
            held = self._path(name).read_bytes()
            data = self._cipher.decrypt(held[:_NONCE], held[_NONCE:], name.encode())
        except (OSError, InvalidTag, ValueError) as wrong:
            raise PageDamaged(f"page {name[:12]}… cannot be read") from wrong
        if sha256(data).hexdigest() != name:
            raise PageDamaged(f"page {name[:12]}… is not what it was")
        return data

    def _path(self, name: str) -> Path:
        return self._root / name[:2] / name
