"""The box's signing key (Ed25519): a PEM file that only the agent may read, made when something is first signed."""

import os
from hashlib import sha256
from pathlib import Path

from cryptography.exceptions import InvalidSignature, UnsupportedAlgorithm
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_pem_private_key

NAME = "box.key"


class BoxKeyDamaged(OSError):
    """The file holds no Ed25519 key; a new one could not be told from a forger's."""


def box_key(directory: Path) -> Ed25519PrivateKey:
    """Raises BoxKeyDamaged."""
    path = directory / NAME
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    if not path.exists():
        _make(path)
    try:
        key = load_pem_private_key(path.read_bytes(), password=None)
    except (ValueError, TypeError, UnsupportedAlgorithm) as wrong:
        raise BoxKeyDamaged(f"{path}: no Ed25519 key ({wrong}); restore it from the backup") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BoxKeyDamaged(f"{path}: not an Ed25519 key; restore it from the backup")
    return key


def public_bytes(key: Ed25519PrivateKey) -> bytes:
    return key.public_key().public_bytes_raw()


def key_name(public: bytes) -> str:
    """Short enough to be compared by people."""
    return sha256(public).hexdigest()[:16]


def is_signed_by(public: bytes, signature: bytes, data: bytes) -> bool:
    try:
        Ed25519PublicKey.from_public_bytes(public).verify(signature, data)
    except (InvalidSignature, ValueError):
        return False
    return True


def _make(path: Path) -> None:
    """The name appears with the whole key behind it, or not at all; of two makers, one wins and both read the same."""
    fresh = path.with_name(f".{NAME}.{os.getpid()}")
    fresh.unlink(missing_ok=True)
    pem = Ed25519PrivateKey.generate().private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
    with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(pem)
        file.flush()
        os.fsync(file.fileno())
    try:
        os.link(fresh, path)
    except FileExistsError:
        pass
    finally:
        fresh.unlink()
    folder = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(folder)
    finally:
        os.close(folder)
