"""Seals what recordings must not tell everybody: AES-256-GCM with a key of its own for each recording.

The key is derived from the box's secret and the recording's id (HKDF-SHA256, RFC 5869), so a recording can be opened
only where that secret is, and two recordings share no key. The nonce is a counter: each key seals each once.
"""

import hashlib

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

_INFO = b"onetrip recording"
_NONCE_BYTES = 12
_TAG_BYTES = 16


def key_id(secret: bytes) -> str:
    """Names a secret without telling it: which box's key opens a recording."""
    return hashlib.sha256(_INFO + b" key id" + secret).hexdigest()[:16]


class RecordingSeal:
    def __init__(self, secret: bytes, recording_id: str) -> None:
        key = HKDF(SHA256(), 32, salt=recording_id.encode(), info=_INFO).derive(secret)
        self._cipher = AESGCM(key)
        self._count = 0

    def seal(self, data: bytes) -> bytes:
        """Nonce, ciphertext, tag."""
        self._count += 1
        nonce = self._count.to_bytes(_NONCE_BYTES, "big")
        return nonce + self._cipher.encrypt(nonce, data, None)

    def unseal(self, sealed: bytes) -> bytes:
        """Raises ValueError: another box's key, or damaged."""
        if len(sealed) < _NONCE_BYTES + _TAG_BYTES:
            raise ValueError("too short")
        try:
            return self._cipher.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], None)
        except InvalidTag:
            raise ValueError("wrong key, or the data was changed") from None
