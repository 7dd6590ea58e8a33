"""Where an event stands in its facility's chain. Pure."""

from dataclasses import dataclass
from enum import Enum

from contract.events.envelope import GENESIS, Envelope


@dataclass(frozen=True, slots=True)
class Tip:
    """The last committed event of an epoch; seq 0 before the first; no hash when that event never came here."""

    seq: int = 0
    hash: str = GENESIS


class Place(Enum):
    NEXT = "next"
    REPEATED = "repeated"  # committed before: only the acknowledgement is due again
    AHEAD = "ahead"  # an earlier one has not arrived: the outbox will send from the watermark
    FORKED = "forked"  # the next number, but not after the event that we have: kept, and said so


def place(envelope: Envelope, tip: Tip) -> Place:
    if envelope.seq <= tip.seq:
        return Place.REPEATED
    if envelope.seq > tip.seq + 1:
        return Place.AHEAD
    return Place.NEXT if tip.hash in ("", envelope.prevhash) else Place.FORKED
