"""The gallery as one file: AES-256-GCM under a key derived from the site's (HKDF). In memory it is in the open.

Plain: the length of the head (4 bytes, big endian), the head as JSON {"grants": […], "entries": […]}, then the
vectors in the order of the entries. A grant may stand without a vector, before the camera opens. Every change
writes the file anew, so that what was withdrawn is in no file any more. Neither the file nor its key leaves the box.
"""

import json
import os
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path

import numpy as np
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from numpy.typing import NDArray

from edge.adapters.durable_files import DurableFiles
from edge.domain.face.gallery import FILE, Entry, Found, Grant, check, may_keep

_NONCE_BYTES, _HEAD_BYTES = 12, 4
_ABOUT = b"onetrip/faces"


class GalleryDamaged(OSError):
    """The file cannot be opened: another site's key, or it was changed. Nothing is compared with it."""


class GalleryFile:
    """Any thread may call; calls wait for each other. At most one entry for each person and model."""

    def __init__(self, directory: Path, site_key: bytes, facility_kind: str, files: DurableFiles | None = None) -> None:
        """Raises NoGalleryHere, GalleryDamaged."""
        may_keep(facility_kind)
        self._path, self._files = directory / FILE, files or DurableFiles()
        self._key = AESGCM(HKDF(SHA256(), 32, salt=None, info=_ABOUT).derive(site_key))
        self._lock = threading.Lock()
        self._entries: list[tuple[str, str, str, str]] = []  # person, basis, consent, model
        self._vectors: dict[str, NDArray[np.float32]] = {}  # of a model, in the order of its entries
        self._grants: dict[str, Grant] = {}  # by person
        self._load()

    @property
    def count(self) -> int:
        """Faces stored: a metric."""
        with self._lock:
            return len(self._entries)

    @property
    def grants(self) -> list[Grant]:
        """The first of all first."""
        with self._lock:
            return list(self._grants.values())

    def enrolled(self, model: str) -> set[str]:
        """The persons with a template of this very model."""
        with self._lock:
            return {person for person, _, _, of in self._entries if of == model}

    def allow(self, grant: Grant) -> None:
        """In the file when this returns. It replaces its person's."""
        with self._lock:
            self._become(self._all(), {**self._grants, grant.person: grant})

    def enrol(self, *entries: Entry) -> None:
        """In the file when this returns. An entry replaces its person's of the same model. Raises ValueError."""
        for entry in entries:
            check(entry)
        fresh = {(entry.person, entry.model): entry for entry in entries}
        with self._lock:
            before = [entry for entry in self._all() if (entry.person, entry.model) not in fresh]
            self._become([*before, *fresh.values()], self._grants)

    def withdraw(self, person: str) -> int:
        """Every template of a person, and the grant, is gone from memory and file when this returns. Returns how many
        templates there were.
        """
        with self._lock:
            kept = [entry for entry in self._all() if entry.person != person]
            gone = len(self._entries) - len(kept)
            if gone or person in self._grants:
                self._become(kept, {whose: grant for whose, grant in self._grants.items() if whose != person})
            return gone

    def search(self, vector: NDArray[np.float32], model: str, most: int = 2) -> list[Found]:
        """The nearest of those whose entry is of this very model, the nearest first."""
        with self._lock:
            known = self._vectors.get(model)
            if known is None or known.shape[1] != vector.shape[0]:
                return []
            people = [person for person, _, _, of in self._entries if of == model]
            cosines = known @ vector
            nearest = np.argsort(-cosines)[:most]
            return [Found(people[place], float(cosines[place])) for place in nearest]

    def close(self) -> None:
        """What is in memory is zeroed."""
        with self._lock:
            self._wipe()

    def _all(self) -> list[Entry]:
        places = dict.fromkeys(self._vectors, 0)
        entries = []
        for person, basis, consent, model in self._entries:
            vector = self._vectors[model][places[model]]
            places[model] += 1
            entries.append(Entry(person, basis, consent, model, vector.tobytes()))  # type: ignore[arg-type]
        return entries

    def _become(self, entries: Sequence[Entry], grants: Mapping[str, Grant]) -> None:
        self._write(entries, grants)
        self._take(entries, grants)

    def _take(self, entries: Sequence[Entry], grants: Mapping[str, Grant]) -> None:
        self._wipe()
        self._grants = dict(grants)
        self._entries = [(one.person, one.basis, one.consent, one.model) for one in entries]
        for model in dict.fromkeys(one.model for one in entries):
            rows = [np.frombuffer(one.vector, "<f4") for one in entries if one.model == model]
            self._vectors[model] = np.stack(rows).astype(np.float32)

    def _wipe(self) -> None:
        for vectors in self._vectors.values():
            vectors.fill(0)
        self._entries, self._vectors, self._grants = [], {}, {}

    def _write(self, entries: Sequence[Entry], grants: Mapping[str, Grant]) -> None:
        rows = [[one.person, one.basis, one.consent, one.model, len(one.vector)] for one in entries]
        head = json.dumps({"grants": [asdict(one) for one in grants.values()], "entries": rows}).encode()
        plain = b"".join([len(head).to_bytes(_HEAD_BYTES, "big"), head, *(one.vector for one in entries)])
        nonce = os.urandom(_NONCE_BYTES)
        self._files.folder(self._path.parent)
        self._files.write(self._path, nonce + self._key.encrypt(nonce, plain, _ABOUT))

    def _load(self) -> None:
        try:
            sealed = self._path.read_bytes()
        except FileNotFoundError:
            return
        try:
            plain = self._key.decrypt(sealed[:_NONCE_BYTES], sealed[_NONCE_BYTES:], _ABOUT)
        except (InvalidTag, ValueError):
            raise GalleryDamaged(f"{self._path} cannot be opened with this site's key") from None
        at = _HEAD_BYTES + int.from_bytes(plain[:_HEAD_BYTES], "big")
        entries = []
        head = json.loads(plain[_HEAD_BYTES:at])
        for person, basis, consent, model, size in head["entries"]:
            entries.append(Entry(person, basis, consent, model, plain[at : at + size]))
            at += size
        self._take(entries, {one["person"]: Grant(**one) for one in head["grants"]})
