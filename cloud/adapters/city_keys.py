"""The city's secrets, as files of base64: `city.key` opens what was sealed for it, `person.key` turns numbers into
tokens, `office.key` signs (Ed25519).
"""

import base64
import binascii
import hashlib
import hmac
import os
import secrets
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey

from cloud.ports import BadFile
from contract.sealing import CannotOpen, open_sealed, seal

_BYTES = 32
_PRIVATE, _PUBLIC = 0o600, 0o644
CITY, CITY_PUBLIC, PERSON, OFFICE, OFFICE_PUBLIC = "city.key", "city.pub", "person.key", "office.key", "office.pub"


def make(directory: Path) -> str:
    """Writes the files; returns the public key as a box's `[uplink] city_key` wants it.

    Raises BadFile when one is there already: what was sealed for it could be read by nobody any more.
    """
    directory.mkdir(parents=True, exist_ok=True, mode=0o700)
    for name in (CITY, CITY_PUBLIC, PERSON, OFFICE, OFFICE_PUBLIC):
        if (directory / name).exists():
            raise BadFile(f"{directory / name} is there already; choose another folder")
    key = X25519PrivateKey.generate()
    public = base64.b64encode(key.public_key().public_bytes_raw()).decode()
    _write(directory / CITY, base64.b64encode(key.private_bytes_raw()), _PRIVATE)
    _write(directory / PERSON, base64.b64encode(secrets.token_bytes(_BYTES)), _PRIVATE)
    _write(directory / CITY_PUBLIC, public.encode(), _PUBLIC)
    office = Ed25519PrivateKey.generate()
    _write(directory / OFFICE, base64.b64encode(office.private_bytes_raw()), _PRIVATE)
    _write(directory / OFFICE_PUBLIC, base64.b64encode(office.public_key().public_bytes_raw()), _PUBLIC)
    return public


def read(file: Path) -> bytes:
    """32 bytes. Raises BadFile, OSError."""
    try:
        key = base64.b64decode(file.read_bytes().strip(), validate=True)
    except binascii.Error:
        key = b""
    if len(key) != _BYTES:
        raise BadFile(f"{file}: not a key: 32 bytes as base64; make one with onetrip city-key make DIR")
    return key


def read_token(file: Path) -> str:
    """What boxes show. Raises BadFile, OSError."""
    token = file.read_text(encoding="ascii", errors="replace").strip()
    if len(token) < 16 or not token.isascii() or not token.isprintable():
        raise BadFile(f"{file}: no token; write one line of 16 or more printable ASCII characters")
    return token


@dataclass(frozen=True, slots=True)
class CityKey:
    """Opens what was sealed for the city. Implements cloud.ports.Opener."""

    private: bytes

    def __call__(self, about: str, sealed: str) -> dict[str, Any]:
        try:
            return open_sealed(self.private, about, sealed)
        except RecursionError:  # a hostile depth of brackets
            raise CannotOpen("the payload is nested too deep") from None


@dataclass(frozen=True, slots=True)
class PersonKey:
    """Who it is about, for records that must not hold numbers. Implements cloud.ports.Tokens."""

    key: bytes

    def of(self, number: str) -> str:
        return self._token("person", number.strip().upper())

    def of_all(self, numbers: Iterable[str]) -> str:
        """The same for the same people in any order."""
        return self._token("persons", "\n".join(sorted(number.strip().upper() for number in numbers)))

    def _token(self, what: str, text: str) -> str:
        return hmac.new(self.key, f"{what}\n{text}".encode(), hashlib.sha256).hexdigest()


@dataclass(frozen=True, slots=True)
class CityKeys:
    """All that the city needs to keep cases of its own."""

    private: bytes
    person: PersonKey
    office: bytes

    @classmethod
    def of(cls, city: Path | None, person: Path | None, office: Path | None) -> "CityKeys | None":
        """None where one of them is not given. Raises BadFile, OSError."""
        if not (city and person and office):
            return None
        return cls(read(city), PersonKey(read(person)), read(office))

    def seal(self, about: str, fields: Mapping[str, Any]) -> str:
        """Implements cloud.ports.Sealer."""
        public = X25519PrivateKey.from_private_bytes(self.private).public_key().public_bytes_raw()
        return seal(public, about, fields)

    def open(self, about: str, sealed: str) -> dict[str, Any]:
        """Raises contract.sealing.CannotOpen."""
        return CityKey(self.private)(about, sealed)

    def sign(self, text: bytes) -> str:
        """Implements cloud.ports.Signer."""
        return base64.b64encode(Ed25519PrivateKey.from_private_bytes(self.office).sign(text)).decode()

    def is_signed(self, text: bytes, signature: str) -> bool:
        public = Ed25519PrivateKey.from_private_bytes(self.office).public_key()
        try:
            public.verify(base64.b64decode(signature, validate=True), text)
        except (InvalidSignature, binascii.Error):
            return False
        return True


def _write(path: Path, data: bytes, mode: int) -> None:
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, mode), "wb") as file:
        file.write(data + b"\n")
        file.flush()
        os.fsync(file.fileno())
