"""Signed commissioning records: one JSON file each, in <store>/commissioning.

    {"record": {…}, "signature": {"algorithm": "Ed25519", "public_key": hex, "value": hex}}

Signed is the record as JSON with sorted keys, without spaces, in UTF-8. The SHA-256 of the whole file is what the cloud
is told.
"""

import json
import os
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any, NamedTuple

from edge.adapters.box_key import box_key, is_signed_by, key_name, public_bytes

FOLDER = "commissioning"
_ALGORITHM = "Ed25519"
_LONGEST = 4 * 1024 * 1024


class BadRecord(ValueError):
    """The file is no record of ours, or not what was signed; the text says which."""


class Verified(NamedTuple):
    record: Mapping[str, Any]
    sha256: str  # of the file, as the cloud has it
    key: str  # the name of the key that signed


def keep(directory: Path, record: Mapping[str, Any]) -> tuple[Path, str]:
    """Sign and write; returns the file and its SHA-256. `directory`: the store's. Raises OSError."""
    key = box_key(directory)
    signature = {
        "algorithm": _ALGORITHM,
        "public_key": public_bytes(key).hex(),
        "value": key.sign(_signed(record)).hex(),
    }
    data = json.dumps({"record": record, "signature": signature}, ensure_ascii=False, indent=1).encode() + b"\n"
    folder = directory / FOLDER
    folder.mkdir(exist_ok=True, mode=0o700)
    path = folder / f"{record['device']}-{re.sub(r'[-:.]', '', record['ended'])}.json"
    with os.fdopen(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as file:
        file.write(data)
        file.flush()
        os.fsync(file.fileno())
    return path, sha256(data).hexdigest()


def verify(path: Path, trusted: bytes | None = None) -> Verified:
    """`trusted`: the public key of the box that must have signed. Raises BadRecord, OSError."""
    if path.stat().st_size > _LONGEST:
        raise BadRecord(f"{path}: too long to be a commissioning record")
    data = path.read_bytes()
    try:
        whole = json.loads(data)
        record, signature = whole["record"], whole["signature"]
        public, value = bytes.fromhex(signature["public_key"]), bytes.fromhex(signature["value"])
        known = signature["algorithm"] == _ALGORITHM and isinstance(record, dict)
        signed = _signed(record)
    except (ValueError, KeyError, TypeError, RecursionError):
        raise BadRecord(f"{path}: no commissioning record") from None
    if not known or not is_signed_by(public, value, signed):
        raise BadRecord(f"{path}: 签名不符 the signature does not fit: the record was changed after it was signed")
    if trusted is not None and public != trusted:
        raise BadRecord(
            f"{path}: 不是本机的密钥 signed by key {key_name(public)}, not by this box's key {key_name(trusted)}"
        )
    return Verified(record, sha256(data).hexdigest(), key_name(public))


def _signed(record: object) -> bytes:
    text = json.dumps(record, ensure_ascii=False, sort_keys=True, separators=(",", ":"), allow_nan=False)
    return text.encode()
