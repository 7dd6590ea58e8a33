"""Signatures of facility files: Ed25519 (RFC 8032), in a file of their own beside the TOML.

    onetrip-signature: 1
    facility: 330803-care-01
    serial: 1541001600
    sha256: 5f2c…                  of the TOML's bytes
    key: 9a1b…                     the first 16 hex digits of the SHA-256 of the public key's 32 bytes
    signature: MEUC…               base64 of 64 bytes, over the five lines above, each ended by a newline

The serial only ever grows, so that nobody can send an old file again.
"""

import base64
import binascii
import hashlib
import os
import re
from collections.abc import Mapping
from pathlib import Path
from typing import NamedTuple

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    KeySerializationEncryption,
    NoEncryption,
    PrivateFormat,
    PublicFormat,
    load_pem_private_key,
    load_pem_public_key,
)

SUFFIX = ".sig"
_LONGEST = 2000
_FORM = re.compile(
    r"(?P<signed>onetrip-signature: 1\n"
    r"facility: (?P<facility>[0-9A-Za-z-]{1,64})\n"
    r"serial: (?P<serial>[1-9][0-9]{0,17})\n"
    r"sha256: (?P<sha256>[0-9a-f]{64})\n"
    r"key: (?P<key>[0-9a-f]{16})\n)"
    r"signature: (?P<signature>[A-Za-z0-9+/=]{88})\n?"
)


class BadSignature(ValueError):
    """The file is not to be trusted; the text says why and what to do."""


class BadKey(ValueError):
    """A key file cannot be used; the text says why and what to do."""


class Statement(NamedTuple):
    """What was signed: this file is the facility's, and newer than those with a smaller serial."""

    facility: str
    serial: int
    sha256: str
    key: str


def new_key(path: Path, passphrase: bytes | None = None) -> Path:
    """Writes the private key, for this user only, and beside it the public one, whose path is returned.

    Raises BadKey, OSError.
    """
    key = Ed25519PrivateKey.generate()
    sealing: KeySerializationEncryption = BestAvailableEncryption(passphrase) if passphrase else NoEncryption()
    public = path.with_name(path.name + ".pub")
    for file in (path, public):
        if file.exists():
            raise BadKey(f"{file} exists already; choose another name, for what it signed needs it")
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as private:
        private.write(key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, sealing))
    public.write_bytes(key.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo))
    return public


def private_key(path: Path, passphrase: bytes | None = None) -> Ed25519PrivateKey:
    """Raises BadKey, OSError."""
    try:
        key = load_pem_private_key(path.read_bytes(), passphrase)
    except (ValueError, TypeError) as wrong:
        raise BadKey(f"{path}: no private key, or the passphrase is wrong: {wrong}") from None
    if not isinstance(key, Ed25519PrivateKey):
        raise BadKey(f"{path}: not an Ed25519 key; make one with onetrip config key")
    return key


def public_key(path: Path) -> Ed25519PublicKey:
    """Raises BadKey, OSError."""
    try:
        key = load_pem_public_key(path.read_bytes())
    except ValueError as wrong:
        raise BadKey(f"{path}: no public key: {wrong}") from None
    if not isinstance(key, Ed25519PublicKey):
        raise BadKey(f"{path}: not an Ed25519 key; make one with onetrip config key")
    return key


def trusted_keys(folder: Path) -> dict[str, Ed25519PublicKey]:
    """By key id. Raises BadKey: a file that is no key hides one that should count."""
    return {key_id(key): key for key in map(public_key, sorted(folder.glob("*.pub")))}


def key_id(key: Ed25519PublicKey) -> str:
    return hashlib.sha256(key.public_bytes(Encoding.Raw, PublicFormat.Raw)).hexdigest()[:16]


def sign(toml: bytes, facility: str, serial: int, key: Ed25519PrivateKey) -> bytes:
    signed = (
        f"onetrip-signature: 1\nfacility: {facility}\nserial: {serial}\n"
        f"sha256: {hashlib.sha256(toml).hexdigest()}\nkey: {key_id(key.public_key())}\n"
    )
    text = signed + f"signature: {base64.b64encode(key.sign(signed.encode())).decode()}\n"
    if not _FORM.fullmatch(text):
        raise ValueError(f"a signature cannot say facility {facility!r}, serial {serial}")
    return text.encode()


def verify(toml: bytes, signature: bytes, trusted: Mapping[str, Ed25519PublicKey]) -> Statement:
    """Raises BadSignature."""
    form = _FORM.fullmatch(signature.decode("ascii", "replace")) if len(signature) <= _LONGEST else None
    if form is None:
        raise BadSignature("the signature file has not the form of one; sign the facility file again")
    key = trusted.get(form["key"])
    if key is None:
        known = ", ".join(sorted(trusted)) or "none"
        raise BadSignature(f"key {form['key']} is not trusted here (trusted: {known}); put its .pub file on the box")
    try:
        key.verify(base64.b64decode(form["signature"], validate=True), form["signed"].encode())
    except (InvalidSignature, binascii.Error):
        raise BadSignature(
            "the signature is wrong: it was changed after signing; sign the facility file again"
        ) from None
    if hashlib.sha256(toml).hexdigest() != form["sha256"]:
        raise BadSignature("the facility file is not the one that was signed; send both again")
    return Statement(form["facility"], int(form["serial"]), form["sha256"], form["key"])
