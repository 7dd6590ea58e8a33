"""Hashes by which a recording and its replay compare what came of them."""

import hashlib
import json

from edge.domain.readings import Reading

_IDS = ("alarm", "visit")  # made from a counter over all ports, so they shift when a port is left out
_SHORT = 16


def hash_of(body: bytes) -> str:
    return hashlib.sha256(body).hexdigest()


def essence_of(body: bytes) -> str:
    """What an event says, without its place in the chain and without ids that were made for it."""
    event = json.loads(body)
    data = {key: value for key, value in event["data"].items() if key not in _IDS}
    return hash_of(json.dumps([event["type"], event["time"], data], sort_keys=True).encode())


def hash_of_reading(reading: Reading) -> str:
    told = [reading.device, dict(reading.values), reading.taken_at_ms, reading.device_time_ms, reading.drill]
    return hash_of(json.dumps(told, sort_keys=True).encode())[:_SHORT]
