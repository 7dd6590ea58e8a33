"""What visitors said, encrypted where it lies: AES-256-GCM under a key derived from the site's (HKDF)."""

import json
import os
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_NONCE_BYTES = 12


class CaseDamaged(ValueError):
    """The body of a case cannot be opened: another key, or it was changed."""


class CaseSeal:
    def __init__(self, site_key: bytes) -> None:
        self._key = AESGCM(HKDF(SHA256(), 32, salt=None, info=b"onetrip/cases").derive(site_key))

    def close(self, case: str, body: Mapping[str, Any]) -> bytes:
        nonce = os.urandom(_NONCE_BYTES)
        plain = json.dumps(body, ensure_ascii=False, separators=(",", ":")).encode()
        return nonce + self._key.encrypt(nonce, plain, case.encode())

    def open(self, case: str, sealed: bytes) -> dict[str, Any]:
        """Raises CaseDamaged."""
        try:
            plain = self._key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], case.encode())
        except (InvalidTag, ValueError) as wrong:
            raise CaseDamaged(f"the body of case {case} cannot be opened") from wrong
        return dict(json.loads(plain))
