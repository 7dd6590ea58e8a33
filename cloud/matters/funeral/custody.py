"""The chain of custody (遗体交接链): which move needs a scan of the wristband, by which reader, and how fresh. Pure."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Literal, get_args

Place = Literal["reception", "cold_room", "farewell_hall", "furnace", "ashes"]
PLACES: tuple[Place, ...] = get_args(Place)
MOVES: Mapping[str, Place | None] = {
    "receive": "reception",
    "store": "cold_room",
    "farewell": "farewell_hall",
    "cremate": "furnace",
    "hand_over": "ashes",
    "send_out": None,
}
"""Steps that move the deceased, and where the wristband is scanned for them; None: at any reader of the home."""
NEVER_ANOTHER: Collection[Place] = frozenset({"furnace", "ashes"})
"""Where the last wristband that was scanned must be this one: there is one of the deceased at a time."""
SCAN_VALID_MS = 10 * 60_000  # (P)
RELEASE_VALID_MS = 30 * 60_000  # (P): from the release to the start of the furnace
SKEW_MS = 2 * 60_000  # between a box's clock and the city's
MISMATCH = "wristband mismatch"
"""How the reason of a refusal begins that is alarmed."""


@dataclass(frozen=True, slots=True)
class Read:
    """A wristband passed a reader. `event`: its id."""

    event: str
    device: str
    epc: str
    at_ms: int


@dataclass(frozen=True, slots=True)
class Move:
    """As it was recorded. `read` "": without a scan."""

    move: str
    read: str
    read_at_ms: int
    at_ms: int
    attendant: str


def is_fresh(read: Read, now_ms: int) -> bool:
    return now_ms - SCAN_VALID_MS <= read.at_ms <= now_ms + SKEW_MS


def proof(reads: Iterable[Read], epc: str, after_ms: int, now_ms: int) -> Read | None:
    """The newest scan of this wristband that counts: fresh, and newer than the one of the move before."""
    ours = [read for read in reads if read.epc == epc and read.at_ms > after_ms and is_fresh(read, now_ms)]
    return max(ours, key=lambda read: (read.at_ms, read.event), default=None)


def stranger(reads: Iterable[Read], epc: str, now_ms: int) -> Read | None:
    """The newest fresh scan, where it is of another wristband."""
    newest = max((read for read in reads if is_fresh(read, now_ms)), key=lambda r: (r.at_ms, r.event), default=None)
    return newest if newest and newest.epc != epc else None


def may_have_started(released_at_ms: int | None, started_at_ms: int) -> bool:
    """Whether a furnace that started then may have been started on this release."""
    if released_at_ms is None:
        return False
    return -SKEW_MS <= started_at_ms - released_at_ms <= RELEASE_VALID_MS


def breaks(moves: Sequence[Move]) -> list[str]:
    """What is wrong with a chain, in words; none for one that is unbroken."""
    told = [f"{one.move}: no scan" for one in moves if not one.read]
    told += [f"{one.move}: nobody in attendance" for one in moves if not one.attendant]
    told += [
        f"{after.move}: its scan is not after the one of {before.move}"
        for before, after in pairwise(moves)
        if after.read_at_ms <= before.read_at_ms
    ]
    scans = [one.read for one in moves if one.read]
    if len(set(scans)) != len(scans):
        told.append("one scan stands for two moves")
    if moves and moves[0].move != "receive":
        told.append(f"it begins with {moves[0].move}")
    return told
