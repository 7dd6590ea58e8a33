"""The city's signature under a reference snapshot (城市发布签名): Ed25519 (RFC 8032) over `onetrip/v1/reference/` and
the snapshot's SHA-256 in hex; base64 of 64 bytes.
"""

import base64
import binascii

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from contract.reference import PREFIX, Snapshot

KEY_BYTES = 32


def sign(sha256: str, key: Ed25519PrivateKey) -> str:
    return base64.b64encode(key.sign(_signed(sha256))).decode()


def is_signed(snapshot: Snapshot, public: bytes) -> bool:
    """Whether it is as the owner of this key published it. `public`: 32 bytes."""
    try:
        signature = base64.b64decode(snapshot.signature, validate=True)
        Ed25519PublicKey.from_public_bytes(public).verify(signature, _signed(snapshot.sha256))
    except (binascii.Error, InvalidSignature, ValueError):
        return False
    return True


def _signed(sha256: str) -> bytes:
    return f"{PREFIX}/{sha256}".encode()
