"""Sealed payloads: what tells who somebody is, readable only for the city (HPKE, RFC 9180, base mode).

Suite DHKEM(X25519, HKDF-SHA256), HKDF-SHA256, AES-256-GCM; the `info` binds a payload to its record, so that none
can be moved to another. Key files hold base64 of the 32 raw bytes.
"""

import base64
import json
from collections.abc import Mapping
from typing import Any

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.hpke import AEAD, KDF, KEM, Suite

_SUITE = Suite(KEM.X25519, KDF.HKDF_SHA256, AEAD.AES_256_GCM)
_INFO = b"onetrip/v1/sealed"


class CannotOpen(ValueError):
    """It was sealed for another key or another record, or was changed."""


def seal(public: bytes, about: str, fields: Mapping[str, Any]) -> str:
    """Base64 of the sealed JSON. `public`: 32 bytes; `about`: the case or message it belongs to."""
    plain = json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()
    key = X25519PublicKey.from_public_bytes(public)
    return base64.b64encode(_SUITE.encrypt(plain, key, _INFO + b"/" + about.encode())).decode()


def open_sealed(private: bytes, about: str, sealed: str) -> dict[str, Any]:
    """Raises CannotOpen."""
    key = X25519PrivateKey.from_private_bytes(private)
    try:
        plain = _SUITE.decrypt(base64.b64decode(sealed, validate=True), key, _INFO + b"/" + about.encode())
        fields = json.loads(plain)
    except (InvalidTag, ValueError) as wrong:
        raise CannotOpen("the payload cannot be opened: another key or record, or it was changed") from wrong
    if not isinstance(fields, dict):
        raise CannotOpen("the payload holds no fields")
    return fields
