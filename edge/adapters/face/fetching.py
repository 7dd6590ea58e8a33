"""Weights from their publisher or a mirror (下载权重). A file gets its name only after its SHA-256 was right."""

import hashlib
import os
import tempfile
import threading
import urllib.request
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote, urlsplit

from edge.adapters.face.weights import NoFaceEngine, Weight

_SCHEMES = ("https", "http", "file")  # the hash, not the transport, says that a file is the right one
_CHUNK = 1 << 16


class FetchFailed(NoFaceEngine):
    """The file did not come; the text says why."""


def address(weight: Weight, mirror: str | None) -> str:
    """Raises FetchFailed where there is none, or none that can be used."""
    url = weight.url if mirror is None else f"{mirror.rstrip('/')}/{quote(weight.file)}"
    if url is None:
        raise FetchFailed(
            f"{weight.file} is {weight.origin} and has no publisher's file; give --mirror URL, "
            "or put the file into the directory yourself"
        )
    if urlsplit(url).scheme not in _SCHEMES:
        raise FetchFailed(f"{url}: write an address that begins with https://, http:// or file://")
    return url


def fetch(
    weight: Weight, url: str, directory: Path, stopping: threading.Event | None = None, timeout_s: float = 30
) -> None:
    """Streams at most the file's known size. Leaves nothing behind when it fails. Raises FetchFailed, OSError."""
    directory.mkdir(parents=True, exist_ok=True)
    descriptor, name = tempfile.mkstemp(prefix=f".{weight.file}.", dir=directory)
    fresh = Path(name)
    try:
        with os.fdopen(descriptor, "wb") as file:
            _receive(weight, url, file, stopping or threading.Event(), timeout_s)
            file.flush()
            os.fsync(file.fileno())
        fresh.chmod(0o644)
        fresh.replace(weight.path(directory))
    finally:
        fresh.unlink(missing_ok=True)


def _receive(weight: Weight, url: str, file: BinaryIO, stopping: threading.Event, timeout_s: float) -> None:
    seen, digest = 0, hashlib.sha256()
    try:
        with urllib.request.urlopen(url, timeout=timeout_s) as answer:  # noqa: S310 - `address` chose the scheme
            while chunk := answer.read(_CHUNK):
                seen += len(chunk)
                if seen > weight.size:
                    raise FetchFailed(f"{url} is longer than the {weight.size} bytes of {weight.file}")
                if stopping.is_set():
                    raise FetchFailed(f"{url}: stopped")
                digest.update(chunk)
                file.write(chunk)
    except (OSError, HTTPException) as lost:
        raise FetchFailed(f"{url}: {getattr(lost, 'reason', None) or lost or type(lost).__name__}") from lost
    if seen < weight.size:
        raise FetchFailed(f"{url} ended after {seen} of {weight.size} bytes")
    if digest.hexdigest() != weight.sha256:
        raise FetchFailed(f"{url} is not the file that was tested (another SHA-256); it was not kept")
