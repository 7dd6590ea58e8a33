"""Who a device says it is, against who it was: the same unit, in another socket, or another unit.

A fingerprint is what a device states of itself, a serial number or a firmware version, so two units of one make may
state the same one. That is why a unit is looked for under its own id first, and `unit_of` is only a hint.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

Outcome = Literal["first", "same", "moved", "swapped"]


@dataclass(frozen=True, slots=True)
class Identity:
    """`port`: the port's address; "" where it was not kept."""

    fingerprint: str
    port: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """`was`: the fingerprint before. `unit_of`: another device of the facility that stated this fingerprint before:
    somebody has exchanged the two, or their plugs."""

    outcome: Outcome
    was: str = ""
    unit_of: str = ""


def urn(facility: str, device: str) -> str:
    """A device's name on its label: it says which place it has, not which unit stands there."""
    return f"urn:onetrip:device:{facility}:{device}"


def find(device: str, says: Identity, known: Mapping[str, Identity]) -> Finding:
    """`known`: what each device of the facility said last, by device id."""
    before = known.get(device)
    if before is not None and before.fingerprint == says.fingerprint:
        moved = before.port not in ("", says.port)
        return Finding("moved" if moved else "same", before.fingerprint)
    others = (other for other, identity in known.items() if other != device)
    unit_of = next((other for other in others if known[other].fingerprint == says.fingerprint), "")
    if before is None or not before.fingerprint:
        return Finding("first", unit_of=unit_of)
    return Finding("swapped", before.fingerprint, unit_of)
