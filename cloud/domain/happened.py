"""An event of the log, as what follows from it sees it. Pure."""

from dataclasses import dataclass

from contract.events.data import EventData


@dataclass(frozen=True, slots=True)
class Happened:
    """`at_ms` by the facility's clock, `now_ms` by ours when it came in; `late`: it did not come live."""

    facility: str
    event: str
    data: EventData
    at_ms: int
    now_ms: int
    late: bool = False


class IllegalStep(ValueError):
    """It does not fit the state of what it is about; the text says what would."""
