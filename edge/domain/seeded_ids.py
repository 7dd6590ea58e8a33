"""Ids that nobody can foresee without the seed, and that come out the same again with it: for replays."""

import hashlib
from uuid import UUID

from contract.identifiers.uuid7 import uuid7

_RANDOM_BYTES = 10


class SeededIds:
    """UUIDv7 whose random part is SHA-256 of the seed and a counter."""

    def __init__(self, seed: bytes) -> None:
        self._seed, self._count = seed, 0

    def __call__(self, wall_ms: int) -> UUID:
        self._count += 1
        return uuid7(wall_ms, hashlib.sha256(self._seed + self._count.to_bytes(8, "big")).digest()[:_RANDOM_BYTES])
