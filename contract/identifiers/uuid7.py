"""UUID version 7 (RFC 9562, section 5.7): sorted by time; clock and randomness come from the caller.

48 bits Unix time in ms | 4 bits version 7 | 12 random bits | 2 bits variant 10 | 62 random bits
"""

import uuid

RANDOM_BYTES = 10


def uuid7(now_ms: int, random_bytes: bytes) -> uuid.UUID:
    """`random_bytes`: 10 of them; the version and the variant overwrite six of their bits."""
    if not 0 <= now_ms < 1 << 48:
        raise ValueError(f"{now_ms} ms does not fit into 48 bits")
    if len(random_bytes) != RANDOM_BYTES:
        raise ValueError(f"uuid7 needs {RANDOM_BYTES} random bytes, not {len(random_bytes)}")
    octets = bytearray(now_ms.to_bytes(6) + random_bytes)
    octets[6] = 0x70 | octets[6] & 0x0F
    octets[8] = 0x80 | octets[8] & 0x3F
    return uuid.UUID(bytes=bytes(octets))
