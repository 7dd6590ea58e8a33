"""The alarm's life as the shared records see it. The facility decides; this only refuses what cannot be."""

from cloud.domain.happened import IllegalStep
from contract.events.types import AlarmAcknowledged, AlarmAttended, AlarmClosed, AlarmEscalated, AlarmEvent

OPEN_STATES = ("raised", "acknowledged", "attended")

_NEXT: dict[type[AlarmEvent], tuple[tuple[str, ...], str | None]] = {
    # event: the states it may come in, and the state it leads to (None: stays)
    AlarmEscalated: (("raised",), None),
    AlarmAcknowledged: (("raised",), "acknowledged"),
    AlarmAttended: (("raised", "acknowledged"), "attended"),
    AlarmClosed: (("raised", "acknowledged", "attended"), "closed"),
}


def step(state: str, event: AlarmEvent) -> str:
    """The state after the event. Raises IllegalStep."""
    allowed, following = _NEXT[type(event)]
    if state not in allowed:
        raise IllegalStep(f"{event.type_name} in state {state}; it may come in {', '.join(allowed)}")
    return following or state
